/*
 * double_checked_init.pointer_per_thread: each thread has its own pointer to the settings
 *
 * Patch: moves
 * Why: The pointer is no longer shared, but what it points to is: every handler finds its own
 *   pointer NULL and fills the one static structure in load_settings() again. It does so under
 *   settings_lock, while a handler that was there before reads timeout_ms and retries without it.
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
static __thread struct settings *settings;      /* NULL until loaded */

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
    if (settings == NULL) {
        pthread_mutex_lock(&settings_lock);
        settings = load_settings();
        pthread_mutex_unlock(&settings_lock);
    }
    return settings;
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
