/*
 * reader_unlocked: the writer locks, the reader does not
 *
 * Story: A boat's receiver updates its position under a lock. The plotter only draws the position,
 *   and was thought to need no lock for that.
 * Wrong: The plotter can draw a point that the boat never was at: the easting of one position with
 *   the northing of another.
 * Why: The lock orders the receiver with those who take it, and the plotter does not. Each of its
 *   reads races with the receiver's stores, and its two reads can lie on either side of an update.
 * Fix: The plotter copies both coordinates with the lock held.
 * Roadmap: Lock, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: An update must fall between the plotter's two reads, or a read between the two stores of an
 *   update. Both go on without a pause, which makes that more likely.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define POSITIONS 2000
#define POINTS 500

/* The boat sails a straight course on which the northing is twice the easting. */
struct position {
    long easting, northing;
};

static pthread_mutex_t position_lock = PTHREAD_MUTEX_INITIALIZER;
static struct position position;

static void *receiver(void *arg)
{
    (void)arg;
    for (long metres = 1; metres <= POSITIONS; metres++) {
        pthread_mutex_lock(&position_lock);
        position.easting = metres;              /* bug: race(position) */
        position.northing = 2 * metres;         /* bug: race(position) */
        pthread_mutex_unlock(&position_lock);
    }
    return NULL;
}

static void *plotter(void *arg)
{
    int *off_course = arg;

    for (int i = 0; i < POINTS; i++) {
        struct position point;

        point.easting = position.easting;       /* bug: race(position) */
        point.northing = position.northing;     /* bug: race(position) */
        if (point.northing != 2 * point.easting)
            (*off_course)++;
    }
    return NULL;
}

int main(void)
{
    static int off_course;
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, receiver, NULL);
    pthread_create(&threads[1], NULL, plotter, &off_course);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);

    printf("%d of %d points off course\n", off_course, POINTS);
    assert(off_course == 0);                    /* bug: wrong-result(position); watchdog rate:
        an update must fall between the plotter's two reads, or a read between its two stores */
    return 0;
}
