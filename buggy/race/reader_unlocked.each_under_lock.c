/*
 * reader_unlocked.each_under_lock: each coordinate is copied with the lock held
 *
 * Patch: hides
 * Why: Every access to position holds position_lock now, so no race detector finds anything. But
 *   the plotter gives the lock up between the two reads, and an update that falls there pairs the
 *   easting of one position with the northing of the next.
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
        position.easting = metres;
        position.northing = 2 * metres;
        pthread_mutex_unlock(&position_lock);
    }
    return NULL;
}

static void *plotter(void *arg)
{
    int *off_course = arg;

    for (int i = 0; i < POINTS; i++) {
        struct position point;

        pthread_mutex_lock(&position_lock);
        point.easting = position.easting;
        pthread_mutex_unlock(&position_lock);
        pthread_mutex_lock(&position_lock);
        point.northing = position.northing;
        pthread_mutex_unlock(&position_lock);
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
