/*
 * bell: a bell that rings before anybody listens
 *
 * Story: A porter waits for the bell of the door.
 * Wrong: The porter waits for ever.
 * Why: The signal is sent before the wait begins, and nothing remembers it.
 * Fix: The wait looks at `rung` first.
 * Roadmap: Condition
 * CWE: CWE-833 Deadlock
 * CERT: CON54-C
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bell = PTHREAD_COND_INITIALIZER;
static int rung;

static void *porter(void *arg)
{
    pthread_mutex_lock(&door);
    pthread_cond_wait(&bell, &door); /* bug: hang(bell); tsan, drd blind: nothing is accessed wrongly */
    pthread_mutex_unlock(&door);
    return arg;
}

int main(void)
{
    pthread_t listener;

    pthread_mutex_lock(&door);
    rung = 1;
    pthread_cond_signal(&bell);
    pthread_mutex_unlock(&door);
    pthread_create(&listener, NULL, porter, NULL);
    pthread_join(listener, NULL); /* bug: hang(bell); tsan, drd blind: nothing is accessed wrongly */
    assert(rung);
    return 0;
}
