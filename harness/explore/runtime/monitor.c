/*
 * Looks after the thread that has the turn: the scheduler must not hang because that one sleeps in a call
 * that the runtime does not know, or waits for another in a loop without points.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <fcntl.h>
#include <stddef.h>
#include <time.h>

/* A thread that reports a race waits for the symbolizer, which may take its time. */
#ifdef RACELAB_TSAN
#define ASLEEP_NS (UINT64_C(10) * 1000 * 1000 * 1000)
#else
#define ASLEEP_NS (UINT64_C(100) * 1000 * 1000)
#endif
#define SPIN_NS (UINT64_C(2) * 1000 * 1000 * 1000)
/* Once a thread was found spinning, nothing is deterministic any more, and others like it need not wait as long. */
#define AGAIN_NS (UINT64_C(100) * 1000 * 1000)

/* "/proc/self/task/TID/stat" */
static void path_of(int tid, char *path)
{
    static const char before[] = "/proc/self/task/";
    static const char after[] = "/stat";
    char digits[12];
    int count = 0;
    for (const char *at = before; *at; at++)
        *path++ = *at;
    for (; tid > 0; tid /= 10)
        digits[count++] = (char)('0' + tid % 10);
    while (count > 0)
        *path++ = digits[--count];
    for (const char *at = after; *at; at++)
        *path++ = *at;
    *path = '\0';
}

/* "TID (NAME) S ...", where the name may have parentheses of its own. */
char monitor_state(int tid)
{
    char path[64];
    char text[256] = {0};
    path_of(tid, path);
    long fd = SYS4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    long size = SYS3(SYS_read, fd, text, sizeof text);
    SYS1(SYS_close, fd);
    char state = 0;
    for (long i = 0; i + 2 < size; i++)
        if (text[i] == ')' && text[i + 1] == ' ')
            state = text[i + 2];
    return state;
}

/* Processor time of a thread of this process; the kernel's numbering of such clocks. */
static uint64_t processor_time(int tid)
{
    struct timespec time = {0};
    int clock = (int)(~(unsigned)tid << 3 | 6);
    SYS2(SYS_clock_gettime, clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void monitor_look(struct fiber *self)
{
    uint32_t turn = __atomic_load_n(&world.turn, __ATOMIC_RELAXED);
    uint64_t points = __atomic_load_n(&world.points, __ATOMIC_RELAXED);
    int tid = turn < WIRE_THREADS ? __atomic_load_n(&world.fibers[turn].tid, __ATOMIC_RELAXED) : 0;
    uint64_t now = sys_now();
    if (tid == 0 || turn != self->seen_turn || points != self->seen_points) {
        self->seen_turn = tid ? turn : TURN_NOBODY;
        self->seen_points = points;
        self->seen_since = now;
        self->seen_cpu = self->seen_first_cpu = tid ? processor_time(tid) : 0;
        return;
    }
    uint64_t cpu = processor_time(tid);
    bool asleep = cpu == self->seen_cpu && monitor_state(tid) == 'S';
    uint64_t limit = world.outcome->lost & WIRE_LOST_SPIN ? AGAIN_NS : SPIN_NS;
    if (asleep && now - self->seen_since > ASLEEP_NS)
        turn_take_from(self, turn, WIRE_LOST_BLOCKED);
    else if (cpu - self->seen_first_cpu > limit)
        turn_take_from(self, turn, WIRE_LOST_SPIN);
    else if (!asleep)
        self->seen_since = now;
    if (!asleep)
        affinity_widen_thread(&world.fibers[turn]);
    self->seen_cpu = cpu;
}
