/*
 * use_before_init.started_locked: the thread is made first, under a lock that it needs
 *
 * Why: mailer_start() takes `settings` before it makes the thread and gives it back when both
 *   fields are set. The thread reads them only with `settings` held, and that it cannot have
 *   earlier.
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

    pthread_mutex_lock(&settings);
    for (int letter = 0; letter < LETTERS; letter++) {
        if (mailer->relay != NULL               /* bug: race(mailer) */
            && mailer->port == 25)              /* bug: race(mailer) */
            mailer->sent++;
        else
            mailer->returned++;
    }
    pthread_mutex_unlock(&settings);
    return NULL;
}

static void mailer_start(struct mailer *mailer)
{
    pthread_mutex_lock(&settings);
    pthread_create(&mailer->thread, NULL, send_letters, mailer);
    mailer->relay = "relay.example.org";        /* bug: race(mailer) */
    mailer->port = 25;                          /* bug: race(mailer) */
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
