/*
 * double_checked_init.loaded_first: main loads the settings before there are any handlers
 *
 * Why: main stores settings before it creates the handlers, and pthread_create orders all that
 *   came before it ahead of the new thread. Afterwards everybody only reads, which needs no lock.
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

    settings = load_settings();                         /* bug: race(settings) */
    for (int h = 0; h < HANDLERS; h++)
        pthread_create(&handlers[h], NULL, handle_request, &longest_wait_ms[h]);
    for (int h = 0; h < HANDLERS; h++) {
        pthread_join(handlers[h], NULL);
        printf("handler %d waits at most %ld ms\n", h, longest_wait_ms[h]);
        assert(longest_wait_ms[h] == 750);
    }
    return 0;
}
