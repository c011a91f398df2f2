/* Loads and unloads a library in each of its threads. */
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

enum { THREADS = 3 };

static void *loads(void *unused)
{
    void *library = dlopen("libm.so.6", RTLD_NOW);
    (void)unused;
    return library && dlsym(library, "cos") && dlclose(library) == 0 ? NULL : (void *)1;
}

int main(void)
{
    pthread_t threads[THREADS];
    int failed = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, loads, NULL);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        failed += result != NULL;
    }
    return failed;
}
