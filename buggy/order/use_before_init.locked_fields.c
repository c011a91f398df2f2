/*
 * use_before_init.locked_fields: the fields are locked, and still set after the thread is made
 *
 * Patch: hides
 * Why: `settings` lets the thread see both fields set or none, so that there is no data race.
 *   It orders nothing: where the thread is quicker, it takes `settings` first and finds no
 *   relay.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define LETTERS 5

struct mailer {
    const char *relay;
    int port;
    int sent, returned;                         /* the thread's own until it is joined */
    pthread_t thread;
};

static pthread_mutex_t settings = PTHREAD_MUTEX_INITIALIZER;

static void *send_letters(void *arg)
{
    struct mailer *mailer = arg;

    for (int letter = 0; letter < LETTERS; letter++) {
        pthread_mutex_lock(&settings);
        if (mailer->relay != NULL
            && mailer->port == 25)
            mailer->sent++;
        else
            mailer->returned++;
        pthread_mutex_unlock(&settings);
    }
    return NULL;
}

static void mailer_start(struct mailer *mailer)
{
    pthread_create(&mailer->thread, NULL, send_letters, mailer);
    pthread_mutex_lock(&settings);
    mailer->relay = "relay.example.org";
    mailer->port = 25;
    pthread_mutex_unlock(&settings);
}

int main(void)
{
    static struct mailer mailer;

    mailer_start(&mailer);
    pthread_join(mailer.thread, NULL);

    printf("%d letters sent, %d returned\n", mailer.sent, mailer.returned);
    assert(mailer.returned == 0);               /* bug: wrong-result(mailer); watchdog rate:
        the thread may first run when both fields are set */
    return 0;
}
