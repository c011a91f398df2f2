#include "cli/cli.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const struct argp argp = {NULL,
                                 NULL,
                                 NULL,
                                 "The tools found with their versions, and what on this machine "
                                 "would disturb them, with the remedy.",
                                 NULL,
                                 NULL,
                                 NULL};

struct examination {
    struct style style;
    unsigned faults;
};

enum finding_weight { FINE, NOTE, FAULT };

static void tell(struct examination *examination, enum finding_weight weight, const char *what,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void tell(struct examination *examination, enum finding_weight weight, const char *what,
                 const char *format, ...)
{
    static const char *const words[] = {"ok", "note", "fault"};
    static const enum verdict colours[] = {VERDICT_KEPT, VERDICT_NEWLY_SEEN, VERDICT_MISSED};
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    printf("%s%-5s%s  %-18s ", style_verdict(&examination->style, colours[weight]), words[weight],
           style_end(&examination->style), what);
    print_wrapped(stdout, &examination->style, 26, text);
    free(text);
    examination->faults += weight == FAULT;
}

/* The first line that a command prints, from malloc; NULL where it prints none or fails. */
static char *first_line(const char *command)
{
    char *line = NULL;
    size_t size = 0;
    FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c): only our own constant commands */
    if (!pipe)
        return NULL;
    ssize_t length = getline(&line, &size, pipe);
    bool failed = pclose(pipe) != 0 || length <= 0;
    if (failed) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static bool read_setting(const char *path, long *value)
{
    FILE *file = fopen(path, "re");
    char text[32];
    bool got = file && fgets(text, sizeof(text), file);
    if (file)
        fclose(file);
    if (!got)
        return false;
    char *end = NULL;
    *value = strtol(text, &end, 10);
    return end != text;
}

static void examine_tool(struct examination *examination, const char *name, const char *command,
                         const char *package, const char *needed_for)
{
    char *line = first_line(command);
    if (line)
        tell(examination, FINE, name, "%s", line);
    else
        tell(examination, FAULT, name, "not found; %s needs it: apt-get install %s", needed_for,
             package);
    free(line);
}

static void examine_symbolizer(struct examination *examination)
{
    char *path = find_in_path("llvm-symbolizer");
    if (path)
        tell(examination, FINE, "llvm-symbolizer", "%s", path);
    else
        tell(examination, FAULT, "llvm-symbolizer",
             "not found: ThreadSanitizer's reports have no file and line without it: "
             "apt-get install llvm");
    free(path);
}

static void examine_address_space(struct examination *examination)
{
    long bits = 0;
    long randomize = 0;
    if (!read_setting("/proc/sys/vm/mmap_rnd_bits", &bits) ||
        !read_setting("/proc/sys/kernel/randomize_va_space", &randomize))
        tell(examination, NOTE, "vm.mmap_rnd_bits", "cannot be read here");
    else if (bits > 28 && randomize > 0 && RACELAB_CLANG_MAJOR < 18)
        tell(examination, FAULT, "vm.mmap_rnd_bits",
             "%ld: ThreadSanitizer of clang %d stops with `unexpected memory mapping` above 28; "
             "sysctl -w vm.mmap_rnd_bits=28, or build with clang 18 or later",
             bits, RACELAB_CLANG_MAJOR);
    else
        tell(examination, FINE, "vm.mmap_rnd_bits", "%ld", bits);
}

/* A hang is seen in /proc/PID/task/TID/syscall: whether this kernel lets us read it. */
static void examine_syscall_file(struct examination *examination)
{
    FILE *file = fopen("/proc/self/syscall", "re");
    if (!file) {
        tell(examination, FAULT, "/proc/PID/syscall",
             "%s: hangs cannot be seen, and such runs end at the time limit. The kernel needs "
             "CONFIG_HAVE_ARCH_TRACEHOOK, and a container must allow ptrace of its own processes",
             strerror(errno));
        return;
    }
    fclose(file);
    tell(examination, FINE, "/proc/PID/syscall", "readable: hangs are seen");
}

static void examine_ptrace(struct examination *examination)
{
    long scope = 0;
    if (!read_setting("/proc/sys/kernel/yama/ptrace_scope", &scope))
        tell(examination, FINE, "yama ptrace_scope", "not in force");
    else if (scope >= 2)
        tell(examination, FAULT, "yama ptrace_scope",
             "%ld: /proc/PID/syscall of the programs is closed even to their parent, so hangs "
             "cannot be seen; sysctl -w kernel.yama.ptrace_scope=1",
             scope);
    else
        tell(examination, FINE, "yama ptrace_scope", "%ld: programs can be watched", scope);
}

static void examine_detectors(struct examination *examination)
{
    for (size_t i = 0; i < detector_count; i++) {
        char *unavailable = detector_unavailable(&detectors[i]);
        tell(examination, unavailable ? FAULT : FINE, detectors[i].name, "%s",
             unavailable ? unavailable : "can run");
        free(unavailable);
    }
}

int cli_doctor(const struct lab *lab, int argc, char **argv)
{
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    struct examination examination = {.style = style_for(stdout)};
    struct utsname system;
    if (uname(&system) == 0)
        tell(&examination, FINE, "system", "%s %s %s", system.sysname, system.release,
             system.machine);
    tell(&examination, FINE, "racelab", "%s, built with clang %s", RACELAB_VERSION,
         RACELAB_CLANG_VERSION);
    examine_tool(&examination, "valgrind", "valgrind --version 2>/dev/null", "valgrind",
                 "Helgrind and DRD");
    examine_tool(&examination, "gcc", "gcc --version 2>/dev/null", "gcc", "tsan-gcc");
    examine_tool(&examination, "diff", "diff --version 2>/dev/null", "diffutils", "`racelab show`");
    examine_symbolizer(&examination);
    examine_detectors(&examination);
    if (access(lab->keeper, X_OK) == 0)
        tell(&examination, FINE, "keeper", "%s", lab->keeper);
    else
        tell(&examination, FAULT, "keeper", "%s: %s; build the lab again", lab->keeper,
             strerror(errno));
    if (access(lab->programs, R_OK | X_OK) == 0)
        tell(&examination, FINE, "programs", "%s", lab->programs);
    else if (!*lab->programs)
        tell(&examination, NOTE, "programs",
             "the pairs are installed as sources only; `racelab run` needs a lab that was built "
             "from its own sources");
    else
        tell(&examination, FAULT, "programs",
             "%s: %s; build the lab, or name another place with "
             "--programs",
             lab->programs, strerror(errno));
    examine_address_space(&examination);
    examine_syscall_file(&examination);
    examine_ptrace(&examination);
    return examination.faults > 0 ? STATUS_FAILED : STATUS_KEPT;
}
