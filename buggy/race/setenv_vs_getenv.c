/*
 * setenv_vs_getenv: one thread sets an environment variable while another reads the environment
 *
 * Story: A parcel office prints labels with a library that takes the unit of weight from
 *   SCALE_UNIT. While a thread prints the label for Oslo, main makes one for Boston, in pounds.
 * Wrong: The label for Oslo shows 11 lb where it must show 5 kg.
 * Why: The environment is one for the whole process. setenv() may replace the array that getenv()
 *   walks through in another thread, and what it sets for one label holds for every other.
 * Fix: The unit belongs to the label; once a second thread runs nothing sets the environment.
 * Roadmap: threads, Semaphore, races
 * CWE: CWE-663 Use of a Non-reentrant Function in a Concurrent Context;
 *   CWE-366 Race Condition within a Thread
 * CERT: CON33-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct label {
    long grams;
    char text[64];
};

static sem_t weighed;                           /* one post for each parcel */

static void choose_unit(struct label *label, const char *unit)
{
    (void)label;
    setenv("SCALE_UNIT", unit, 1);              /* bug: race(environment); tsan, tsan-gcc
        blind: the C library is not instrumented; helgrind, drd blind: their default suppressions
        drop every race inside libc.so */
}

static const char *unit_of(const struct label *label)
{
    (void)label;
    return getenv("SCALE_UNIT");
}

static void *print_label(void *arg)
{
    struct label *label = arg;
    const char *heading = getenv("LABEL_HEADING");  /* bug: race(environment) */

    sem_wait(&weighed);
    const char *unit = unit_of(label);
    bool pounds = unit != NULL && strcmp(unit, "lb") == 0;

    snprintf(label->text, sizeof(label->text), "%s %ld %s", heading != NULL ? heading : "weight",
             pounds ? label->grams * 100 / 45359 : label->grams / 1000, pounds ? "lb" : "kg");
    return NULL;
}

int main(void)
{
    static struct label oslo = { .grams = 5000 }, boston = { .grams = 2268 };
    pthread_t printer;

    sem_init(&weighed, 0, 0);
    pthread_create(&printer, NULL, print_label, &oslo);
    choose_unit(&boston, "lb");
    sem_post(&weighed);
    sem_post(&weighed);
    print_label(&boston);
    pthread_join(printer, NULL);

    printf("Oslo: %s\nBoston: %s\n", oslo.text, boston.text);
    assert(strstr(boston.text, " 5 lb") != NULL);
    assert(strstr(oslo.text, " 5 kg") != NULL);     /* bug: wrong-result(unit) */
    sem_destroy(&weighed);
    return 0;
}
