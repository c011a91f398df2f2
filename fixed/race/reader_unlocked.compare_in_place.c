/*
 * reader_unlocked.compare_in_place: the position is compared under the lock, without a copy
 *
 * Why: The copy existed only so that the comparison could be made outside the lock. Both reads of
 *   position still hold position_lock, in one section, so they belong to one update; off_course is
 *   the plotter's own until it is joined.
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
        pthread_mutex_lock(&position_lock);
        if (position.northing != 2 * position.easting)  /* bug: race(position) */
            (*off_course)++;
        pthread_mutex_unlock(&position_lock);
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
