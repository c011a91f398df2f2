/*
 * use_before_init: an object's thread starts before the object is complete
 *
 * Story: A mailer sends its queued letters from a thread of its own. mailer_start() starts that
 *   thread first and then fills in the relay and its port.
 * Wrong: Letters can be sent to port 0 of no relay.
 * Why: Only what stands before pthread_create is ordered before the new thread. The fields set
 *   after it race with the thread's reads, and are wrong for it whenever the thread is quicker.
 * Fix: pthread_create comes last, when the object is complete.
 * Roadmap: threads, races
 * CWE: CWE-696 Incorrect Behavior Order; CWE-908 Use of Uninitialized Resource
 * CERT: CON43-C
 * Rate: The thread must first run before both fields are set. They are set right after it is made,
 *   so that most runs come out right; nothing in the program makes it likelier.
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
        if (mailer->relay != NULL               /* bug: race(mailer) */
            && mailer->port == 25)              /* bug: race(mailer) */
            mailer->sent++;
        else
            mailer->returned++;
    }
    return NULL;
}

static void mailer_start(struct mailer *mailer)
{
    pthread_create(&mailer->thread, NULL, send_letters, mailer);
    mailer->relay = "relay.example.org";        /* bug: race(mailer) */
    mailer->port = 25;                          /* bug: race(mailer) */
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
