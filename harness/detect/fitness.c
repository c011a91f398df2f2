/* Whether a detector can run here, and a program under it (see detect.h). */
#include "detect/detect.h"
#include "detect/elf.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *find_in_path(const char *name)
{
    const char *path = getenv("PATH");
    char *copy = xstrdup(path ? path : "/usr/bin:/bin");
    char *save = NULL;
    char *found = NULL;
    for (char *folder = strtok_r(copy, ":", &save); folder && !found;
         folder = strtok_r(NULL, ":", &save)) {
        char *candidate = xasprintf("%s/%s", folder, name);
        struct stat status;
        if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode) &&
            access(candidate, X_OK) == 0)
            found = candidate;
        else
            free(candidate);
    }
    free(copy);
    return found;
}

char *detector_unavailable(const struct detector *detector)
{
    if (!detector->tool)
        return NULL;
    char *found = find_in_path(detector->tool);
    if (found) {
        free(found);
        return NULL;
    }
    return xasprintf("%s is not installed (Debian: apt-get install %s)", detector->tool,
                     detector->package);
}

/* The build of a corpus program is the lab's own, so that more is asked of it. */
static char *corpus_program_unfit(const struct target *target, const struct elf_facts *facts)
{
    struct stat program;
    struct stat source;
    if (stat(target->program, &program) == 0 && stat(target->own_source, &source) == 0 &&
        (program.st_mtim.tv_sec < source.st_mtim.tv_sec ||
         (program.st_mtim.tv_sec == source.st_mtim.tv_sec &&
          program.st_mtim.tv_nsec < source.st_mtim.tv_nsec)))
        return xasprintf("%s is older than its source: build again", target->program);
    if (!facts->debug_info)
        return xasprintf("%s has no debug info (build with -g -gdwarf-4)", target->program);
    return NULL;
}

char *program_lacks(const char *program)
{
    struct elf_facts facts;
    if (elf_inspect(program, &facts) != 0 || facts.debug_info)
        return NULL;
    return xasprintf(
        "%s has no debug info: findings name functions, where they are known at all, and "
        "no lines (build with -g -gdwarf-4, and do not strip)",
        program);
}

char *detector_unfit(const struct detector *detector, const struct target *target)
{
    struct elf_facts facts;
    int error = elf_inspect(target->program, &facts);
    if (error == -ENOENT)
        return target->own_source ? xasprintf("%s is not built (run the build)", target->program)
                                  : xasprintf("%s: there is no such file", target->program);
    if (error == -ENOEXEC)
        return xasprintf(
            "%s is no executable of this kind of system (ELF): a script or a wrapper cannot "
            "be checked, name the program that it starts",
            target->program);
    if (error)
        return xasprintf("%s: %s", target->program, strerror(-error));
    if (access(target->program, X_OK) != 0)
        return xasprintf("%s is not executable", target->program);
    char *corpus = target->own_source ? corpus_program_unfit(target, &facts) : NULL;
    if (corpus)
        return corpus;
    if (detector->flavour == FLAVOUR_PLAIN || detector->flavour == FLAVOUR_EXPLORE)
        return facts.tsan_runtime
                   ? xasprintf("%s was built with ThreadSanitizer, which a plain run must not have",
                               target->program)
                   : NULL;
    if (!facts.tsan_runtime)
        return xasprintf("%s was built without ThreadSanitizer (-fsanitize=thread)",
                         target->program);
    /* clang's programs have gcc's start-up files in them, too. */
    bool by_clang = facts.clang[0] != '\0';
    if (by_clang != (detector->flavour == FLAVOUR_TSAN))
        return xasprintf("%s was built by %s, whose ThreadSanitizer is the detector %s",
                         target->program, by_clang ? "clang" : "gcc",
                         flavour_word(by_clang ? FLAVOUR_TSAN : FLAVOUR_TSAN_GCC));
    return NULL;
}
