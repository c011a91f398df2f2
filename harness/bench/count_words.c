/* Counts words in several threads: what `racelab check` is timed on. Its total is counted without a lock. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 60, LETTERS = 4096, BUCKETS = 64 };

static struct bucket {
    pthread_mutex_t lock;
    long words;
} buckets[BUCKETS];
static long total;

static void count(unsigned hash)
{
    struct bucket *bucket = &buckets[hash % BUCKETS];
    pthread_mutex_lock(&bucket->lock);
    bucket->words++;
    pthread_mutex_unlock(&bucket->lock);
}

static void *work(void *argument)
{
    char text[LETTERS];
    unsigned seed = (unsigned)(size_t)argument;
    long words = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LETTERS; i++) {
            seed = seed * 1103515245u + 12345u;
            text[i] = "abcdefg "[seed >> 29];
        }
        unsigned hash = 0;
        for (int i = 0; i < LETTERS; i++) {
            if (text[i] != ' ') {
                hash = hash * 31 + (unsigned char)text[i];
            } else if (hash) {
                count(hash);
                words++;
                hash = 0;
            }
        }
    }
    total += words;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < BUCKETS; i++)
        pthread_mutex_init(&buckets[i].lock, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return total > 0 ? 0 : 1;
}
