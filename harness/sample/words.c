/* Counts the words of standard input: main reads lines, a thread counts, and one line is in hand. */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char line[256];
static bool full;
static bool ended;
static unsigned words;

static void *count(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!full && !ended)
            pthread_cond_wait(&changed, &lock);
        if (!full)
            break;
        char *rest = NULL;
        for (char *word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
            words++;
        full = false;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t counter;
    char read[sizeof(line)];

    if (pthread_create(&counter, NULL, count, NULL) != 0)
        abort();
    while (fgets(read, sizeof(read), stdin)) {
        pthread_mutex_lock(&lock);
        while (full)
            pthread_cond_wait(&changed, &lock);
        strcpy(line, read);
        full = true;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    pthread_mutex_lock(&lock);
    ended = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(counter, NULL);
    printf("%u\n", words);
    assert(words > 0);
    return 0;
}
