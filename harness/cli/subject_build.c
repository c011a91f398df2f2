/* Builds a user's sources in the flavours that are wanted (see subject.h). */
#include "cli/subject.h"

#include "cli/compile.h"
#include "explore/runtime/flavour.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>
#include <wordexp.h>

#define COMPILE_LIMIT_S 600

/* Splits as a shell does, without running anything. */
static int add_split(struct command *command, const char *text, const char *option)
{
    wordexp_t split;
    int error = text ? wordexp(text, &split, WRDE_NOCMD | WRDE_UNDEF) : 0;
    if (error) {
        cli_error("%s: `%s` cannot be split into words: %s", option, text,
                  error == WRDE_CMDSUB   ? "it holds a command substitution"
                  : error == WRDE_BADVAL ? "it names a variable that is not set"
                  : error == WRDE_SYNTAX ? "a quote or bracket is not closed"
                                         : "it holds an unquoted newline or one of |&;<>(){}");
        return -EINVAL;
    }
    for (size_t i = 0; text && i < split.we_wordc; i++)
        command_add(command, "%s", split.we_wordv[i]);
    if (text)
        wordfree(&split);
    return 0;
}

static bool ends_with_any(const char *path, const char *const *endings)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && endings[i]; i++) {
        if (strcmp(dot, endings[i]) == 0)
            return true;
    }
    return false;
}

static bool is_cxx(const char *path)
{
    static const char *const endings[] = {".cc", ".cpp", ".cxx", ".C", ".c++", ".CPP", ".cp", NULL};
    return ends_with_any(path, endings);
}

static bool check_sources(const struct subject *subject)
{
    static const char *const c[] = {".c", NULL};
    for (size_t i = 0; i < subject->source_count; i++) {
        struct stat status;
        const char *path = subject->sources[i];
        errno = 0;
        if (!ends_with_any(path, c) && !is_cxx(path)) {
            cli_error(
                "%s is no C or C++ source by its name; a program that is built already is given "
                "by --plain and --tsan",
                path);
            return false;
        }
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
            cli_error("%s: %s", path, errno ? strerror(errno) : "no regular file");
            return false;
        }
    }
    return true;
}

/* By flavour, for C and for C++; the first is the one that its absence is told of. */
static const char *const compilers[FLAVOURS][2][3] = {
    [FLAVOUR_PLAIN] = {{"clang", "gcc", "cc"}, {"clang++", "g++", "c++"}},
    [FLAVOUR_TSAN] = {{"clang"}, {"clang++"}},
    [FLAVOUR_TSAN_GCC] = {{"gcc"}, {"g++"}},
    [FLAVOUR_EXPLORE] = {{"clang"}, {"clang++"}},
    [FLAVOUR_EXPLORE_TSAN] = {{"clang"}, {"clang++"}},
};

/* Both are linked from the same objects, so that one schedule fits both. */
static enum flavour object_flavour(enum flavour flavour)
{
    return flavour == FLAVOUR_EXPLORE_TSAN ? FLAVOUR_EXPLORE : flavour;
}

static void add_all(struct command *command, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        command_add(command, "%s", words[i]);
}

static void add_wrapped(struct command *command, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        command_add(command, "-Wl,--wrap=%s", names[i]);
}

/* What flavour.h asks of the linker. All of the scheduler is linked in: its functions stand before
 * ThreadSanitizer's, also for libraries. */
static void add_library(struct command *command, const struct lab *lab, enum flavour flavour)
{
    if (flavour == FLAVOUR_EXPLORE) {
        command_add(command, "%s", lab->hooks);
        add_wrapped(command, flavour_wrap);
    } else if (flavour == FLAVOUR_EXPLORE_TSAN) {
        command_add(command, "-Wl,--whole-archive");
        command_add(command, "%s", lab->runtime_tsan);
        command_add(command, "-Wl,--no-whole-archive");
        command_add(command, "-Wl,--export-dynamic");
        add_wrapped(command, flavour_wrap);
        add_wrapped(command, flavour_wrap_tsan);
    }
}

/* From malloc; NULL where there is none. */
static char *find_compiler(enum flavour flavour, bool cxx)
{
    char *found = NULL;
    for (size_t i = 0; i < 3 && !found && compilers[flavour][cxx][i]; i++)
        found = find_in_path(compilers[flavour][cxx][i]);
    return found;
}

/* One flavour under construction. */
struct build {
    enum flavour flavour;
    char *compiler[2]; /* of C, of C++ */
    char *program;
    struct command link;
    bool failed;
};

/* As the corpus is built: -O0 so that a report names the statement's own line, -gdwarf-4 because
 * Valgrind 3.19 cannot read clang's DWARF 5, -no-pie so that an address in a report is a symbol's own. The
 * user's flags come later and prevail. */
static int add_compilation(const struct subject *subject, const struct build *build, size_t source,
                           const char *object, struct command *command)
{
    static const char *const flags[] = {"-O0",
                                        "-g",
                                        "-gdwarf-4",
                                        "-fno-pie",
                                        "-pthread",
                                        "-fno-omit-frame-pointer",
                                        "-fdiagnostics-color=never"};
    command_add(command, "%s", build->compiler[is_cxx(subject->sources[source])]);
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        command_add(command, "%s", flags[i]);
    if (object_flavour(build->flavour) == FLAVOUR_EXPLORE)
        add_all(command, flavour_compile);
    else if (build->flavour != FLAVOUR_PLAIN)
        command_add(command, "%s", "-fsanitize=thread");
    int error = add_split(command, subject->cflags, "--cflags");
    command_add(command, "%s", "-c");
    command_add(command, "%s", subject->sources[source]);
    command_add(command, "%s", "-o");
    command_add(command, "%s", object);
    return error;
}

/* Runs one round of compilers; builds whose flavour fails are marked. `owner` tells whose each is. */
static int run_compilers(struct command *lines, struct build **owner, size_t count)
{
    struct compilation *compilations = xcalloc(count + 1, sizeof(*compilations));
    size_t not_started = 0;
    for (size_t i = 0; i < count; i++) {
        compilations[i].arguments = lines[i].argv;
    }
    int result =
        compile_all(compilations, count, uv_available_parallelism(), COMPILE_LIMIT_S, &not_started);
    if (result < 0)
        cli_error("%s could not be started: %s", lines[not_started].argv[0], strerror(-result));
    for (size_t i = 0; i < count; i++) {
        if (compilations[i].timed_out)
            cli_error("%s has not ended within %d s", lines[i].argv[0], COMPILE_LIMIT_S);
        /* What one compiler says of a source it says in each flavour. */
        bool told = false;
        for (size_t k = 0; k < i; k++)
            told = told || (compilations[k].output && compilations[i].output &&
                            strcmp(compilations[k].output, compilations[i].output) == 0);
        if (compilations[i].output && !told)
            print_inert(stderr, compilations[i].output, strlen(compilations[i].output));
        owner[i]->failed = owner[i]->failed || !compilations[i].done || compilations[i].failed;
    }
    compilations_release(compilations, count);
    free(compilations);
    return result;
}

/* Whether an earlier build compiles this one's objects. */
static bool has_objects(const struct build *builds, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (object_flavour(builds[i].flavour) == object_flavour(builds[index].flavour))
            return true;
    }
    return false;
}

/* Compiles all sources of all flavours, then links each flavour that compiled. Returns as
 * compile_all(). */
static int build_all(const struct lab *lab, const struct subject *subject, const char *folder,
                     struct build *builds, size_t build_count)
{
    size_t most = build_count * subject->source_count;
    struct command *lines = xcalloc(most + 1, sizeof(*lines));
    struct build **owner = xcalloc(most + 1, sizeof(struct build *));
    size_t count = 0;
    int result = 0;
    for (size_t b = 0; b < build_count; b++) {
        struct build *build = &builds[b];
        for (size_t s = 0; s < subject->source_count && result == 0; s++) {
            char *object =
                xasprintf("%s/%s.%zu.o", folder, flavour_word(object_flavour(build->flavour)), s);
            if (!has_objects(builds, b)) {
                result = add_compilation(subject, build, s, object, &lines[count]);
                owner[count++] = build;
            }
            command_add(&build->link, "%s", object);
            free(object);
        }
        add_library(&build->link, lab, build->flavour);
        if (result == 0)
            result = add_split(&build->link, subject->ldflags, "--ldflags");
    }
    if (result == 0)
        result = run_compilers(lines, owner, count);
    for (size_t i = 0; i < count; i++)
        command_release(&lines[i]);
    count = 0;
    for (size_t b = 0; b < build_count && result == 0; b++) {
        for (size_t i = 0; i < b; i++) {
            if (object_flavour(builds[i].flavour) == object_flavour(builds[b].flavour))
                builds[b].failed = builds[b].failed || builds[i].failed;
        }
        if (builds[b].failed)
            continue;
        lines[count] = builds[b].link;
        builds[b].link = (struct command){0};
        owner[count++] = &builds[b];
    }
    if (result == 0)
        result = run_compilers(lines, owner, count);
    for (size_t i = 0; i < count; i++)
        command_release(&lines[i]);
    free(lines);
    free((void *)owner);
    return result;
}

/* Finds the compilers of a flavour and begins its link. False where there is none, which subject->no_program
 * says. */
static bool build_begin(struct subject *subject, enum flavour flavour, bool cxx, const char *folder,
                        struct build *build)
{
    *build =
        (struct build){.flavour = flavour,
                       .compiler = {find_compiler(flavour, false), find_compiler(flavour, true)}};
    if (!build->compiler[0] || (cxx && !build->compiler[1])) {
        subject->no_program[flavour] =
            xasprintf("no compiler for its build: %s is not installed", compilers[flavour][cxx][0]);
        free(build->compiler[0]);
        free(build->compiler[1]);
        return false;
    }
    build->program = xasprintf("%s/%s", folder, flavour_word(flavour));
    command_add(&build->link, "%s", build->compiler[cxx]);
    command_add(&build->link, "%s", "-no-pie");
    command_add(&build->link, "%s", "-pthread");
    if (flavour != FLAVOUR_PLAIN && flavour != FLAVOUR_EXPLORE)
        command_add(&build->link, "%s", "-fsanitize=thread");
    command_add(&build->link, "%s", "-o");
    command_add(&build->link, "%s", build->program);
    return true;
}

/* Gives the program to the check, or says why there is none. Returns whether there is one. */
static bool build_end(struct subject *subject, struct build *build)
{
    if (build->failed) {
        subject->no_program[build->flavour] = xstrdup("its build failed");
        subject->build_failed[build->flavour] = true;
        free(build->program);
    } else {
        subject->program[build->flavour] = build->program;
    }
    command_release(&build->link);
    free(build->compiler[0]);
    free(build->compiler[1]);
    return !build->failed;
}

static void complain(const struct subject *subject)
{
    for (enum flavour f = FLAVOUR_PLAIN; f < FLAVOURS; f++) {
        if (subject->no_program[f] && !subject->build_failed[f])
            cli_error("%s", subject->no_program[f]);
    }
    cli_error("%s could not be built",
              subject->source_count == 1 ? subject->sources[0] : "the sources");
}

int subject_build(const struct lab *lab, struct subject *subject, const bool wanted[FLAVOURS],
                  const char *folder)
{
    struct build builds[FLAVOURS] = {0};
    size_t count = 0;
    bool cxx = false;
    bool any = false;
    if (!check_sources(subject))
        return STATUS_BUILD;
    for (size_t i = 0; i < subject->source_count; i++)
        cxx = cxx || is_cxx(subject->sources[i]);
    for (enum flavour f = FLAVOUR_PLAIN; f < FLAVOURS; f++) {
        if (wanted[f] && build_begin(subject, f, cxx, folder, &builds[count]))
            count++;
    }
    int result = build_all(lab, subject, folder, builds, count);
    for (size_t i = 0; i < count; i++) {
        builds[i].failed = builds[i].failed || result != 0;
        any = build_end(subject, &builds[i]) || any;
    }
    if (result == 0 && !any)
        complain(subject);
    return result > 0 ? 128 + result : any ? STATUS_KEPT : STATUS_BUILD;
}
