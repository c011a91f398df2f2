/*
 * reader_unlocked.read_again: the plotter reads again until the easting has stayed the same
 *
 * Patch: moves
 * Why: The plotter still holds no lock, so its reads race with the receiver's stores. And the
 *   check proves nothing: between the two stores of an update the easting is new and the northing
 *   old, and the easting is the same before and after.
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

        do {
            point.easting = position.easting;   /* bug: race(position) */
            point.northing = position.northing; /* bug: race(position) */
        } while (point.easting != position.easting);    /* bug: race(position) */
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
        the plotter must read both coordinates between the two stores of an update */
    return 0;
}
