/*
 * is_alive_polled: a thread's end is polled like Thread.is_alive, and its result read without join
 *
 * Story: A window keeps repainting while an import runs, and shows the number of rows once the
 *   import is no longer alive.
 * Wrong: The import can seem to have ended while its row count is not visible yet, and the window
 *   then shows 0 rows.
 * Why: The poll reads a plain flag that the import writes at the same time, a race in itself; and
 *   seeing the flag set orders nothing, so the read of the row count is a second race.
 * Fix: The flag is written and polled under the import's mutex, whose hand-over from the import to
 *   the window then also orders the row count.
 * Roadmap: is_alive, threads, Lock, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>

struct import {
    const char *text;
    long rows;
    bool finished;
};

static struct import job = {
    .text = "oslo,4\nlima,19\nkyiv,7\nrome,16\n",
};

static void *run_import(void *arg)
{
    struct import *import = arg;
    long rows = 0;

    for (const char *c = import->text; *c != '\0'; c++)
        rows += *c == '\n';
    import->rows = rows;                        /* bug: race(rows) */
    import->finished = true;                    /* bug: race(finished) */
    return NULL;
}

static bool import_is_alive(struct import *import)
{
    bool alive = !import->finished;             /* bug: race(finished) */
    return alive;
}

int main(void)
{
    struct import *import = &job;
    pthread_t importer;

    pthread_create(&importer, NULL, run_import, import);
    while (import_is_alive(import))
        sched_yield();                          /* the window repaints itself */
    long shown = import->rows;                  /* bug: race(rows) */

    printf("%ld rows imported\n", shown);
    assert(shown == 4);
    pthread_join(importer, NULL);
    return 0;
}
