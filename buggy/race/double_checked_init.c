/*
 * double_checked_init: double-checked initialisation on a plain pointer
 *
 * Story: Request handlers share settings that whoever needs them first reads and keeps. To spare
 *   the later requests the lock, the pointer is looked at once before locking.
 * Wrong: A handler can find the pointer set and still read settings that are not there yet, a
 *   timeout of 0 for instance.
 * Why: The first look holds no lock, so it races with the store made under the lock; and a handler
 *   that sees the pointer there skips the lock, so nothing orders the fields before its reads.
 *   Compiler and processor may both let the pointer become visible before the fields.
 * Fix: The pointer is looked at only with the lock held; the second look is no longer needed.
 * Roadmap: Lock, threads, races
 * CWE: CWE-609 Double-Checked Locking; CWE-366 Race Condition within a Thread
 * CERT: CON43-C; POS49-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define HANDLERS 3
#define FILE_TEXT "250 3"

struct settings {
    long timeout_ms, retries;
};

static pthread_mutex_t settings_lock = PTHREAD_MUTEX_INITIALIZER;
static struct settings *settings;               /* NULL until loaded */

static struct settings *load_settings(void)
{
    static struct settings loaded;
    char *rest;

    loaded.timeout_ms = strtol(FILE_TEXT, &rest, 10);   /* bug: race(settings) */
    loaded.retries = strtol(rest, NULL, 10);            /* bug: race(settings) */
    return &loaded;
}

static const struct settings *get_settings(void)
{
    if (settings == NULL) {                             /* bug: race(settings) */
        pthread_mutex_lock(&settings_lock);
        if (settings == NULL)
            settings = load_settings();                 /* bug: race(settings) */
        pthread_mutex_unlock(&settings_lock);
    }
    return settings;                                    /* bug: race(settings) */
}

static void *handle_request(void *arg)
{
    long *longest_wait_ms = arg;
    const struct settings *own = get_settings();

    *longest_wait_ms = own->timeout_ms * own->retries;  /* bug: race(settings) */
    return NULL;
}

int main(void)
{
    static long longest_wait_ms[HANDLERS];
    pthread_t handlers[HANDLERS];

    for (int h = 0; h < HANDLERS; h++)
        pthread_create(&handlers[h], NULL, handle_request, &longest_wait_ms[h]);
    for (int h = 0; h < HANDLERS; h++) {
        pthread_join(handlers[h], NULL);
        printf("handler %d waits at most %ld ms\n", h, longest_wait_ms[h]);
        assert(longest_wait_ms[h] == 750);
    }
    return 0;
}
