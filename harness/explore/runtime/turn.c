/*
 * The turn and how it goes from thread to thread. See world.h for who may touch what.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/calls.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>

/* glibc's own signal for setuid() and its like, which all threads must answer at once. */
enum { SIGNAL_OF_SETXID = 33 };
/* How long a parked thread sleeps before it looks after the one that has the turn. */
enum { LOOK_NS = 50 * 1000 * 1000 };
/* How long a thread that was let go has to come to its sleep. */
enum { LET_GO_PAUSE_NS = 50 * 1000, LET_GO_PAUSES = 2000 };
enum { GONE_YIELDS = 200, GONE_PAUSE_NS = 50 * 1000, GONE_PAUSES = 40000 };

bool turn_enter(struct fiber *self)
{
    uint32_t own = self->index;
    return __atomic_compare_exchange_n(&world.turn, &own, own | TURN_BUSY, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

void turn_leave(struct fiber *self)
{
    __atomic_store_n(&world.turn, self->index, __ATOMIC_RELEASE);
}

static bool take_from_nobody(struct fiber *self)
{
    uint32_t nobody = TURN_NOBODY;
    return __atomic_compare_exchange_n(&world.turn, &nobody, self->index | TURN_BUSY, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

void turn_block_signals(struct fiber *self)
{
    uint64_t all = ~(UINT64_C(1) << (SIGNAL_OF_SETXID - 1));
    SYS4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &self->mask, sizeof all);
}

void turn_unblock_signals(struct fiber *self)
{
    SYS4(SYS_rt_sigprocmask, SIG_SETMASK, &self->mask, 0, sizeof self->mask);
}

static void wake(struct fiber *fiber)
{
    __atomic_store_n(&fiber->word, 1, __ATOMIC_RELEASE);
    SYS3(SYS_futex, &fiber->word, FUTEX_WAKE_PRIVATE, 1);
}

static bool is_gone(int pid, int tid)
{
    if (tid != pid)
        return SYS3(SYS_tgkill, pid, tid, 0) == -ESRCH;
    char state = monitor_state(tid); /* the first thread stays until the process ends */
    return state == 'Z' || state == 0;
}

void turn_wait_gone(int tid)
{
    const struct timespec pause = {0, GONE_PAUSE_NS};
    int pid = (int)SYS0(SYS_getpid);
    for (int i = 0; !is_gone(pid, tid); i++) {
        if (i < GONE_YIELDS)
            SYS0(SYS_sched_yield);
        else
            SYS2(SYS_nanosleep, &pause, 0);
        if (i > GONE_YIELDS + GONE_PAUSES) {
            world_lost(WIRE_LOST_BLOCKED, 0);
            return;
        }
    }
}

/*
 * Where all are let go to calls that block, each goes when the one before it sleeps: at a read-write lock that prefers
 * writers, who comes first decides who waits.
 */
static void go_behind(struct fiber *self)
{
    const struct timespec pause = {0, LET_GO_PAUSE_NS};
    const struct fiber *before = self->go_after;
    int pauses = 0;
    while (before && pauses < LET_GO_PAUSES) {
        bool went = __atomic_load_n(&before->went, __ATOMIC_ACQUIRE) != 0;
        if (went && monitor_state(before->tid) == 'S')
            break;
        pauses += went;
        SYS2(SYS_nanosleep, &pause, 0);
    }
    __atomic_store_n(&self->went, 1, __ATOMIC_RELEASE);
}

void turn_await(struct fiber *self)
{
    const struct timespec time = {0, LOOK_NS};
    self->seen_turn = TURN_NOBODY;
    while (!__atomic_load_n(&self->word, __ATOMIC_ACQUIRE))
        if (SYS4(SYS_futex, &self->word, FUTEX_WAIT_PRIVATE, 0, &time) == -ETIMEDOUT)
            monitor_look(self);
    __atomic_store_n(&self->word, 0, __ATOMIC_RELAXED);
    if (world.phase == WORLD_REAL)
        go_behind(self);
    if (world.dying && world.phase == WORLD_RUNS) {
        int tid = world.dying;
        world.dying = 0;
        turn_wait_gone(tid);
    }
}

/* Threads that want the turn back wait for it like all others from now on. */
static void take_arrivals(void)
{
    if (__builtin_expect(!__atomic_load_n(&world.arrivals, __ATOMIC_SEQ_CST), 1))
        return;
    struct fiber *fiber = __atomic_exchange_n(&world.arrivals, NULL, __ATOMIC_SEQ_CST);
    for (; fiber; fiber = fiber->next_arrival) {
        fiber->state = FIBER_PARKED;
        world.outside--;
    }
}

/* Writers first: they are why readers wait that could go on without them. Then the longest. */
static bool goes_before(const struct fiber *one, const struct fiber *other)
{
    bool writes = one->request->op == WIRE_WRITE_LOCK;
    if (writes != (other->request->op == WIRE_WRITE_LOCK))
        return writes;
    return one->waits_since < other->waits_since;
}

static struct fiber *next_to_go(void)
{
    struct fiber *first = NULL;
    for (unsigned i = 0; i < world.live_count; i++) {
        struct fiber *fiber = &world.fibers[world.live[i]];
        if (fiber->grant != GRANT_REAL && (!first || goes_before(fiber, first)))
            first = fiber;
    }
    return first;
}

/* One after the other (see go_behind()), this thread among them. */
static void let_all_go(void)
{
    struct fiber *before = NULL;
    struct fiber *fiber;
    while ((fiber = next_to_go())) {
        fiber->grant = GRANT_REAL;
        fiber->go_after = before;
        before = fiber;
    }
    for (unsigned i = 0; i < world.live_count; i++)
        wake(&world.fibers[world.live[i]]);
}

/* No thread can go on. */
static void stuck(struct fiber *self)
{
    if (!(world.plan->flags & WIRE_STUCK_FOR_REAL))
        runtime_end(self, WIRE_DEADLOCK, 0, self->shown->next.pc, self->shown->next.object, NULL);
    end_note(self, WIRE_DEADLOCK, 0, self->shown->next.pc);
    world.phase = WORLD_REAL;
    __atomic_store_n(world_active, 0, __ATOMIC_SEQ_CST);
    let_all_go();
}

/* With TURN_BUSY, which is given up; nobody has the turn but a thread that can go on, if any. */
static bool hand_on(struct fiber *self)
{
    do {
        take_arrivals();
        struct fiber *next = choose(NULL);
        if (next) {
            next->state = FIBER_RUNS;
            __atomic_store_n(&world.turn, next->index, __ATOMIC_SEQ_CST);
            wake(next);
            return true;
        }
        if (world.outside == 0) {
            stuck(self);
            return false;
        }
        __atomic_store_n(&world.turn, TURN_NOBODY, __ATOMIC_SEQ_CST);
    } while (__atomic_load_n(&world.arrivals, __ATOMIC_SEQ_CST) && take_from_nobody(self));
    return false;
}

bool turn_give_up(struct fiber *self)
{
    return hand_on(self);
}

void turn_take_from(struct fiber *self, uint32_t holder, enum wire_lost why)
{
    struct fiber *other = &world.fibers[holder];
    if (!__atomic_compare_exchange_n(&world.turn, &holder, self->index | TURN_BUSY, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        return;
    other->state = FIBER_OUTSIDE;
    world.outside++;
    take_arrivals();
    if (choose_any())
        world_lost(why, other->shown->next.pc);
    hand_on(self);
}

static void arrive(struct fiber *self)
{
    struct fiber *first = __atomic_load_n(&world.arrivals, __ATOMIC_RELAXED);
    do
        self->next_arrival = first;
    while (!__atomic_compare_exchange_n(&world.arrivals, &first, self, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED));
    if (take_from_nobody(self))
        hand_on(self);
}

void turn_return(struct fiber *self)
{
    turn_block_signals(self);
    arrive(self);
    turn_await(self);
    turn_unblock_signals(self);
}

/* A signal that is pending is delivered when the thread's own mask is set again, and its handler runs in the
 * thread's turn. It may pass points of its own. */
static void handle_signal(struct fiber *self)
{
    self->handling = 0;
    self->depth = 0;
    turn_unblock_signals(self);
    signals_deliver();
    self->depth = 1;
}

static enum grant stop(struct fiber *self, const struct request *request)
{
    for (;;) {
        struct fiber *next = NULL;
        bool turn = turn_enter(self);
        world_announce(self, request);
        if (turn) {
            take_arrivals();
            next = choose(self);
            if (__builtin_expect(next == self && !self->handling, 1)) {
                turn_leave(self);
                return self->grant;
            }
        }
        if (next == self) {
            turn_leave(self);
        } else {
            turn_block_signals(self);
            if (!turn)
                arrive(self);
            else {
                self->state = FIBER_PARKED;
                if (next) {
                    next->state = FIBER_RUNS;
                    __atomic_store_n(&world.turn, next->index, __ATOMIC_SEQ_CST);
                    wake(next);
                } else {
                    hand_on(self);
                }
            }
            turn_await(self);
            if (!self->handling)
                turn_unblock_signals(self);
        }
        if (!self->handling)
            return self->grant;
        handle_signal(self);
    }
}

/* Whether the thread is about to use an object for synchronisation. At the end of a wait it may be gone. */
static bool is_object(enum wire_op op)
{
    return op >= WIRE_LOCK && op <= WIRE_DESTROY && op != WIRE_WAKE && op != WIRE_BARRIER_LEAVE;
}

enum grant runtime_point(struct fiber *self, const struct request *request)
{
    if (__builtin_expect(!__atomic_load_n(world_active, __ATOMIC_RELAXED), 0))
        return GRANT_REAL;
    memory_settle(request->op);
    enum grant grant = stop(self, request);
    if (grant == GRANT_READY && is_object(request->op))
        memory_check(self, request->op, request->object, request->size, request->pc);
    return grant;
}

void runtime_pass(struct fiber *self, enum wire_op op, uint64_t object, uint32_t size, uint64_t pc)
{
    struct request request = {
        .op = op, .object = object, .size = size, .pc = pc, .deadline_ns = NO_DEADLINE};
    runtime_point(self, &request);
}

void runtime_outside_begin(struct fiber *self, enum wire_lost why, uint64_t pc)
{
    struct request request = {.op = WIRE_OUTSIDE, .pc = pc, .deadline_ns = NO_DEADLINE};
    if (!__atomic_load_n(world_active, __ATOMIC_RELAXED) || !turn_enter(self))
        return;
    memory_settle(WIRE_OUTSIDE);
    world_announce(self, &request);
    take_arrivals();
    if (world.live_count == 1) {
        turn_leave(self);
        return;
    }
    self->state = FIBER_OUTSIDE;
    world.outside++;
    if (choose_any())
        world_lost(why, pc);
    hand_on(self);
}

void runtime_outside_end(struct fiber *self)
{
    struct request request = {
        .op = WIRE_OUTSIDE, .pc = self->shown->next.pc, .deadline_ns = NO_DEADLINE};
    runtime_point(self, &request);
}
