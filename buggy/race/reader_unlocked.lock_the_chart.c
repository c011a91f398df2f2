/*
 * reader_unlocked.lock_the_chart: the plotter holds the lock for the whole chart
 *
 * Patch: serial
 * Why: No point is off course, but the plotter keeps position_lock from the first point to the
 *   last. The receiver waits all that time, and every point is the same position: nothing is
 *   plotted while the boat sails.
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

    pthread_mutex_lock(&position_lock);         /* serial: position */
    for (int i = 0; i < POINTS; i++) {
        struct position point;

        point.easting = position.easting;
        point.northing = position.northing;
        if (point.northing != 2 * point.easting)
            (*off_course)++;
    }
    pthread_mutex_unlock(&position_lock);       /* serial: position */
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
    assert(off_course == 0);
    return 0;
}
