#include "explain/recorder/recorder_test_support.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

uint64_t fact(const struct subject *subject, const char *name)
{
    for (size_t i = subject->fact_count; i-- > 0;)
        if (strcmp(subject->facts[i].name, name) == 0)
            return subject->facts[i].value;
    fail_msg("the program said nothing of %s", name);
    return 0;
}

void listen_to(struct subject *subject, int fd)
{
    char line[64];
    FILE *said = fdopen(fd, "r");
    assert_non_null(said);
    for (;;) {
        if (!fgets(line, sizeof line, said))
            fail_msg("the program ended before it was ready");
        if (strcmp(line, "ready\n") == 0)
            break;
        assert_true(subject->fact_count < MOST_FACTS);
        char *space = strchr(line, ' ');
        assert_non_null(space);
        snprintf(subject->facts[subject->fact_count].name, sizeof subject->facts->name, "%.*s",
                 (int)(space - line), line);
        subject->facts[subject->fact_count++].value = strtoull(space, NULL, 10);
    }
    fclose(said);
}

int start_silent(struct subject *subject, const char *program, const char *how, const char *preload,
                 bool traced)
{
    int ends[2];
    *subject = (struct subject){0};
    assert_int_equal(pipe(ends), 0);
    subject->pid = fork();
    if (subject->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setpgid(0, 0);
        if (preload)
            setenv("LD_PRELOAD", preload, 1);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (traced)
            ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execl(program, program, how, NULL);
        _exit(127);
    }
    assert_true(subject->pid > 0);
    setpgid(subject->pid, subject->pid);
    close(ends[1]);
    return ends[0];
}

void start(struct subject *subject, const char *program, const char *how, const char *preload)
{
    listen_to(subject, start_silent(subject, program, how, preload, false));
}

void run(struct subject *subject, const char *program, const char *how)
{
    start(subject, program, how, RECORDER);
    assert_int_equal(recording_read(subject->pid, &subject->recording), 0);
}

void stop(struct subject *subject)
{
    recording_release(&subject->recording);
    kill(-subject->pid, SIGKILL);
    assert_int_equal(waitpid(subject->pid, NULL, 0), subject->pid);
}

const struct recorded_thread *thread_of(const struct subject *subject, const char *name)
{
    const struct recorded_thread *thread =
        recording_thread(&subject->recording, (pid_t)fact(subject, name));
    if (!thread)
        fail_msg("no notes of thread %s", name);
    return thread;
}

const struct recorded_hold *hold_of(const struct subject *subject, const char *thread,
                                    const char *object)
{
    const struct recorded_thread *notes = thread_of(subject, thread);
    const struct recorded_hold *found = NULL;
    for (size_t i = 0; i < notes->hold_count; i++) {
        if (notes->holds[i].object == fact(subject, object)) {
            assert_null(found);
            found = &notes->holds[i];
        }
    }
    return found;
}

size_t holders(const struct subject *subject, const char *object)
{
    const struct recording *recording = &subject->recording;
    size_t count = 0;
    for (size_t i = 0; i < recording->thread_count; i++)
        for (size_t j = 0; j < recording->threads[i].hold_count; j++)
            count += recording->threads[i].holds[j].object == fact(subject, object);
    return count;
}

/* No function of the programs is longer. */
void assert_called_in(const struct subject *subject, const struct recorded_call *call,
                      const char *function)
{
    const uint64_t begin = fact(subject, function);
    assert_in_range(call->pc, begin, begin + 512);
    assert_true(call->words > 0 && call->words <= RECORDED_WORDS);
}
