/*
 * tls_pointer_escapes: a pointer to a thread's own storage is used after the thread has ended
 *
 * Story: a weather station reads its sensors by radio, each in a thread that ends when it has the
 *   value. The display keeps one text for each sensor.
 * Wrong: once the last sensor was read, all of them show its temperature.
 * Why: text_of() returns a thread-local buffer, so that no two threads share it; it ends with its
 *   thread. The next thread's buffer is made where the last one's was, and the pointers kept for
 *   the display all point there. The joins order every access, so that nothing races.
 * Fix: the display keeps a copy of the text, not the pointer.
 * Roadmap: threads
 * CWE: CWE-825 Expired Pointer Dereference
 * CERT: CON34-C; DCL30-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define SENSORS 3
#define TEXT 16

struct sensor {
    const char *place;
    int decidegrees;                        /* as it comes by radio */
};

static const struct sensor sensors[SENSORS] = { { "roof", -35 }, { "hall", 204 }, { "oven", 990 } };
static const char *display[SENSORS];

static const char *text_of(int decidegrees)
{
    static _Thread_local char text[TEXT];

    snprintf(text, sizeof(text), "%.1f C", decidegrees / 10.0);
    return text;
}

static void *read_sensor(void *arg)
{
    const struct sensor *sensor = arg;

    display[sensor - sensors] = text_of(sensor->decidegrees);
    return NULL;
}

int main(void)
{
    for (int s = 0; s < SENSORS; s++) {
        pthread_t reader;

        pthread_create(&reader, NULL, read_sensor, (void *)&sensors[s]);
        pthread_join(reader, NULL);         /* the radio has one channel */
    }
    for (int s = 0; s < SENSORS; s++)
        printf("%s %s\n", sensors[s].place, display[s]);
    assert(strcmp(display[0], "-3.5 C") == 0);      /* bug: wrong-result(display) */
    assert(strcmp(display[2], "99.0 C") == 0);
    return 0;
}
