/*
 * stuck WAY [COUNT]: hangs in the way that is named. Built plain, with ThreadSanitizer, optimised, static and
 * stripped, so that what can be told of each is seen.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct account {
    int number;
    pthread_mutex_t lock;
};

static struct {
    int branch;
    struct account accounts[2];
} bank = {.accounts = {{1, PTHREAD_MUTEX_INITIALIZER}, {2, PTHREAD_MUTEX_INITIALIZER}}};

static pthread_barrier_t both_hold_one;

struct transfer {
    struct account *from;
    struct account *to;
};

/* Inlined in the optimised build, in which the line must be told all the same. */
static inline __attribute__((always_inline)) void take(struct account *account)
{
    pthread_mutex_lock(&account->lock); /* line 34 */
}

static void *move(void *arg)
{
    const struct transfer *transfer = arg;
    take(transfer->from); /* line 40 */
    pthread_barrier_wait(&both_hold_one);
    take(transfer->to); /* line 42 */
    pthread_mutex_unlock(&transfer->to->lock);
    pthread_mutex_unlock(&transfer->from->lock);
    return NULL;
}

static pthread_t begin(const char *name, void *(*run)(void *), void *arg)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, arg);
    pthread_setname_np(thread, name);
    return thread;
}

static void cross(struct account *one, struct account *other)
{
    struct transfer there = {one, other};
    struct transfer back = {other, one};
    pthread_barrier_init(&both_hold_one, NULL, 2);
    pthread_t payer = begin("payer", move, &there);
    pthread_t refunder = begin("refunder", move, &back);
    pthread_join(payer, NULL); /* line 63 */
    pthread_join(refunder, NULL);
}

/* The locks have no name but through the pointers that lead to them. */
static void cross_on_heap(void)
{
    struct account *one = calloc(1, sizeof *one);
    struct account *other = calloc(1, sizeof *other);
    pthread_mutex_init(&one->lock, NULL);
    pthread_mutex_init(&other->lock, NULL);
    cross(one, other);
}

static void *wait_for_bank(void *arg)
{
    pthread_mutex_lock(&bank.accounts[0].lock); /* line 79 */
    return arg;
}

static void many(int count)
{
    pthread_t last = 0;
    pthread_mutex_lock(&bank.accounts[0].lock); /* line 86 */
    for (int i = 0; i < count; i++)
        pthread_create(&last, NULL, wait_for_bank, NULL);
    pthread_join(last, NULL); /* line 89 */
}

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int items;
    int waiting[4];
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void lost(void)
{
    int self = 2;
    pthread_cond_signal(&queue.changed); /* line 102 */
    pthread_mutex_lock(&queue.lock);
    queue.waiting[self] = 7;
    while (queue.items == 0 && queue.waiting[self] > 0)
        pthread_cond_wait(&queue.changed, &queue.lock); /* line 106 */
    pthread_mutex_unlock(&queue.lock);
}

static void own_write_end(void)
{
    int ends[2];
    char byte;
    if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 0) /* line 114 */
        puts("unexpected");
}

static void child(void)
{
    sem_t never;
    sem_init(&never, 0, 0);
    pid_t pid = fork();
    if (pid == 0)
        sem_wait(&never);  /* line 124 */
    waitpid(pid, NULL, 0); /* line 125 */
}

static int visitors;

static void *visit(void *arg)
{
    visitors++;
    return arg;
}

/* ThreadSanitizer reports a race, for which it starts a symbolizer; then the program hangs. */
static void reported(void)
{
    pthread_t gates[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&gates[i], NULL, visit, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(gates[i], NULL);
    cross(&bank.accounts[0], &bank.accounts[1]);
}

/* Who has called vfork() sleeps uninterruptibly until the child has gone its own way. */
static void lent(void)
{
    if (vfork() == 0) /* NOLINT(clang-analyzer-security.insecureAPI.vfork): that is the point */
        for (;;)
            pause(); /* NOLINT(clang-analyzer-unix.Vfork) */
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    if (strcmp(way, "cross") == 0)
        cross(&bank.accounts[0], &bank.accounts[1]);
    else if (strcmp(way, "heap") == 0)
        cross_on_heap();
    else if (strcmp(way, "many") == 0)
        many(argc > 2 ? (int)strtol(argv[2], NULL, 10) : 500);
    else if (strcmp(way, "lost") == 0)
        lost();
    else if (strcmp(way, "pipe") == 0)
        own_write_end();
    else if (strcmp(way, "child") == 0)
        child();
    else if (strcmp(way, "reported") == 0)
        reported();
    else if (strcmp(way, "lent") == 0)
        lent();
    return 2;
}
