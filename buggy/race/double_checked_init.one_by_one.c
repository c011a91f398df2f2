/*
 * double_checked_init.one_by_one: each handler is joined before the next one starts
 *
 * Patch: serial
 * Why: The double-checked pointer does no harm any more, for there is only ever one handler: main
 *   joins each before it creates the next. The requests are handled one after the other.
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

    loaded.timeout_ms = strtol(FILE_TEXT, &rest, 10);
    loaded.retries = strtol(rest, NULL, 10);
    return &loaded;
}

static const struct settings *get_settings(void)
{
    if (settings == NULL) {
        pthread_mutex_lock(&settings_lock);
        if (settings == NULL)
            settings = load_settings();
        pthread_mutex_unlock(&settings_lock);
    }
    return settings;
}

static void *handle_request(void *arg)
{
    long *longest_wait_ms = arg;
    const struct settings *own = get_settings();

    *longest_wait_ms = own->timeout_ms * own->retries;
    return NULL;
}

int main(void)
{
    static long longest_wait_ms[HANDLERS];
    pthread_t handlers[HANDLERS];

    for (int h = 0; h < HANDLERS; h++) {
        pthread_create(&handlers[h], NULL, handle_request, &longest_wait_ms[h]);
        pthread_join(handlers[h], NULL);                /* serial: settings */
        printf("handler %d waits at most %ld ms\n", h, longest_wait_ms[h]);
        assert(longest_wait_ms[h] == 750);
    }
    return 0;
}
