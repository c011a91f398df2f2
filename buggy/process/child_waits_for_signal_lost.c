/*
 * child_waits_for_signal_lost: a signal that is handled before the wait for it begins
 *
 * Story: a race clock forks a process for the lane. The starter's gun is SIGUSR1, and a pipe brings
 *        the length of the course; the child starts its clock when it has both.
 * Wrong: the clock never starts, although the gun was fired and heard. It works when the length is
 *        known well before the gun.
 * Why: the signal arrives while the child waits for the length. Its handler runs, and nothing is
 *      left pending; pause() then waits for a signal that comes after the call.
 * Fix: the signal is blocked, so that it stays pending, and only sigsuspend() lets it in, in one
 *      step with the wait. The handler's note says whether there is anything to wait for.
 * Roadmap: processes, Pipe, Event
 * CWE: CWE-364 Signal Handler Race Condition; CWE-821 Incorrect Synchronization
 * CERT: none
 */
#include <assert.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { METRES = 100 };

static volatile sig_atomic_t fired;

static void hear_gun(int signal_number)
{
    (void)signal_number;
    fired = 1;
}

static int run_timer(int course)
{
    unsigned char metres;

    if (read(course, &metres, 1) != 1)
        return 0;
    pause();                            /* bug: hang(gun);
            explore blind: a forked child runs freely */
    return fired ? metres : 0;
}

int main(void)
{
    struct sigaction gun = {.sa_handler = hear_gun, .sa_flags = SA_RESTART};
    unsigned char metres = METRES;
    int course[2], status = -1;
    pid_t timer;

    if (pipe(course) == -1)
        return 1;
    sigemptyset(&gun.sa_mask);
    sigaction(SIGUSR1, &gun, NULL);
    timer = fork();
    if (timer == -1)
        return 1;
    if (timer == 0)
        _exit(run_timer(course[0]));

    /* In this order: once the length has been read, a signal that is not blocked was handled. */
    kill(timer, SIGUSR1);
    if (write(course[1], &metres, 1) != 1)
        return 1;
    waitpid(timer, &status, 0);         /* bug: hang(gun) */
    assert(WIFEXITED(status) && WEXITSTATUS(status) == METRES);
    return 0;
}
