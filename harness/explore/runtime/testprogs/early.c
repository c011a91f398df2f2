/* A thread before main(). */
#include <pthread.h>
#include <stddef.h>

static pthread_t thread;

static void *same(void *value)
{
    return value;
}

static __attribute__((constructor)) void begin(void)
{
    pthread_create(&thread, NULL, same, NULL);
}

int main(void)
{
    pthread_join(thread, NULL);
    return 4;
}
