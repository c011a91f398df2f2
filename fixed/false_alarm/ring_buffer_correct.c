/*
 * ring_buffer_correct: the ring between a serial port and its reader, one byte too full
 *
 * Story: a thread receives a line from a serial port into a ring of eight bytes. It wakes the
 *        reader when the line is complete, or when the ring is full, and then waits for room.
 * Wrong: a line of nine bytes begins with its last byte, and the first one is lost.
 * Why: the ring holds eight bytes when eight are received and not yet taken. The receiver takes it
 *      for full at nine only, and has then put the ninth byte over the first.
 * Fix: it takes the ring for full at eight.
 * Roadmap: threads, Queue, Semaphore
 * CWE: CWE-193 Off-by-one Error
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define SLOTS 8
#define LINE "GET /name"
#define LENGTH (sizeof(LINE) - 1)

static char ring[SLOTS];
static atomic_size_t received;              /* bytes put into the ring; only the port stores it */
static atomic_size_t taken;                 /* bytes taken out of it; only the reader stores it */
static sem_t attention;

static bool is_full(void)
{
    size_t in = atomic_load_explicit(&received, memory_order_relaxed);
    size_t out = atomic_load_explicit(&taken, memory_order_acquire);    /* alarm: race(taken) by
                helgrind, drd: an atomic store or load is a plain move to them */
    return in - out >= SLOTS;
}

static void *port(void *arg)
{
    const char *wire = arg;

    for (size_t i = 0; i < LENGTH; i++) {
        if (is_full())
            sem_post(&attention);
        while (is_full())
            sched_yield();
        ring[i % SLOTS] = wire[i];          /* alarm: race(ring) by helgrind, drd: they do not see
                the order that the release stores of both indices give to the bytes */
        atomic_store_explicit(&received, i + 1, memory_order_release);  /* alarm: race(received) by
                helgrind, drd: an atomic store or load is a plain move to them */
    }
    sem_post(&attention);
    return NULL;
}

static void *read_line(void *arg)
{
    char *line = arg;

    sem_wait(&attention);
    for (size_t i = 0; i < LENGTH; i++) {
        while (atomic_load_explicit(&received, memory_order_acquire) == i)  /* alarm:
                race(received) */
            sched_yield();
        line[i] = ring[i % SLOTS];          /* alarm: race(ring) */
        atomic_store_explicit(&taken, i + 1, memory_order_release);     /* alarm: race(taken) */
    }
    return NULL;
}

int main(void)
{
    pthread_t receiver, reader;
    char line[LENGTH];

    sem_init(&attention, 0, 0);
    pthread_create(&reader, NULL, read_line, line);
    pthread_create(&receiver, NULL, port, LINE);
    pthread_join(receiver, NULL);
    pthread_join(reader, NULL);
    sem_destroy(&attention);
    assert(memcmp(line, LINE, LENGTH) == 0);    /* bug: wrong-result(line) */
    return 0;
}
