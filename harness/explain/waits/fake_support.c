#include "explain/waits/fake_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "model/memory.h"

struct stuck_process processes[2];
struct stuck_thread threads[3];
static struct place frames[3][4];
struct explanation explanation;
uint32_t memory[WORDS];
struct known_object known;
struct wait_sources sources;

static bool read_memory(void *context, pid_t pid, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    (void)pid;
    if (address < BASE || address + length > BASE + sizeof memory)
        return false;
    memcpy(buffer, (const char *)memory + (address - BASE), length);
    return true;
}

static bool object_at(void *context, size_t thread, uint64_t address, struct known_object *object)
{
    (void)context;
    (void)thread;
    if (known.base == 0 || address < known.base)
        return false;
    *object = (struct known_object){known.base, xstrdup(known.name),
                                    known.type ? xstrdup(known.type) : NULL};
    return true;
}

int set_up(void **state)
{
    (void)state;
    memset(memory, 0, sizeof memory);
    memset(frames, 0, sizeof frames);
    known = (struct known_object){0};
    processes[0] = (struct stuck_process){.pid = PID, .parent = NO_INDEX, .program = "/bin/shop"};
    processes[1] = (struct stuck_process){.pid = CHILD, .parent = 0, .program = "/bin/shop"};
    threads[0] = (struct stuck_thread){.tid = PID};
    threads[1] = (struct stuck_thread){.tid = PID + 1};
    threads[2] = (struct stuck_thread){.tid = CHILD, .process = 1};
    explanation = (struct explanation){
        .processes = processes, .process_count = 2, .threads = threads, .thread_count = 3};
    sources = (struct wait_sources){
        .read = read_memory, .object_at = object_at, .locks = "", .glibc = true};
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        waiting_release(&threads[i].waiting);
    return 0;
}

void stack_of(size_t thread, const char *a, const char *b, const char *c)
{
    const char *names[] = {a, b, c};
    threads[thread].frames = frames[thread];
    for (threads[thread].frame_count = 0; threads[thread].frame_count < 3;
         threads[thread].frame_count++) {
        if (!names[threads[thread].frame_count])
            break;
        frames[thread][threads[thread].frame_count].function =
            (char *)(uintptr_t)names[threads[thread].frame_count];
    }
}

const struct waiting *tell(size_t thread, long call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    struct proc_thread sample = {.pid = processes[threads[thread].process].pid,
                                 .tid = threads[thread].tid,
                                 .state = 'S',
                                 .call = call,
                                 .args = {a, b, c, d},
                                 .stack = STACK};
    wait_tell(&explanation, thread, &sample, &sources);
    return &threads[thread].waiting;
}

const struct waiting *tell_futex(size_t thread, uint64_t word, int operation, uint32_t value)
{
    return tell(thread, SYS_futex, word, (uint64_t)operation, value, 0);
}

void put_mutex(uint32_t word, int owner, int kind)
{
    memory[0] = word;
    memory[2] = (uint32_t)owner;
    memory[3] = 1;
    memory[4] = (uint32_t)kind;
}

void check_holder(const struct waiting *waiting, size_t thread, size_t process, const char *who)
{
    assert_int_equal(waiting->holder_count, 1);
    assert_int_equal(waiting->holders[0].thread, thread);
    assert_int_equal(waiting->holders[0].process, process);
    if (who)
        assert_string_equal(waiting->holders[0].who, who);
    else
        assert_null(waiting->holders[0].who);
}

void put_condition(void)
{
    memory[2] = 6 << 1 | 1;
    memory[4] = 5 << 1;
    memory[2 + 9] = 1 << 3;
}
