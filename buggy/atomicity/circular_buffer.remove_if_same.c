/*
 * circular_buffer.remove_if_same: the oldest is removed only if it is still the printed one
 *
 * Patch: moves
 * Why: What nobody has read is no longer taken out. But where the recorder has dropped the
 *   event while it was printed, it stays counted in `dropped` although it is in `printed` as
 *   well: half of the fault is left.
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
        *event = ring[removed % SLOTS];
    pthread_mutex_unlock(&ring_lock);
    return any;
}

static void remove_oldest(int event)
{
    pthread_mutex_lock(&ring_lock);
    if (ring[removed % SLOTS] == event)
        removed++;
    pthread_mutex_unlock(&ring_lock);
}

static void *print_events(void *arg)
{
    int event;

    (void)arg;
    for (int p = 0; p < PRINTS && read_oldest(&event); p++) {
        printed[event]++;
        remove_oldest(event);
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
