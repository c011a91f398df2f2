/*
 * fd_closed_while_written: a descriptor is closed by one thread while another still writes to it
 *
 * Story: A backup job reports to main through a pipe. main waits for the report, closes the job's
 *   end and opens the ledger, which the job saves as well and reports of in a second line.
 * Wrong: The second line is missing from the report and stands in the ledger.
 * Why: The first line does not mean that the job is done with the descriptor. A closed number is
 *   free, and the next open takes it: what the job writes there goes to another file.
 * Fix: Close the job's end after the job is joined.
 * Roadmap: threads, Pipe, races
 * CWE: CWE-910 Use of Expired File Descriptor; CWE-366 Race Condition within a Thread
 * CERT: FIO46-C
 */
#define _GNU_SOURCE
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static sem_t ledger_open;

static void say(int report, const char *line)
{
    ssize_t written = write(report, line, strlen(line));    /* bug: race(report); helgrind, drd
        blind: they follow memory and locks, and a descriptor is neither */

    if (written < 0)
        perror("backup");
}

static void *back_up(void *arg)
{
    int report = (int)(intptr_t)arg;

    say(report, "accounts saved\n");
    sem_wait(&ledger_open);
    say(report, "ledger saved\n");
    return NULL;
}

int main(void)
{
    int end[2];
    pthread_t job;
    struct stat ledger_now;

    assert(pipe(end) == 0);
    sem_init(&ledger_open, 0, 0);
    pthread_create(&job, NULL, back_up, (void *)(intptr_t)end[1]);

    struct pollfd report = { .fd = end[0], .events = POLLIN };
    while (poll(&report, 1, -1) != 1)
        continue;                               /* interrupted */

    int ledger = memfd_create("ledger", MFD_CLOEXEC);
    sem_post(&ledger_open);
    pthread_join(job, NULL);
    close(end[1]);                              /* bug: race(report) */

    assert(fstat(ledger, &ledger_now) == 0);
    printf("%lld bytes in the new ledger\n", (long long)ledger_now.st_size);
    assert(ledger_now.st_size == 0);            /* bug: wrong-result(ledger) */
    close(ledger);
    close(end[0]);
    sem_destroy(&ledger_open);
    return 0;
}
