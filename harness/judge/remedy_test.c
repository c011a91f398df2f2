#include "judge/made_inspection.h"
#include "judge/remedy.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GATE "/home/x/gate/gate.c"

static struct inspection inspection;

static int begin(void **state)
{
    (void)state;
    made_begin(&inspection);
    return 0;
}

static int end(void **state)
{
    (void)state;
    inspection_release(&inspection);
    return 0;
}

static void visit(const char *lesson, void *user)
{
    size_t *count = user;
    char *path = xasprintf("%s/buggy/%s.c", RACELAB_ROOT, lesson);
    if (access(path, R_OK) != 0)
        fail_msg("no such pair: %s", lesson);
    free(path);
    ++*count;
}

static void every_lesson_is_a_pair_of_the_corpus(void **state)
{
    (void)state;
    size_t count = 0;
    remedy_lessons(visit, &count);
    assert_true(count > 60);
}

/* `words` must be in the hint. */
static void expect(const struct finding *finding, const char *object,
                   const struct explanation *explanation, const char *lesson, const char *words)
{
    struct remedy remedy = remedy_for(&inspection, finding, object, explanation);
    if (lesson)
        assert_string_equal(remedy.lesson, lesson);
    else
        assert_null(remedy.lesson);
    if (!strstr(remedy.text, words))
        fail_msg("`%s` is not in `%s`", words, remedy.text);
    free(remedy.text);
}

static struct finding *race(const char *left_act, int left_locks, const char *right_act,
                            int right_locks)
{
    struct finding *finding = made_finding(&inspection, "tsan", DEFECT_RACE, "visitors");
    made_site(finding, "thread 'in'", left_act, GATE, 27, "enter");
    made_site(finding, "main", right_act, GATE, 30, "leave");
    finding->sites[0].locks_held = left_locks;
    finding->sites[1].locks_held = right_locks;
    return finding;
}

static void races_are_mended_by_what_each_side_holds(void **state)
{
    (void)state;
    struct finding *finding = race("reads", 0, "writes", 1);
    finding->sites[1].locks = xstrdup("`m`");
    expect(finding, "visitors", NULL, "race/reader_unlocked",
           "thread 'in' (gate.c:27) holds no lock while the other side holds `m`");
    expect(race("reads", 2, "writes", 0), "visitors", NULL, "race/reader_unlocked",
           "main (gate.c:30) holds no lock while the other side holds locks");
    expect(race("reads", 1, "writes", 1), "visitors", NULL, "race/write_under_rdlock",
           "writes `visitors` must take it for writing");
    finding = race("writes", 1, "writes", 1);
    finding->no_common_lock = true;
    expect(finding, NULL, NULL, "race/wrong_lock", "guard the variable");
    finding->sites[0].locks = xstrdup("`a`");
    finding->sites[1].locks = xstrdup("`b`");
    expect(finding, "visitors", NULL, "race/wrong_lock", "different locks, `a` and `b`");
    expect(race("writes", 0, "writes", 0), "visitors", NULL, "race/unlocked_counter",
           "no lock guards `visitors`");
    expect(race("writes", 0, "reads", 0), "visitors", NULL, "race/read_before_join",
           "join that thread before `visitors` is read");
    expect(race("writes", -1, "reads", 0), "visitors", NULL, "race/unlocked_counter",
           "let one mutex guard `visitors`");
    expect(race("writes atomically", 0, "reads", 1), "visitors", NULL,
           "race/mixed_atomic_and_plain", "main (gate.c:30) uses `visitors` plainly");
    expect(made_race(&inspection, "drd", NULL, 27, 0), NULL, NULL, "race/unlocked_counter",
           "find what other code uses the variable");
}

static void a_library_function_with_one_state_is_named(void **state)
{
    (void)state;
    struct finding *finding = race("writes", 0, "writes", 0);
    struct frame *frame = stack_push(&finding->sites[1].stack);
    frame->function = xstrdup("localtime");
    frame->module = xstrdup("/usr/lib/libc.so.6");
    expect(finding, NULL, NULL, "race/localtime_static", "localtime_r()");
    /* The program's own function of that name is its own. */
    free(frame->module);
    frame->module = xstrdup("/home/x/gate/gate");
    frame->file = xstrdup("/home/x/gate/time.c");
    frame->line = 7;
    expect(finding, NULL, NULL, "race/unlocked_counter", "no lock guards");
}

static void a_signal_handler_takes_no_lock(void **state)
{
    (void)state;
    struct finding *finding = race("writes", 0, "reads", 0);
    stack_push(&finding->sites[0].stack)->function =
        xstrdup("__tsan::CallUserSignalHandler(__tsan::ThreadState*, bool, int, void*)");
    expect(finding, "stop", NULL, "race/handler_plain_global", "make `stop` volatile sig_atomic_t");
    finding = race("writes", -1, "reads", -1);
    stack_push(&finding->sites[1].stack)->function = xstrdup("__restore_rt");
    expect(finding, "stop", NULL, "race/handler_plain_global", "make `stop` volatile sig_atomic_t");
}

static struct finding *order(const char *object, const char *second_thread)
{
    struct finding *finding = made_finding(&inspection, "tsan", DEFECT_LOCK_ORDER, object);
    for (int line = 28; line < 32; line++)
        made_site(finding, line < 30 ? "thread T1" : second_thread, "locks", GATE, line, "desk");
    return finding;
}

static void a_trylock_cannot_wait(void **state)
{
    (void)state;
    struct finding *finding = order("a, b", "thread T2");
    stack_push(&finding->sites[2].stack)->function = xstrdup("pthread_mutex_trylock");
    expect(finding, "a, b", NULL, "deadlock/lock_order_inversion", "take `a` before `b`");
    stack_push(&finding->sites[3].stack)->function = xstrdup("pthread_mutex_trylock");
    expect(finding, "a, b", NULL, "false_alarm/trylock_with_back_off", "cannot wait");
}

static void called(struct finding *finding, const char *function)
{
    stack_push(&finding->sites[0].stack)->function = xstrdup(function);
}

static void lock_orders_are_mended_by_their_locks(void **state)
{
    (void)state;
    expect(order("from, to", "thread T2"), "from, to", NULL, "deadlock/lock_order_inversion",
           "take `from` before `to` everywhere: gate.c:30 takes them the other way round");
    expect(order("a, b, c", "thread T2"), "a, b, c", NULL, "deadlock/three_lock_cycle",
           "give these locks one order");
    expect(order(NULL, "thread T2"), NULL, NULL, "deadlock/transfer_argument_order",
           "lower address");
    expect(order("lock, lock", "thread T2"), "lock, lock", NULL, "deadlock/transfer_argument_order",
           "lower address");
    expect(order("desks, desks+40", "thread T2"), "desks, desks+40", NULL,
           "deadlock/transfer_argument_order", "lower address");
    expect(order("from, to", "thread T1"), "from, to", NULL, "false_alarm/one_thread_inversion",
           "both orders are one thread's");
    struct finding *finding = order("from, to", "thread T2");
    called(finding, "pthread_rwlock_rdlock");
    expect(finding, "from, to", NULL, "deadlock/rwlock_mutex_cycle", "take `from` before `to`");
    finding = order("from, to", "thread T2");
    called(finding, "pthread_spin_lock");
    expect(finding, "from, to", NULL, "deadlock/spinlock_inversion", "take `from` before `to`");
    /* Helgrind tells first where the order was broken. */
    finding = made_finding(&inspection, "helgrind", DEFECT_LOCK_ORDER, "from, to");
    made_site(finding, "thread 3", "locks", GATE, 41, NULL);
    expect(finding, "from, to", NULL, "deadlock/lock_order_inversion", "gate.c:41 takes them");
    made_site(finding, "the order set before", "locks", GATE, 28, NULL);
    expect(finding, "from, to", NULL, "deadlock/lock_order_inversion", "gate.c:41 takes them");
    free(finding->sites[1].thread);
    finding->sites[1].thread = xstrdup("thread 3");
    expect(finding, "from, to", NULL, "deadlock/lock_order_inversion", "one order everywhere");
}

static void misuse_is_told_by_its_headline(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"heap-use-after-free", "lifetime/free_while_in_use"},
        {"signal-unsafe call inside of a signal", "lifetime/malloc_in_signal_handler"},
        {"unlock of an unlocked mutex (or by a wrong thread)", "misuse/double_unlock"},
        {"Thread #3 unlocked a not-locked lock at 0x404078", "misuse/double_unlock"},
        {"Mutex not locked by calling thread: mutex 0x404060", "misuse/double_unlock"},
        {"Thread #2 unlocked lock at 0x40 currently held by thread #1",
         "misuse/unlock_by_other_thread"},
        {"destroy of a locked mutex", "misuse/destroy_locked"},
        {"Thread #3: pthread_mutex_destroy of a locked mutex", "misuse/destroy_locked"},
        {"Destroying locked mutex: mutex 0x1fff0004e0", "misuse/destroy_locked"},
        {"Thread #3's call to pthread_mutex_destroy failed", "misuse/destroy_locked"},
        {"Thread #2's call to pthread_mutex_lock failed", "misuse/errorcheck_result_ignored"},
        {"Thread #2's call to pthread_join failed", "lifetime/double_join"},
        {"Thread #1: Attempt to re-lock a non-recursive lock I already hold",
         "deadlock/self_deadlock"},
        {"Recursive locking not allowed: mutex 0x404060", "deadlock/self_deadlock"},
        {"use of an invalid mutex (e.g. uninitialized or destroyed)", "misuse/lock_after_destroy"},
        {"The object at address 0x4040f8 is not a mutex", "misuse/mutex_calls_on_rwlock"},
        {"Thread #2: pthread_mutex_lock with a pthread_rwlock_t* argument ",
         "misuse/mutex_calls_on_rwlock"},
        {"Inconsistent association of condition variable and mutex", "waiting/cond_two_mutexes"},
        {"Reinitialization of barrier with active waiters: barrier 0x40",
         "waiting/barrier_reinitialised_in_use"},
        {"Destruction of a barrier with active waiters", "waiting/barrier_destroyed_early"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct finding *finding = made_finding(&inspection, "tsan", DEFECT_MISUSE, NULL);
        finding->message = xstrdup(rows[i][0]);
        expect(finding, NULL, NULL, rows[i][1], "");
    }
    struct finding *unknown = made_finding(&inspection, "tsan", DEFECT_MISUSE, NULL);
    expect(unknown, NULL, NULL, NULL, "manual page");
    unknown->message = xstrdup("something new");
    expect(unknown, NULL, NULL, NULL, "manual page");
}

static struct explanation *stuck(enum wait_for first, enum wait_for second, enum stuck stuck)
{
    made_run(&inspection, "watchdog");
    made_stuck(&inspection, "watchdog", "main", first, NULL, 20);
    made_stuck(&inspection, "watchdog", "thread 2", second, NULL, 21);
    made_hang(&inspection, "watchdog", stuck, "hang");
    struct inspected *watchdog = inspection_get(&inspection, "watchdog");
    return &watchdog->runs[watchdog->run_count - 1].report.explanation;
}

static void holds(struct explanation *explanation, size_t waiter, size_t owner)
{
    struct waiting *waiting = &explanation->threads[waiter].waiting;
    struct holder *holder =
        xappend((void **)&waiting->holders, &waiting->holder_count, sizeof(*holder));
    holder->thread = owner;
    holder->process = owner == NO_INDEX ? NO_INDEX : 0;
    holder->fd = -1;
}

static void locks_go_with_the_process(void **state)
{
    (void)state;
    struct finding *finding = made_finding(&inspection, "helgrind", DEFECT_MISUSE, NULL);
    finding->message = xstrdup("Thread #1: Exiting thread still holds 3 locks");
    made_site(finding, "main", NULL, GATE, 27, "main");
    expect(finding, NULL, NULL, "deadlock/thread_exits_holding_lock", "unlock on every way out");
    stack_push(&finding->sites[0].stack)->function = xstrdup("_Exit");
    expect(finding, NULL, NULL, NULL, "go with the process");
}

static void hangs_are_mended_by_what_is_waited_for(void **state)
{
    (void)state;
    struct finding *hang = made_finding(&inspection, "watchdog", DEFECT_HANG, NULL);
    static const struct {
        enum wait_for what;
        const char *lesson;
    } rows[] = {
        {FOR_CONDITION, "waiting/lost_wakeup"},
        {FOR_SEMAPHORE, "waiting/semaphore_post_missing"},
        {FOR_BARRIER, "waiting/barrier_count_too_big"},
        {FOR_ONCE, "deadlock/recursive_once"},
        {FOR_ROOM, "process/pipes_full_both_ways"},
        {FOR_DATA, "process/pipe_write_end_kept_open"},
        {FOR_DESCRIPTORS, "process/pipe_write_end_kept_open"},
        {FOR_FILE_LOCK, "process/flocks_crossed"},
        {FOR_SIGNAL, "process/child_waits_for_signal_lost"},
        {FOR_CHILD, "process/queue_joined_before_drained"},
        {FOR_MUTEX, "deadlock/lock_leaked_on_early_return"},
    };
    /* Main most often waits only for the thread that is stuck. */
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        expect(hang, NULL, stuck(FOR_JOIN, rows[i].what, STUCK_HANG), rows[i].lesson, "");
    expect(hang, NULL, stuck(FOR_JOIN, FOR_JOIN, STUCK_HANG), "waiting/shutdown_wakes_one",
           "before the join");
    expect(hang, NULL, stuck(FOR_UNKNOWN, FOR_UNKNOWN, STUCK_HANG), NULL, "where each thread");
    expect(hang, NULL, NULL, NULL, "where each thread");
}

static void cycles_are_mended_by_their_shape(void **state)
{
    (void)state;
    struct finding *hang = made_finding(&inspection, "watchdog", DEFECT_HANG, NULL);
    struct explanation *cycle = stuck(FOR_MUTEX, FOR_WRITE_LOCK, STUCK_DEADLOCK);
    holds(cycle, 0, 1);
    holds(cycle, 1, 0);
    expect(hang, NULL, cycle, "deadlock/lock_order_deadlock", "one order everywhere");
    struct explanation *self = stuck(FOR_JOIN, FOR_MUTEX, STUCK_DEADLOCK);
    holds(self, 1, 1);
    expect(hang, NULL, self, "deadlock/self_deadlock", "holds itself");
    struct explanation *join = stuck(FOR_JOIN, FOR_MUTEX, STUCK_DEADLOCK);
    holds(join, 0, 1);
    holds(join, 1, 0);
    expect(hang, NULL, join, "deadlock/join_while_holding_lock", "unlock before the join");
    struct explanation *ended = stuck(FOR_JOIN, FOR_MUTEX, STUCK_HANG);
    holds(ended, 1, NO_INDEX);
    expect(hang, NULL, ended, "deadlock/lock_leaked_on_early_return", "nobody is left");
    expect(hang, NULL, stuck(FOR_NOTHING, FOR_NOTHING, STUCK_BUSY), "deadlock/trylock_livelock",
           "undo each other's work");
    expect(hang, NULL, stuck(FOR_UNKNOWN, FOR_MUTEX, STUCK_DEADLOCK), "deadlock/nested_monitor",
           "break the cycle");
}

static void ends_and_leaks_have_advice(void **state)
{
    (void)state;
    expect(made_finding(&inspection, "tsan", DEFECT_WRONG_RESULT, NULL), NULL, NULL,
           "atomicity/check_then_act", "one critical section");
    expect(made_finding(&inspection, "tsan", DEFECT_CRASH, NULL), NULL, NULL,
           "lifetime/stack_argument_escapes", "AddressSanitizer");
    expect(made_finding(&inspection, "tsan", DEFECT_LEAK, NULL), NULL, NULL,
           "lifetime/thread_never_joined", "detach it");
}

#define MENDS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MENDS(every_lesson_is_a_pair_of_the_corpus),
        MENDS(races_are_mended_by_what_each_side_holds),
        MENDS(a_library_function_with_one_state_is_named),
        MENDS(a_signal_handler_takes_no_lock),
        MENDS(a_trylock_cannot_wait),
        MENDS(lock_orders_are_mended_by_their_locks),
        MENDS(misuse_is_told_by_its_headline),
        MENDS(locks_go_with_the_process),
        MENDS(hangs_are_mended_by_what_is_waited_for),
        MENDS(cycles_are_mended_by_their_shape),
        MENDS(ends_and_leaks_have_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
