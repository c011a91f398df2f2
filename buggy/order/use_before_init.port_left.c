/*
 * use_before_init.port_left: the relay is set before the thread starts, the port after
 *
 * Patch: moves
 * Why: pthread_create orders `relay` before the thread, which is half of the object. `port` is
 *   still set when the thread may be at its letters: it races with the read, and letters go to
 *   port 0.
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

static void *send_letters(void *arg)
{
    struct mailer *mailer = arg;

    for (int letter = 0; letter < LETTERS; letter++) {
        if (mailer->relay != NULL
            && mailer->port == 25)              /* bug: race(mailer) */
            mailer->sent++;
        else
            mailer->returned++;
    }
    return NULL;
}

static void mailer_start(struct mailer *mailer)
{
    mailer->relay = "relay.example.org";
    pthread_create(&mailer->thread, NULL, send_letters, mailer);
    mailer->port = 25;                          /* bug: race(mailer) */
}

int main(void)
{
    static struct mailer mailer;

    mailer_start(&mailer);
    pthread_join(mailer.thread, NULL);

    printf("%d letters sent, %d returned\n", mailer.sent, mailer.returned);
    assert(mailer.returned == 0);               /* bug: wrong-result(mailer); watchdog rate:
        the thread may first run when the port is set */
    return 0;
}
