/* Linked into the programs of the corpus with --wrap (see witness.h); not part of the harness. */
#include "detect/witness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
pid_t __real_fork(void);
pid_t __wrap_fork(void);

/* Raw system calls: the detectors' own wrappers must not take this for the program's I/O. */
static void leave_word(void)
{
    const char *path = getenv(WITNESS_VARIABLE);
    if (!path)
        return;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        syscall(SYS_close, fd);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    leave_word();
    return __real_pthread_create(thread, attributes, start, argument);
}

pid_t __wrap_fork(void)
{
    leave_word();
    return __real_fork();
}
