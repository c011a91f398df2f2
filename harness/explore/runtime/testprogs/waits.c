/*
 * A thread waits for another in a way that the scheduler does not know. The argument says how: "spin", or "futex" by
 * the C library's own syscall().
 */
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

static atomic_int word;
static long (*call)(long, ...);

static void *set(void *value)
{
    word = 1;
    call(SYS_futex, &word, FUTEX_WAKE, 1, NULL);
    return value;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    call = (long (*)(long, ...))dlsym(dlopen("libc.so.6", RTLD_LAZY), "syscall");
    pthread_create(&thread, NULL, set, NULL);
    if (count > 1 && strcmp(arguments[1], "spin") == 0)
        while (word == 0)
            ;
    else
        call(SYS_futex, &word, FUTEX_WAIT, 0, NULL);
    pthread_join(thread, NULL);
    return 6;
}
