#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/code/client_stacks.h"

/* As Valgrind 3.19 prints it, shortened. */
static const char answer[] =
    "host stacktrace:\n"
    "==41==    at 0x5802666A: ??? (in /usr/libexec/valgrind/helgrind-amd64-linux)\n"
    "==41==    by 0x58079A12: ??? (in /usr/libexec/valgrind/helgrind-amd64-linux)\n"
    "\n"
    "sched status:\n"
    "  running_tid=0\n"
    "\n"
    "Thread 1: status = VgTs_WaitSys syscall 202 (lwpid 41)\n"
    "==41==    at 0x48EBF16: __futex_abstimed_wait_common64 (futex-internal.c:57)\n"
    "==41==    by 0x48EBF16: __futex_abstimed_wait_common (futex-internal.c:87)\n"
    "==41==    by 0x401646: queue_join (queue.c:61)\n"
    "client stack range: [0x1FFEFFE000 0x1FFF000FFF] client SP: 0x1FFF0001E0\n"
    "valgrind stack range: [0x1002F8E000 0x100308DFFF] top usage: 18792 of 1048576\n"
    "\n"
    "Thread 2: status = VgTs_Yielding (lwpid 57)\n"
    "==41==    at 0x4016A0: spin at 0x12 (queue.c:43)\n";

static void reads_each_thread(void **state)
{
    struct client_stacks stacks = {0};
    (void)state;
    client_stacks_parse(answer, &stacks);
    assert_int_equal(stacks.count, 2);
    assert_int_equal(stacks.items[0].tid, 41);
    assert_int_equal(stacks.items[0].sp, 0x1FFF0001E0);
    assert_int_equal(stacks.items[0].count, 2);
    assert_int_equal(stacks.items[0].pcs[0], 0x48EBF16);
    assert_int_equal(stacks.items[0].pcs[1], 0x401646);
    assert_int_equal(stacks.items[1].tid, 57);
    assert_int_equal(stacks.items[1].sp, 0);
    assert_int_equal(stacks.items[1].count, 1);
    assert_int_equal(stacks.items[1].pcs[0], 0x4016A0);
    assert_ptr_equal(client_stack_of(&stacks, 57), &stacks.items[1]);
    assert_null(client_stack_of(&stacks, 58));
    client_stacks_release(&stacks);
}

static void takes_anything(void **state)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "Thread",
                                        "Thread 1: (lwpid ",
                                        "==1==  at 0x",
                                        "vgdb error: no FIFO found matching pid 1\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct client_stacks stacks = {0};
        client_stacks_parse(texts[i], &stacks);
        for (size_t k = 0; k < stacks.count; k++)
            assert_int_equal(stacks.items[k].count, 0);
        client_stacks_release(&stacks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_thread),
        cmocka_unit_test(takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
