/*
 * How a run begins: just before main(), so that a fork server has all that the dynamic linker and the program's
 * constructors do behind it; in a program that makes threads before main() with the first of them.
 *
 * The library is linked to be initialised first of all, so its constructors call nothing that needs the C
 * library's own.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static struct wire_block *block; /* NULL: there is no run to come */
static int commands = -1, answers = -1;
static bool threads_before_main;

static bool begins_with(const char *text, const char *word)
{
    while (*word && *text == *word) {
        text++;
        word++;
    }
    return *word == '\0';
}

static void take_out(char **entry)
{
    for (; *entry; entry++)
        *entry = entry[1];
}

static char **find(char **environment, const char *variable)
{
    while (*environment && !begins_with(*environment, variable))
        environment++;
    return *environment ? environment : NULL;
}

/* The end of the first item of a list like "a.so:b.so" where that item is this library; else NULL. */
static char *end_of_own(char *list)
{
    static const char name[] = "racelab-explore.so";
    char *last = list;
    char *at = list;
    for (; *at && *at != ':' && *at != ' '; at++)
        if (*at == '/')
            last = at + 1;
    return begins_with(last, name) && last + sizeof name - 1 == at ? at : NULL;
}

/* Programs that this one starts are not under control, and may be of another C library. */
static void leave_preload(char **environment)
{
    static const char variable[] = "LD_PRELOAD=";
    char **entry = find(environment, variable);
    char *list = entry ? *entry + sizeof variable - 1 : NULL;
    const char *rest = list ? end_of_own(list) : NULL;
    if (!rest)
        return;
    if (*rest == '\0') {
        take_out(entry);
        return;
    }
    for (rest++; *rest; rest++)
        *list++ = *rest;
    *list = '\0';
}

static int number(const char **text)
{
    int value = 0;
    if (**text < '0' || **text > '9')
        return -1;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        value = value * 10 + (**text - '0');
    return value;
}

/* "PATH" or "PATH:COMMANDS,ANSWERS"; cuts the path off. */
static void read_descriptors(char *value)
{
    char *colon = NULL;
    for (char *at = value; *at; at++)
        if (*at == ':')
            colon = at;
    if (!colon)
        return;
    const char *rest = colon + 1;
    int first = number(&rest);
    int second = *rest == ',' ? (rest++, number(&rest)) : -1;
    if (first < 0 || second < 0 || *rest != '\0')
        return;
    *colon = '\0';
    commands = first;
    answers = second;
    SYS3(SYS_fcntl, commands, F_SETFD, FD_CLOEXEC);
    SYS3(SYS_fcntl, answers, F_SETFD, FD_CLOEXEC);
}

static struct wire_block *map(const char *path)
{
    static struct wire_block head; /* too large for a stack; zeroed */
    long fd = SYS4(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    long at = -1;
    if (SYS4(SYS_pread64, fd, &head, sizeof head, 0) == (long)sizeof head &&
        head.magic == WIRE_MAGIC && head.version == WIRE_VERSION && head.size >= sizeof head)
        at = SYS6(SYS_mmap, 0, head.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    SYS1(SYS_close, fd);
    return at > 0 ? (struct wire_block *)at : NULL;
}

static __attribute__((constructor)) void prepare(int count, char **arguments, char **environment)
{
    static const char variable[] = WIRE_VARIABLE "=";
    (void)count;
    (void)arguments;
    leave_preload(environment);
    char **entry = find(environment, variable);
    if (!entry)
        return;
    char *value = *entry + sizeof variable - 1;
    take_out(entry);
    read_descriptors(value);
    block = map(value);
    /* Emptied in every child of a fork, however that is made: it is not under control. */
    uint32_t *active = sys_memory(PAGE);
    if (!active || SYS3(SYS_madvise, active, PAGE, MADV_WIPEONFORK) != 0)
        block = NULL;
    else
        world_active = active;
}

static void begin(void)
{
    affinity_narrow();
    pthread_atfork(NULL, NULL, runtime_leave_process);
    world_begin(block);
    end_begin();
    struct fiber *first = fiber_new(NULL, 0, 0);
    threads_begin(first);
    first->shown->next.op = WIRE_NONE;
    block = NULL;
    __atomic_store_n(&world.turn, first->index, __ATOMIC_SEQ_CST);
    __atomic_store_n(world_active, 1, __ATOMIC_SEQ_CST);
}

void start_early(void)
{
    if (__builtin_expect(!block, 1))
        return;
    threads_before_main = true;
    if (commands < 0)
        begin();
}

void runtime_leave_process(void)
{
    __atomic_store_n(world_active, 0, __ATOMIC_SEQ_CST);
    affinity_widen();
}

/* The fork server. */

REAL_PLAIN_FUNCTION(fork)

static void answer(enum wire_answer_kind kind, int value)
{
    const struct wire_answer told = {.kind = kind, .value = value};
    SYS3(SYS_write, answers, &told, sizeof told);
}

/* Returns in a child, for a run. */
static void serve(void)
{
    char command = 0;
    REAL_PLAIN_RESOLVE(fork)
    if (threads_before_main) {
        answer(WIRE_UNFIT, 0);
        SYS1(SYS_exit_group, 0);
    }
    long input = SYS3(SYS_lseek, STDIN_FILENO, 0, SEEK_CUR);
    answer(WIRE_READY, 0);
    while (SYS3(SYS_read, commands, &command, 1) == 1 && command == WIRE_RUN) {
        int status = 0;
        if (input >= 0) /* the position in a file is one for all runs */
            SYS3(SYS_lseek, STDIN_FILENO, input, SEEK_SET);
        pid_t child = REAL_PLAIN(fork)();
        if (child == 0) {
            SYS1(SYS_close, commands);
            SYS1(SYS_close, answers);
            return;
        }
        answer(WIRE_BEGUN, child);
        SYS4(SYS_wait4, child, &status, __WALL, 0);
        answer(WIRE_OVER, status);
    }
    SYS1(SYS_exit_group, 0);
}

static int (*program_main)(int, char **, char **);

static int run_main(int count, char **arguments, char **environment)
{
    if (block && commands >= 0)
        serve();
    if (block)
        begin();
    int status = program_main(count, arguments, environment);
    end_exit_point(status, 0);
    return status;
}

typedef int start_main_fn(int (*)(int, char **, char **), int, char **, void (*)(void),
                          void (*)(void), void (*)(void), void *);

/* Linked into a program, the runtime has not been initialised here: whether a run is to come is seen later. */
EXPORTED int __libc_start_main(int (*main)(int, char **, char **), int count, char **arguments,
                               void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
                               void *stack_end)
{
    start_main_fn *real = (start_main_fn *)dlsym(RTLD_NEXT, "__libc_start_main");
    program_main = main;
    return real(run_main, count, arguments, init, fini, linker_fini, stack_end);
}
