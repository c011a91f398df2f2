/*
 * fence_publish: readings published together through one fence
 *
 * Story: a ship's navigation thread takes speed, course and depth at one moment and marks each as
 *        fresh for the display that waits for it. One fence stands for three release stores.
 * Wrong: on a weakly ordered processor, or where the compiler has moved the stores, a display can
 *        show an old reading as fresh. A strongly ordered processor hides the fault: the result
 *        proves nothing.
 * Why: a release fence orders what comes before it with the relaxed stores that come after it. It
 *      stands behind the marks, so it publishes nothing: a data race on each reading.
 * Fix: the fence stands between the readings and the marks. What the detectors say stays the same.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* gcc warns that its ThreadSanitizer knows no fences. That is what this program shows. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"
#endif

#define READINGS 3

struct reading {
    long value;
    atomic_bool fresh;
    long displayed;                         /* the display's own */
};

static struct reading reading[READINGS];

static void *navigate(void *arg)
{
    (void)arg;
    for (int i = 0; i < READINGS; i++)
        reading[i].value = 12 + i;          /* bug: race(value) */ /* alarm: race(value) by tsan,
                tsan-gcc, helgrind, drd: no fence leaves a trace in the clocks that they keep */
    atomic_thread_fence(memory_order_release);
    for (int i = 0; i < READINGS; i++)
        atomic_store_explicit(&reading[i].fresh, true, memory_order_relaxed);   /* alarm:
                race(fresh) by helgrind, drd: an atomic store or load is a plain move to them */
    return NULL;
}

static void *display(void *arg)
{
    struct reading *own = arg;

    while (!atomic_load_explicit(&own->fresh, memory_order_relaxed))    /* alarm: race(fresh) */
        sched_yield();
    atomic_thread_fence(memory_order_acquire);
    own->displayed = own->value;            /* bug: race(value) */ /* alarm: race(value) */
    return NULL;
}

int main(void)
{
    pthread_t navigation, displays[READINGS];

    for (int i = 0; i < READINGS; i++)
        pthread_create(&displays[i], NULL, display, &reading[i]);
    pthread_create(&navigation, NULL, navigate, NULL);
    for (int i = 0; i < READINGS; i++)
        pthread_join(displays[i], NULL);
    pthread_join(navigation, NULL);
    for (int i = 0; i < READINGS; i++)
        assert(reading[i].displayed == 12 + i);
    return 0;
}
