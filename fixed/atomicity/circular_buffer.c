/*
 * circular_buffer: oldest entry of a ring printed in one critical section, removed in the next
 *
 * Story: a plane's flight recorder keeps the latest events in a ring. When that is full, a new one
 *   takes the place of the oldest, which is counted as dropped. A printer takes the events out.
 * Wrong: an event is neither printed nor counted as dropped, and another one is both.
 * Why: the printer reads the oldest event, and removes "the oldest" when it has printed it. The
 *   guard that the ring holds something is still right by then, but the recorder may have dropped
 *   what was printed: removed is the next one, which nobody has read. It stands for
 *   circular_buffer of SCTBench (Thomson, Donaldson and Betts, PPoPP 2014), whose reader and ring
 *   also get out of step although each step holds the lock.
 * Fix: the printer removes the event in the critical section in which it reads it.
 * Roadmap: threads, Lock, Queue, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition
 * CERT: CON08-C
 * Rate: With the ring full, an event must be recorded while the printer is at the oldest one. There
 *   are few events and no pauses, so that most runs come out right; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { SLOTS = 2, EVENTS = 4, PRINTS = 2 };

static pthread_mutex_t ring_lock = PTHREAD_MUTEX_INITIALIZER;
static int ring[SLOTS];                     /* these four: guarded by ring_lock */
static unsigned int recorded, removed;
static int dropped[EVENTS];
static int printed[EVENTS];                 /* the printer's own until it is joined */

static void record(int event)
{
    pthread_mutex_lock(&ring_lock);
    if (recorded - removed == SLOTS)
        dropped[ring[removed++ % SLOTS]]++;
    ring[recorded++ % SLOTS] = event;
    pthread_mutex_unlock(&ring_lock);
}

static bool read_oldest(int *event)
{
    pthread_mutex_lock(&ring_lock);
    bool any = recorded != removed;
    if (any)
        *event = ring[removed++ % SLOTS];
    pthread_mutex_unlock(&ring_lock);
    return any;
}

static void *print_events(void *arg)
{
    int event;

    (void)arg;
    for (int p = 0; p < PRINTS && read_oldest(&event); p++) {
        printed[event]++;
    }
    return NULL;
}

static void *record_events(void *arg)
{
    (void)arg;
    for (int event = 0; event < EVENTS; event++)
        record(event);
    return NULL;
}

int main(void)
{
    pthread_t recorder, printer;

    pthread_create(&recorder, NULL, record_events, NULL);
    pthread_create(&printer, NULL, print_events, NULL);
    pthread_join(recorder, NULL);
    pthread_join(printer, NULL);

    for (; removed != recorded; removed++)
        printed[ring[removed % SLOTS]]++;   /* the rest, when the plane has landed */
    for (int event = 0; event < EVENTS; event++)
        assert(printed[event] + dropped[event] == 1);   /* bug: wrong-result(printed); watchdog
            rate: an event must be recorded into the full ring while the printer prints */
    return 0;
}
