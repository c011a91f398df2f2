/*
 * use_before_init.atomic_fields: the fields are atomic, and still set after the thread is made
 *
 * Patch: hides
 * Why: Atomic fields have no data race, but the thread is no later for that: it can still run
 *   before `relay` and `port` are set, and then it returns its letters.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define LETTERS 5

struct mailer {
    _Atomic(const char *) relay;
    atomic_int port;
    int sent, returned;                         /* the thread's own until it is joined */
    pthread_t thread;
};

static void *send_letters(void *arg)
{
    struct mailer *mailer = arg;

    for (int letter = 0; letter < LETTERS; letter++) {
        if (mailer->relay != NULL
            && mailer->port == 25)
            mailer->sent++;
        else
            mailer->returned++;
    }
    return NULL;
}

static void mailer_start(struct mailer *mailer)
{
    pthread_create(&mailer->thread, NULL, send_letters, mailer);
    mailer->relay = "relay.example.org";
    mailer->port = 25;
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
