/* racelab watch from outside. RACELAB is the command, STUCK and ATTENDED the programs of
 * explain/testprogs: compile definitions. */
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"
#include "supervise/proc.h"

/* What a command printed, standard error included, and its exit status. */
struct said {
    char *text;
    int status;
};

static struct said run(const char *format, ...)
{
    struct said said = {0};
    size_t length = 0;
    int byte;
    va_list args;
    va_start(args, format);
    char *command = xvasprintf(format, args);
    va_end(args);
    FILE *text = open_memstream(&said.text, &length);
    FILE *out = popen(command, "re"); /* NOLINT(cert-env33-c): a test's own command line */
    assert_non_null(text);
    assert_non_null(out);
    while ((byte = fgetc(out)) != EOF)
        fputc(byte, text);
    int status = pclose(out);
    fclose(text);
    assert_true(WIFEXITED(status));
    said.status = WEXITSTATUS(status);
    free(command);
    return said;
}

static void expect(struct said said, int status, const char *text)
{
    if (said.status != status || !strstr(said.text, text))
        fail_msg("status %d, not %d with `%s`:\n%s", said.status, status, text, said.text);
    free(said.text);
}

/* A program with a pipe for its standard input and one from its standard output. */
struct subject {
    pid_t pid;
    int in;
    int out;
};

static void begin(struct subject *subject, const char *program, const char *way)
{
    int in[2];
    int out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    subject->pid = fork();
    assert_true(subject->pid >= 0);
    if (subject->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(program, program, way, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    subject->in = in[1];
    subject->out = out[0];
}

static void await_ready(const struct subject *subject)
{
    char line[6];
    assert_int_equal(read(subject->out, line, sizeof line), sizeof line);
    assert_memory_equal(line, "ready\n", sizeof line);
}

/* Lets it go to its end and gives its status. */
static int finish(struct subject *subject)
{
    int status;
    close(subject->in);
    assert_int_equal(waitpid(subject->pid, &status, 0), subject->pid);
    close(subject->out);
    return status;
}

static void kill_subject(struct subject *subject)
{
    kill(subject->pid, SIGKILL);
    finish(subject);
}

/* Waits until every thread of a hung program sleeps; how long that takes is no matter. */
static void await_sleep(pid_t pid)
{
    struct proc_thread thread;
    do
        assert_int_equal(proc_read_thread(pid, pid, &thread), 0);
    while (thread.state != 'S' || thread.call < 0);
}

static void a_program_that_hangs(void **state)
{
    (void)state;
    expect(run(RACELAB " watch -- " STUCK "/plain cross 2>&1"), 1,
           "deadlock: thread 'payer' holds `bank.accounts[0].lock` (taken at 34)");
}

static void a_program_that_ends(void **state)
{
    (void)state;
    struct said said = run("echo given | " RACELAB " watch -- sh -c 'cat; echo oops >&2; exit 3' "
                           "2>&1");
    assert_non_null(strstr(said.text, "given\n"));
    assert_non_null(strstr(said.text, "oops\n"));
    expect(said, 0, "sh ended with exit status 3");
    expect(run(RACELAB " watch -- sh -c 'kill -SEGV $$' 2>&1"), 0, "ended by signal 11");
}

static void a_busy_program_at_its_time_limit(void **state)
{
    (void)state;
    expect(run(RACELAB " watch --timeout 1 -- sh -c 'while :; do :; done' 2>&1"), 1,
           "busy without end: main is busy to the time limit");
    expect(run(RACELAB " watch --timeout 1 -- sleep 600 2>&1"), 0,
           "sleep was ended after its time");
}

/* It is told while the program goes on, and not once more at its end. */
static void a_part_that_is_deadlocked(void **state)
{
    (void)state;
    struct said said = run(RACELAB " watch --timeout 3 -- " RACELAB_PROGRAMS
                                   "/plain/buggy/deadlock/health_check_goes_on 2>&1");
    const char *part = strstr(said.text, "deadlock of a part: thread 'refresher' waits at ");
    const char *goes_on = strstr(said.text, "health_check_goes_on goes on, but not all of it");
    const char *ended = strstr(said.text, "health_check_goes_on was ended after its time");
    assert_true(goes_on && part && ended && goes_on < part && part < ended);
    assert_null(strstr(ended, "deadlock"));
    expect(said, 1, "still going on: thread 'health check' (");
}

static void what_cannot_be_watched(void **state)
{
    (void)state;
    expect(run(RACELAB " watch -- /no/such/program 2>&1"), 3, "/no/such/program");
    expect(run(RACELAB " watch --pid 4194304 2>&1"), 3, "there is no process 4194304");
    expect(run(RACELAB " watch 2>&1"), 2, "either --pid or a program");
    expect(run(RACELAB " watch --pid 1 -- true 2>&1"), 2, "either --pid or a program");
    expect(run(RACELAB " watch --pid many 2>&1"), 2, "not `many`");
    expect(run(RACELAB " watch --json /no/such/file -- " STUCK "/plain pipe 2>&1"), 5,
           "/no/such/file");
}

static void a_running_process_that_hangs(void **state)
{
    struct subject subject;
    (void)state;
    begin(&subject, STUCK "/plain", "lost");
    await_sleep(subject.pid);
    struct said said = run(RACELAB " watch --pid %d --json - 2>&1", subject.pid);
    assert_int_equal(said.status, 1);
    const char *json = strchr(said.text, '{');
    assert_non_null(json);
    json_error_t error;
    json_t *value = json_loads(json, 0, &error);
    if (!value)
        fail_msg("%s at %d", error.text, error.line);
    const json_t *explanation = json_object_get(value, "explanation");
    assert_string_equal(json_string_value(json_object_get(explanation, "kind")), "hang");
    const json_t *thread = json_array_get(json_object_get(explanation, "threads"), 0);
    const json_t *waits = json_object_get(thread, "waits");
    assert_string_equal(json_string_value(json_object_get(waits, "object")), "queue.changed");
    assert_string_equal(json_string_value(json_object_get(waits, "values")),
                        "`queue.items` is 0 and `queue.waiting[self]` is 7");
    json_decref(value);
    expect(said, 1, "main waits at 106 in lost for the condition variable `queue.changed`");
    /* It is left as it was. */
    assert_int_equal(waitpid(subject.pid, NULL, WNOHANG), 0);
    kill_subject(&subject);
}

static void a_running_process_is_not_disturbed(void **state)
{
    struct subject subject;
    (void)state;
    begin(&subject, ATTENDED, "waits");
    await_ready(&subject);
    for (int i = 0; i < 5; i++)
        expect(run(RACELAB " watch --pid %d 2>&1", subject.pid), 0, "does not hang");
    assert_int_equal(finish(&subject), 0);
}

static void threads_that_end_meanwhile(void **state)
{
    struct subject subject;
    (void)state;
    begin(&subject, ATTENDED, "churn");
    await_ready(&subject);
    for (int i = 0; i < 8; i++)
        expect(run(RACELAB " watch --pid %d 2>&1", subject.pid), 0, "does not hang");
    assert_int_equal(finish(&subject), 0);
}

static void a_process_that_somebody_traces(void **state)
{
    struct subject subject;
    (void)state;
    begin(&subject, STUCK "/plain", "lost");
    await_sleep(subject.pid);
    assert_int_equal(ptrace(PTRACE_SEIZE, subject.pid, NULL, NULL), 0);
    struct said said = run(RACELAB " watch --pid %d 2>&1", subject.pid);
    assert_non_null(strstr(said.text, "ptrace: Operation not permitted"));
    expect(said, 1, "main waits");
    kill_subject(&subject);
}

static void a_process_of_somebody_else(void **state)
{
    (void)state;
    if (geteuid() != 0 || system("command -v setpriv >/dev/null") != 0)
        skip();
    struct said said =
        run("setpriv --reuid=65534 --regid=65534 --clear-groups " RACELAB " watch --pid %d 2>&1",
            getpid());
    if (strstr(said.text, "setpriv: failed to execute")) {
        free(said.text);
        skip(); /* the build is in a folder that others may not enter */
        return;
    }
    expect(said, 3, "run as that user or as root");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_hangs),
        cmocka_unit_test(a_program_that_ends),
        cmocka_unit_test(a_busy_program_at_its_time_limit),
        cmocka_unit_test(a_part_that_is_deadlocked),
        cmocka_unit_test(what_cannot_be_watched),
        cmocka_unit_test(a_running_process_that_hangs),
        cmocka_unit_test(a_running_process_is_not_disturbed),
        cmocka_unit_test(threads_that_end_meanwhile),
        cmocka_unit_test(a_process_that_somebody_traces),
        cmocka_unit_test(a_process_of_somebody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
