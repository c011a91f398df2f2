/*
 * process_shared_semaphore: two threads whose order goes through another process, or is not there
 *
 * Story: a photo kiosk has a thread that renders a picture into shared memory and one that clears
 *        it for the next customer. The printer driver is a process of its own: it waits until the
 *        picture is rendered, prints it, and posts `printed`.
 * Wrong: some customers get a white page, others leave their picture on the screen.
 * Why: the driver posts `printed` when it starts, for the printer is idle. So the clearing follows
 *      nothing that the rendering precedes: a data race.
 * Fix: the driver posts `printed` when it has printed. The clearing follows the printing, and that
 *      the rendering. What the detectors say stays the same.
 * Roadmap: processes, threads, shared memory, Semaphore, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-696 Incorrect Behavior Order
 * CERT: CON43-C; POS49-C
 * Rate: the result is wrong where the clearing comes before the driver has read the picture. The
 *       clearing thread is started first and has nothing to wait for.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WHITE = 0, PORTRAIT = 42 };

struct kiosk {
    sem_t up, rendered, printed;
    int picture;
};

static void *render(void *arg)
{
    struct kiosk *kiosk = arg;

    kiosk->picture = PORTRAIT;          /* bug: race(picture) */ /* alarm: race(picture) by tsan,
                                           tsan-gcc, helgrind, drd: they follow one process, and
                                           the order goes through another */
    sem_post(&kiosk->rendered);
    return NULL;
}

static void *clear(void *arg)
{
    struct kiosk *kiosk = arg;

    sem_wait(&kiosk->printed);          /* alarm: misuse(printed) by helgrind, drd: the post is made
                                           in another process, where they do not see it */
    kiosk->picture = WHITE;             /* bug: race(picture) */ /* alarm: race(picture) */
    return NULL;
}

static int print(struct kiosk *kiosk)
{
    sem_post(&kiosk->up);
    sem_wait(&kiosk->rendered);
    int page = kiosk->picture;
    sem_post(&kiosk->printed);
    return page;
}

int main(void)
{
    struct kiosk *kiosk = mmap(NULL, sizeof(*kiosk), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_t renderer, clearer;
    int page = 0;

    if (kiosk == MAP_FAILED)
        return 1;
    sem_init(&kiosk->up, 1, 0);
    sem_init(&kiosk->rendered, 1, 0);
    sem_init(&kiosk->printed, 1, 0);
    pid_t driver = fork();

    if (driver == 0)
        _exit(print(kiosk));
    sem_wait(&kiosk->up);               /* alarm: misuse(up) by helgrind, drd: so is this post */
    pthread_create(&clearer, NULL, clear, kiosk);
    pthread_create(&renderer, NULL, render, kiosk);
    pthread_join(renderer, NULL);
    pthread_join(clearer, NULL);
    waitpid(driver, &page, 0);
    bool right = WEXITSTATUS(page) == PORTRAIT && kiosk->picture == WHITE;
    assert(right);                      /* bug: wrong-result(picture); watchdog rate: the clearing
                                           may come after the printing all the same */
    munmap(kiosk, sizeof(*kiosk));
    return 0;
}
