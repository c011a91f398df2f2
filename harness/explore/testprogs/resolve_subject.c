/*
 * Writes a block as a run under the scheduler would leave it, by its own hand: the addresses are those of its own code and
 * variables, wherever it was loaded. argv: the block's file, which has its full size.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "explore/runtime/modules.h"
#include "explore/testprogs/resolve_library.h"

struct account {
    long balance;
    pthread_mutex_t lock;
};

static struct {
    const char *name;
    struct account accounts[2];
} bank;
static long visitors;

static struct wire_block *block;

/* One step of a thread, at the line that calls this. */
static __attribute__((noinline)) struct wire_step *note(uint16_t thread, enum wire_op op,
                                                        const volatile void *object, uint32_t size)
{
    struct wire_step *step = &wire_steps(block)[block->outcome.steps++];
    *step = (struct wire_step){.thread = thread,
                               .op = (uint8_t)op,
                               .object = (uint64_t)object,
                               .size = size,
                               .pc = (uint64_t)__builtin_return_address(0),
                               .own = block->threads[thread].points++};
    return step;
}

/* Called by the C library: a place that is not the program's own. */
static int compare(const void *left, const void *right)
{
    note(1, WIRE_YIELD, NULL, 0)->pc = (uint64_t)__builtin_return_address(0);
    return *(const int *)left - *(const int *)right;
}

static void *payer(void *unused)
{
    long local = 0;
    note(1, WIRE_START, NULL, 0)->second = (uint64_t)payer;
    note(1, WIRE_LOCK, &bank.accounts[0].lock, 0); /* first lock */
    note(1, WIRE_READ, &local, sizeof(local));     /* its own */
    for (int i = 0; i < 100; i++)
        note(1, i % 2 ? WIRE_WRITE : WIRE_READ, &visitors, sizeof(visitors)); /* counts */
    return unused;
}

static __attribute__((noinline)) void collect(void)
{
    int numbers[] = {2, 1};
    struct wire_step *last;
    note(0, WIRE_LOCK, &bank.accounts[1].lock, 0)->flags = WIRE_PREEMPTED;   /* second lock */
    note(0, WIRE_WRITE, &visitors, sizeof(visitors));                        /* disturbs */
    block->threads[0].next = *note(0, WIRE_LOCK, &bank.accounts[0].lock, 0); /* main waits */
    block->outcome.steps--;
    payer(NULL);
    qsort(numbers, 2, sizeof(*numbers), compare);         /* foreign */
    last = note(1, WIRE_LOCK, &bank.accounts[1].lock, 0); /* payer waits */
    block->threads[1].next = *last;
    block->outcome.steps--;
}

int main(int argc, char **argv)
{
    struct stat status;
    int fd = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &status) != 0)
        return 2;
    block = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (block == MAP_FAILED)
        return 2;
    modules_note(block);
    note(0, WIRE_WRITE, &visitors, sizeof(visitors)); /* before there are threads */
    note(0, WIRE_CREATE, (void *)1, 0);               /* creates */
    block->threads[1].created = wire_steps(block)[block->outcome.steps - 1].pc;
    block->threads[1].start = (uint64_t)payer;
    block->threads[0].parent = WIRE_NO_THREAD;
    collect();
    in_the_library(note);
    block->outcome.threads = 2;
    block->outcome.end = WIRE_DEADLOCK;
    return 0;
}
