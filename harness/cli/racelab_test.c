/*
 * racelab from outside: mutants of real pairs, each of which must fail with the right reason; wrong
 * corpora and command lines; and what is left behind.
 */
#include "corpus/corpus.h"
#include "corpus/file.h"
#include "detect/detect.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"
#define QUEUE   "waiting/missing_task_done"

/* A corpus of one pair in a folder of its own, with TMPDIR inside it. */
struct sandbox {
    char *folder;
    const char *id;
    char *text[2]; /* the twins' sources */
};

/* What one racelab command did. */
struct result {
    int status;
    char *out;
    char *err;
};

static char *read_all(const char *path)
{
    char *text = NULL;
    size_t length = 0;
    int error = file_read(path, &text, &length);
    if (error)
        fail_msg("%s: %s", path, strerror(-error));
    return text;
}

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = xvasprintf(format, args);
    va_end(args);
    int status = system(command);
    if (status != 0)
        fail_msg("status %d: %s", status, command);
    free(command);
}

static char *source_path(const struct sandbox *box, enum polarity polarity)
{
    return xasprintf("%s/%s/%s.c", box->folder, polarity_word(polarity), box->id);
}

static void sandbox_open(struct sandbox *box, const char *id)
{
    *box = (struct sandbox){.folder = xstrdup("/tmp/racelab-test-XXXXXX"), .id = id};
    assert_non_null(mkdtemp(box->folder));
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *path = xasprintf("%s/%s/%s.c", RACELAB_ROOT, polarity_word(p), id);
        box->text[p] = read_all(path);
        free(path);
    }
    shell("mkdir %s/tmp", box->folder);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void sandbox_close(struct sandbox *box)
{
    nftw(box->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(box->folder);
    free(box->text[BUGGY]);
    free(box->text[FIXED]);
}

/* Replaces the one occurrence of `from` in a twin: a mutant must not rot unnoticed. */
static void mutate(struct sandbox *box, enum polarity polarity, const char *from, const char *to)
{
    char *text = box->text[polarity];
    char *at = strstr(text, from);
    if (!at || strstr(at + 1, from))
        fail_msg("`%s` does not stand in %s/%s exactly once", from, polarity_word(polarity),
                 box->id);
    box->text[polarity] = xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    free(text);
}

static void write_sources(const struct sandbox *box)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *path = source_path(box, p);
        shell("mkdir -p $(dirname %s)", path);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(box->text[p], file) >= 0);
        assert_int_equal(fclose(file), 0);
        free(path);
    }
}

/* Builds both twins of one flavour, with extra flags behind the project's own. */
static void build(const struct sandbox *box, enum flavour flavour, const char *extra)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *source = source_path(box, p);
        char *program = xasprintf("%s/programs/%s/%s/%s", box->folder, flavour_word(flavour),
                                  polarity_word(p), box->id);
        bool sanitized = strstr(extra, "-fsanitize=thread") != NULL;
        shell("mkdir -p $(dirname %s) && %s %s %s %s %s %s -o %s", program, COMPILER,
              flavour == FLAVOUR_TSAN ? TSAN_FLAGS : PLAIN_FLAGS, extra, source,
              sanitized ? TSAN_WITNESS : PLAIN_WITNESS, LINK_FLAGS, program);
        free(program);
        free(source);
    }
}

static void write_and_build(const struct sandbox *box)
{
    write_sources(box);
    build(box, FLAVOUR_PLAIN, "");
    build(box, FLAVOUR_TSAN, "-fsanitize=thread");
}

/* Runs `racelab ARGUMENTS` on the sandbox; `before` are assignments for its environment. */
static struct result racelab(const struct sandbox *box, const char *before, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct result racelab(const struct sandbox *box, const char *before, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *arguments = xvasprintf(format, args);
    va_end(args);
    char *command = xasprintf(
        "TMPDIR=%s/tmp %s %s --root %s --programs %s/programs %s >%s/out 2>%s/err", box->folder,
        before, RACELAB, box->folder, box->folder, arguments, box->folder, box->folder);
    char *out = xasprintf("%s/out", box->folder);
    char *err = xasprintf("%s/err", box->folder);
    int status = system(command);
    struct result result = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_all(out),
                            read_all(err)};
    free(out);
    free(err);
    free(command);
    free(arguments);
    return result;
}

static void result_free(struct result *result)
{
    free(result->out);
    free(result->err);
}

/* Runs the pair under one detector and checks status, verdict and that a remark holds `reason`. */
static void expect(const struct sandbox *box, const char *detector, int status, const char *verdict,
                   const char *reason)
{
    struct result result = racelab(box, "", "run --detector %s --json -", detector);
    json_error_t error;
    json_t *json = json_loads(result.out, 0, &error);
    if (!json)
        fail_msg("no JSON (%s): %s%s", error.text, result.out, result.err);
    json_t *cell = json_array_get(
        json_object_get(json_array_get(json_object_get(json, "pairs"), 0), "cells"), 0);
    const char *got = json_string_value(json_object_get(cell, "verdict"));
    json_t *remarks = json_object_get(cell, "remarks");
    bool found = reason == NULL;
    for (size_t i = 0; i < json_array_size(remarks); i++) {
        const char *text = json_string_value(json_object_get(json_array_get(remarks, i), "text"));
        found = found || strstr(text, reason);
    }
    if (!got || strcmp(got, verdict) != 0 || !found || result.status != status)
        fail_msg("%s: wanted %s, exit %d with `%s`, got exit %d: %s", detector, verdict, status,
                 reason ? reason : "", result.status, result.out);
    json_decref(json);
    result_free(&result);
}

/* The report directories are under TMPDIR: none may be left. */
static void expect_nothing_left(const struct sandbox *box)
{
    char *path = xasprintf("%s/tmp", box->folder);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    struct dirent *entry = NULL;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] != '.')
            fail_msg("left behind: %s/%s", path, entry->d_name);
    }
    closedir(folder);
    free(path);
}

static void the_pairs_themselves_are_kept(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_and_build(&box);
    expect(&box, "tsan", 0, "kept", NULL);
    expect(&box, "helgrind", 0, "kept", NULL);
    expect(&box, "drd", 0, "kept", NULL);
    expect(&box, "watchdog", 0, "blind", "by chance only");
    expect_nothing_left(&box);
    sandbox_close(&box);
}

static void an_annotation_moved_by_a_line_fails(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        mutate(&box, p, "/* bug: race(visitors) */", "");
        mutate(&box, p, "    return NULL;", "    return NULL; /* bug: race(visitors) */");
    }
    write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        expect(&box, names[i], 1, "unexpected", "no annotation explains every line");
        expect(&box, names[i], 1, "unexpected", "race(visitors) was not reported on its line");
    }
    sandbox_close(&box);
}

static void swapped_twins_fail(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, QUEUE);
    char *buggy = box.text[BUGGY];
    box.text[BUGGY] = box.text[FIXED];
    box.text[FIXED] = buggy;
    write_and_build(&box);
    expect(&box, "watchdog", 1, "unexpected", "fixed: hang");
    expect(&box, "watchdog", 1, "unexpected", "was not reported");
    sandbox_close(&box);

    sandbox_open(&box, COUNTER);
    buggy = box.text[BUGGY];
    box.text[BUGGY] = box.text[FIXED];
    box.text[FIXED] = buggy;
    write_and_build(&box);
    expect(&box, "tsan", 1, "unexpected", "fixed: race on `visitors`");
    expect(&box, "tsan", 1, "unexpected", "buggy: race(visitors) was not reported");
    sandbox_close(&box);
}

static void a_fix_that_drops_the_threads_fails(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd", "watchdog"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    mutate(&box, FIXED, "pthread_create(&gates[g], NULL, gate, NULL)",
           "gates[g] = pthread_self(), gate(NULL)");
    mutate(&box, FIXED, "pthread_join(gates[g], NULL)", "(void)gates[g]");
    write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        expect(&box, names[i], 1, "unexpected", "never made a second thread");
    sandbox_close(&box);
}

/* The fixed program ends in each of the ways that no correct program ends in. */
static void a_fixed_program_that_ends_badly_fails(void **state)
{
    (void)state;
    static const struct {
        const char *ending;
        const char *reason;
    } bad[] = {
        {"pthread_mutex_lock(&visitors_lock); pthread_mutex_lock(&visitors_lock);", "fixed: hang"},
        {"return 1;", "exit status 1"},
        {"return *(volatile int *)8;", "ended by signal 11"},
        {"assert(visitors == 0);", "assertion `visitors == 0` failed"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct sandbox box;
        sandbox_open(&box, COUNTER);
        char *ending = xasprintf("    %s\n    return 0;", bad[i].ending);
        mutate(&box, FIXED, "    return 0;", ending);
        free(ending);
        write_sources(&box);
        build(&box, FLAVOUR_PLAIN, "");
        expect(&box, "watchdog", 1, "unexpected", bad[i].reason);
        expect_nothing_left(&box);
        sandbox_close(&box);
    }
}

static void a_fixed_program_that_never_ends_is_an_error(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    mutate(&box, FIXED, "    return 0;", "    for (;;)\n        visitors--;");
    write_sources(&box);
    build(&box, FLAVOUR_PLAIN, "");
    expect(&box, "watchdog --time-limit 1", 3, "error", "no end within the time limit");
    expect_nothing_left(&box);
    sandbox_close(&box);
}

/* A detector that did not really run is an error and never silence. */
static void unfit_programs_are_errors(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_sources(&box);
    expect(&box, "watchdog", 3, "error", "is not built");
    build(&box, FLAVOUR_TSAN, "");
    expect(&box, "tsan", 3, "error", "built without ThreadSanitizer");
    build(&box, FLAVOUR_PLAIN, "-fsanitize=thread");
    expect(&box, "drd", 3, "error", "was built with ThreadSanitizer");
    build(&box, FLAVOUR_PLAIN, "-g0 -Wl,--strip-debug");
    expect(&box, "helgrind", 3, "error", "has no debug info");
    build(&box, FLAVOUR_PLAIN, "");
    char *source = source_path(&box, FIXED);
    shell("touch -d '1 hour' %s", source);
    expect(&box, "watchdog", 3, "error", "older than its source");
    free(source);
    sandbox_close(&box);
}

/* Debug info of a form that Valgrind cannot read is noticed in a silent report, too; a Valgrind that
 * reads it keeps the promise. */
static void unread_debug_info_is_never_taken_for_silence(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_sources(&box);
    build(&box, FLAVOUR_PLAIN, "-gdwarf-5");
    struct result result = racelab(&box, "", "run --detector helgrind");
    if (result.status != 0 && !(result.status == 3 && strstr(result.out, "debug info")))
        fail_msg("exit %d: %s", result.status, result.out);
    result_free(&result);
    sandbox_close(&box);
}

static void a_missing_detector_is_skipped(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_and_build(&box);
    struct result result = racelab(&box, "PATH=/nonexistent", "run --detector helgrind -d drd");
    assert_int_equal(result.status, 77);
    assert_non_null(strstr(result.out, "valgrind is not installed"));
    assert_non_null(strstr(result.out, "2 skipped"));
    result_free(&result);
    sandbox_close(&box);
}

static void wrong_annotations_stop_the_run_with_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *to; /* what stands in place of the race's annotation */
        bool both;
        const char *complaint;
    } wrong[] = {
        {"/* bug: rase(visitors) */", true, ".c:27: error: unknown defect `rase`"},
        {"/* bug: race(visitors); lint blind: x */", true, ".c:27: error: unknown detector `lint`"},
        {"", false, ".c:27: error: `bug: race(visitors)` does not stand in the same place"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct sandbox box;
        sandbox_open(&box, COUNTER);
        mutate(&box, FIXED, "/* bug: race(visitors) */", wrong[i].to);
        if (wrong[i].both)
            mutate(&box, BUGGY, "/* bug: race(visitors) */", wrong[i].to);
        write_and_build(&box);
        struct result result = racelab(&box, "", "run");
        if (result.status != 4 || !strstr(result.err, wrong[i].complaint))
            fail_msg("exit %d, wanted `%s`: %s", result.status, wrong[i].complaint, result.err);
        result_free(&result);
        sandbox_close(&box);
    }
}

static void pairs_need_twins_and_promises(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_sources(&box);
    shell("cp %s/buggy/%s.c %s/buggy/race/alone.c", box.folder, COUNTER, box.folder);
    shell("for p in buggy fixed; do sed '/bug:/d' %s/$p/%s.c >%s/$p/race/mute.c; done", box.folder,
          COUNTER, box.folder);
    struct result result = racelab(&box, "", "list");
    assert_int_equal(result.status, 4);
    assert_non_null(strstr(result.err, "buggy/race/alone.c: error: has no twin in fixed/"));
    assert_non_null(strstr(result.err, "buggy/race/mute.c: error: makes no promise"));
    result_free(&result);
    sandbox_close(&box);
}

static void wrong_command_lines_exit_2(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "",
        "fly",
        "run nonsense",
        "run --detector cat",
        "run -j 0",
        "run -j -1",
        "run -t 1x",
        "show",
        "show race",
        "raw",
        "show a b",
        "raw race -d drd",
        "run --no-such-option",
        ("raw " COUNTER),
    };
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_sources(&box);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        struct result result = racelab(&box, "", "%s", commands[i]);
        if (result.status != 2 || !*result.err)
            fail_msg("racelab %s: exit %d: %s", commands[i], result.status, result.err);
        result_free(&result);
    }
    sandbox_close(&box);
}

static void results_that_cannot_be_written_exit_5(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_sources(&box);
    build(&box, FLAVOUR_PLAIN, "");
    struct result result = racelab(&box, "", "run -d watchdog --json /nonexistent/x.json");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/nonexistent/x.json: No such file"));
    result_free(&result);
    result = racelab(&box, "", "run -d watchdog --json /dev/full");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/dev/full: No space left"));
    result_free(&result);
    result = racelab(&box, "", "list >/dev/full; s=$?; exec 2>/dev/null; exit $s; true");
    assert_int_equal(result.status, 5);
    result_free(&result);
    sandbox_close(&box);
}

static void raw_marks_the_promised_lines(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct result result = racelab(&box, "", "raw " COUNTER " --detector %s", names[i]);
        assert_int_equal(result.status, 0);
        assert_non_null(strstr(result.out, "<== bug: race(visitors)"));
        result_free(&result);
        result = racelab(&box, "", "raw " COUNTER " --fixed --detector %s", names[i]);
        assert_int_equal(result.status, 0);
        assert_null(strstr(result.out, "<=="));
        result_free(&result);
    }
    expect_nothing_left(&box);
    sandbox_close(&box);
}

/* Whether any process runs an executable from the sandbox. */
static bool sandbox_runs(const struct sandbox *box)
{
    DIR *proc = opendir("/proc");
    assert_non_null(proc);
    struct dirent *entry = NULL;
    bool found = false;
    while ((entry = readdir(proc))) {
        char *link = xasprintf("/proc/%s/exe", entry->d_name);
        char target[PATH_MAX];
        ssize_t length = readlink(link, target, sizeof(target) - 1);
        target[length > 0 ? length : 0] = '\0';
        found = found || strncmp(target, box->folder, strlen(box->folder)) == 0;
        free(link);
    }
    closedir(proc);
    return found;
}

static void an_interrupted_run_leaves_nothing(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    /* Both twins say that they have begun, and then never end; one has a child that ignores
     * signals in a session of its own. */
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *begun = xasprintf("    if (fork() == 0) {\n        setsid();\n"
                                "        signal(SIGTERM, SIG_IGN);\n    }\n"
                                "    fclose(fopen(\"%s/begun\", \"w\"));\n"
                                "    for (;;)\n        visitors--;",
                                box.folder);
        mutate(&box, p, "    return 0;", begun);
        mutate(&box, p, "#include <stdio.h>",
               "#include <stdio.h>\n#include <signal.h>\n#include <unistd.h>");
        /* Only the ending counts here. */
        mutate(&box, p, "assert(visitors == GATES * VISITORS_PER_GATE);", "assert(1);");
        free(begun);
    }
    write_sources(&box);
    build(&box, FLAVOUR_PLAIN, "");

    char *begun = xasprintf("%s/begun", box.folder);
    char *root = xstrdup(box.folder);
    char *programs = xasprintf("%s/programs", box.folder);
    char *tmp = xasprintf("%s/tmp", box.folder);
    pid_t child = fork();
    if (child == 0) {
        setenv("TMPDIR", tmp, 1);
        execl(RACELAB, "racelab", "--root", root, "--programs", programs, "run", "-d", "watchdog",
              (char *)NULL);
        _exit(127);
    }
    assert_true(child > 0);
    while (access(begun, F_OK) != 0)
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_int_equal(kill(child, SIGINT), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    assert_false(sandbox_runs(&box));
    expect_nothing_left(&box);
    free(begun);
    free(root);
    free(programs);
    free(tmp);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pairs_themselves_are_kept),
        cmocka_unit_test(an_annotation_moved_by_a_line_fails),
        cmocka_unit_test(swapped_twins_fail),
        cmocka_unit_test(a_fix_that_drops_the_threads_fails),
        cmocka_unit_test(a_fixed_program_that_ends_badly_fails),
        cmocka_unit_test(a_fixed_program_that_never_ends_is_an_error),
        cmocka_unit_test(unfit_programs_are_errors),
        cmocka_unit_test(unread_debug_info_is_never_taken_for_silence),
        cmocka_unit_test(a_missing_detector_is_skipped),
        cmocka_unit_test(wrong_annotations_stop_the_run_with_file_and_line),
        cmocka_unit_test(pairs_need_twins_and_promises),
        cmocka_unit_test(wrong_command_lines_exit_2),
        cmocka_unit_test(results_that_cannot_be_written_exit_5),
        cmocka_unit_test(raw_marks_the_promised_lines),
        cmocka_unit_test(an_interrupted_run_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
