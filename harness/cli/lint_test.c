/* racelab lint from outside. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define INVERSION "deadlock/lock_order_inversion"

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* Runs `racelab lint` and expects this status and, so often, this text in its output. */
static void expect_lint(const struct sandbox *box, const char *before, const char *arguments,
                        int status, const char *text, size_t count)
{
    struct result result = sandbox_racelab(box, before, "lint %s", arguments);
    if (result.status != status || occurrences(result.out, text) != count)
        fail_msg("wanted exit %d and %zu of `%s`, got exit %d: %s%s", status, count, text,
                 result.status, result.out, result.err);
    result_free(&result);
}

static void a_clean_pair_has_no_fault(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    expect_lint(&box, "", "", 0, "1 pair, 4 compilations: no fault\n", 1);
    expect_lint(&box, "", "-j 1 deadlock", 0, "1 pair, 4 compilations: no fault\n", 1);
    expect_lint(&box, "", "nonsense", 2, "fault", 0);
    expect_lint(&box, "", "-j 0", 2, "fault", 0);
    sandbox_expect_nothing_left(&box);
    sandbox_close(&box);
}

static void every_kind_of_fault_is_told(void **state)
{
    (void)state;
    static const struct {
        bool both;
        const char *from;
        const char *to;
        const char *fault;
        size_t count;
    } wrong[] = {
        /* by loading */
        {false, "350 && to_balance == 150);", "350); /* bug: wrong-result(from) */",
         "fixed/" INVERSION ".c:59: error: `bug: wrong-result(from)` does not stand", 1},
        {true, " * Fix:", " * Foot:", "the header comment has no `Fix:`", 1},
        /* by its text */
        {false, "from_balance -= 200", "from_balance  -= 200",
         "fixed/" INVERSION ".c:30: error: differs from the buggy twin in comments or white", 1},
        {true, "    to_balance -= 50;", "    to_balance -= 50; ", "blanks at the end", 2},
        /* by one compiler */
        {true, "    pthread_t desk;\n",
         "    pthread_t desk;\n    switch (to_balance) {\n    case 1:\n        to_balance = 2;\n"
         "    case 2:\n        to_balance = 3;\n    }\n",
         INVERSION ".c:54: error: gcc: this statement may fall through", 2},
        {true, "    pthread_t desk;\n", "    pthread_t desk;\n\n    to_balance = to_balance;\n",
         INVERSION ".c:53: error: clang: explicitly assigning value of variable", 2},
        /* by both */
        {true, "    pthread_t desk;\n", "    pthread_t desk;\n    int unused;\n",
         INVERSION ".c:52: error: clang: unused variable", 2},
        {true, "    pthread_t desk;\n", "    pthread_t desk\n",
         INVERSION ".c:51: error: clang: expected ", 2},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct sandbox box;
        sandbox_open(&box, INVERSION);
        for (enum polarity p = wrong[i].both ? BUGGY : FIXED; p <= FIXED; p++)
            sandbox_mutate(&box, p, wrong[i].from, wrong[i].to);
        sandbox_write(&box);
        expect_lint(&box, "", "", 4, wrong[i].fault, wrong[i].count);
        sandbox_close(&box);
    }
}

/* A warning of one compiler is no fault of the other's. */
static void each_compiler_speaks_for_itself(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    for (enum polarity p = BUGGY; p <= FIXED; p++)
        sandbox_mutate(&box, p, "    pthread_t desk;\n",
                       "    pthread_t desk;\n\n    to_balance = to_balance;\n");
    sandbox_write(&box);
    expect_lint(&box, "", "", 4, "gcc: ", 0);
    expect_lint(&box, "", "", 4, "2 faults in 1 of them\n", 1);
    sandbox_close(&box);
}

static void a_missing_twin_is_told(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    shell("cp %s/buggy/%s.c %s/buggy/deadlock/alone.c", box.folder, INVERSION, box.folder);
    expect_lint(&box, "", "", 4, "alone.c: error: has no twin in fixed/", 1);
    expect_lint(&box, "", "", 4, "2 pairs, 6 compilations: 1 fault in 1 of them\n", 1);
    expect_lint(&box, "", INVERSION, 0, "1 pair, 4 compilations: no fault", 1);
    shell("mkdir %s/buggy/speed", box.folder);
    expect_lint(&box, "", "", 4, "speed: error: unknown family `speed`", 1);
    sandbox_close(&box);
}

/* Makes a compiler of this name in the sandbox's bin/: a shell script. */
static void make_compiler(const struct sandbox *box, const char *name, const char *script)
{
    char *path = xasprintf("%s/bin/%s", box->folder, name);
    shell("mkdir -p %s/bin", box->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(script, file) >= 0);
    assert_int_equal(fclose(file), 0);
    shell("chmod +x %s", path);
    free(path);
}

static void compilers_that_are_missing_or_broken(void **state)
{
    (void)state;
    static const char good[] = "#!/bin/sh\nexit 0\n";
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    char *path = xasprintf("PATH=%s/bin", box.folder);
    expect_lint(&box, path, "", 77, "1 pair, 0 compilations: no fault in what was checked\n", 1);
    make_compiler(&box, "gcc", good);
    expect_lint(&box, path, "", 3, "1 pair, 2 compilations: no fault in what was checked\n", 1);
    struct result result = sandbox_racelab(&box, path, "lint");
    assert_int_equal(occurrences(result.err, "clang is not installed"), 1);
    result_free(&result);
    make_compiler(&box, "clang", "#!/nonexistent/sh\n");
    result = sandbox_racelab(&box, path, "lint");
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.err, "clang could not be started: No such file"));
    result_free(&result);
    make_compiler(&box, "clang", "#!/bin/sh\nkill -SEGV $$\n");
    expect_lint(&box, path, "", 4, "error: clang cannot compile it", 2);
    make_compiler(&box, "clang", "#!/bin/sh\necho 'option -x is odd' >&2\n");
    expect_lint(&box, path, "", 4, "error: clang is not silent: `option -x is odd`", 2);
    make_compiler(&box, "clang", good);
    expect_lint(&box, path, "", 0, "no fault", 1);
    /* A fault of the corpus counts more than one of the machine. */
    sandbox_mutate(&box, FIXED, "from_balance -= 200", "from_balance  -= 200");
    sandbox_write(&box);
    shell("rm %s/bin/*", box.folder);
    expect_lint(&box, path, "", 4, "1 fault in 1 of them", 1);
    free(path);
    sandbox_close(&box);
}

static void endless_output_is_cut_off(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    char *path = xasprintf("PATH=%s/bin", box.folder);
    make_compiler(
        &box, "gcc",
        "#!/bin/sh\nPATH=/usr/bin:/bin\nyes x.c:1:1: warning: w | head -c 20000000 >&2\n");
    make_compiler(&box, "clang", "#!/bin/sh\nexit 0\n");
    expect_lint(&box, path, "", 4, "error: gcc: w", 20);
    free(path);
    sandbox_close(&box);
}

/* The process whose number the file holds; waits for the file while `racelab` runs. */
static pid_t read_pid(const char *path, pid_t racelab)
{
    int pid = 0;
    while (pid == 0) {
        FILE *file = fopen(path, "r");
        assert_int_equal(waitpid(racelab, NULL, WNOHANG), 0);
        if (file) {
            if (fscanf(file, "%d.", &pid) != 1)
                pid = 0;
            fclose(file);
        }
    }
    return pid;
}

static void an_interrupted_lint_leaves_nothing(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    /* It never ends, and neither does its child, which holds its output open. */
    char *script = xasprintf("#!/bin/sh\n/bin/sh -c 'echo $$ >%s/child.new\n"
                             "/bin/mv %s/child.new %s/child\n"
                             "while :; do wait; /bin/cat %s/never; done' &\nwait\n",
                             box.folder, box.folder, box.folder, box.folder);
    char *path = xasprintf("%s/bin", box.folder);
    char *child_file = xasprintf("%s/child", box.folder);
    char *before = xstrdup(getenv("PATH"));
    shell("mkfifo %s/never", box.folder);
    make_compiler(&box, "gcc", script);
    setenv("PATH", path, 1);
    pid_t racelab = sandbox_start(&box, (const char *const[]){"lint", "-j", "1", NULL});
    setenv("PATH", before, 1);
    pid_t child = read_pid(child_file, racelab);
    assert_int_equal(kill(racelab, SIGINT), 0);
    int status = 0;
    assert_int_equal(waitpid(racelab, &status, 0), racelab);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    /* It was killed before racelab ended; the limit is for a test that fails. */
    int child_end = pidfd_open(child, 0);
    if (child_end >= 0) {
        assert_int_equal(poll(&(struct pollfd){.fd = child_end, .events = POLLIN}, 1, 10000), 1);
        close(child_end);
    }
    sandbox_expect_nothing_left(&box);
    free(before);
    free(child_file);
    free(path);
    free(script);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_pair_has_no_fault),
        cmocka_unit_test(every_kind_of_fault_is_told),
        cmocka_unit_test(each_compiler_speaks_for_itself),
        cmocka_unit_test(a_missing_twin_is_told),
        cmocka_unit_test(compilers_that_are_missing_or_broken),
        cmocka_unit_test(endless_output_is_cut_off),
        cmocka_unit_test(an_interrupted_lint_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
