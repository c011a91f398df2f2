#include "model/stack.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define GNU_INCLUDE "/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/"

static void foreign_frames_are_told_from_own_ones(void **state)
{
    (void)state;
    static const struct {
        struct frame frame;
        bool foreign;
    } cases[] = {
        /* clang's runtime is linked into the program, gcc's is a library with sources. */
        {{"pthread_mutex_lock", NULL, "server", 0}, true},
        {{"memset", NULL, "server", 0}, true},
        {{"__tsan_memset", NULL, "server", 0}, true},
        {{"AnnotateRWLockAcquired", NULL, "server", 0}, true},
        {{"operator new(unsigned long)", NULL, "server", 0}, true},
        {{"__tsan::CallUserSignalHandler(int)", "tsan_interceptors_posix.cpp.o", "server", 0},
         true},
        {{"malloc", "../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp", "libtsan.so.2",
          647},
         true},
        {{NULL, NULL, "libstdc++.so.6", 0}, true},
        {{"__libc_start_main", NULL, NULL, 0}, true},
        /* C++ */
        {{"std::thread::_M_start_thread()", NULL, "libstdc++.so.6", 0}, true},
        {{"void std::__invoke_impl<void, f()::$_0>(std::__invoke_other)", NULL, "server", 0}, true},
        {{"__gthread_mutex_lock", GNU_INCLUDE "x86_64-linux-gnu/c++/12/bits/gthr-default.h",
          "server", 749},
         true},
        {{"operator()", GNU_INCLUDE "c++/12/bits/std_thread.h", "server", 259}, true},
        {{"std::__1::mutex::lock()", "/usr/lib/llvm-14/bin/../include/c++/v1/mutex", "server", 9},
         true},
        {{"operator()", "/src/a.cc", "server", 7}, false},
        {{"main::$_0::operator()() const", NULL, "server", 0}, false},
        {{"pay(std::string)", NULL, "server", 0}, false},
        {{"int sum<std::vector<int> >(std::vector<int>)", NULL, "server", 0}, false},
        /* Names that only begin like a library's, and own functions of a library's name. */
        {{"memory_pool_add", NULL, "server", 0}, false},
        {{"stream_read", NULL, "server", 0}, false},
        {{"free_list_push", NULL, "server", 0}, false},
        {{"read", NULL, "server", 0}, true},
        {{"read", "/src/file.c", "server", 12}, false},
        {{"acce", NULL, "server", 0}, false},
        {{"", NULL, "server", 0}, false},
        {{"run", "/library/me/a.c", "/library/me/server", 3}, false},
        {{NULL, NULL, "server", 0}, false},
        {{NULL, NULL, "/lib/x86_64-linux-gnu/libz.so.1", 0}, true},
        /* Go */
        {{"runtime.mapassign_faststr", "/usr/lib/go-1.19/src/runtime/map_faststr.go", NULL, 203},
         true},
        {{"sync.(*Mutex).Lock", "/home/me/sdk/go1.22/src/sync/mutex.go", NULL, 90}, true},
        {{"net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", NULL, 1991}, true},
        {{"sync/atomic.AddInt64", "/usr/local/go/src/sync/atomic/asm.s", NULL, 8}, true},
        {{"main.main.func1", "/home/me/go/src/sync/main.go", NULL, 4}, false},
        {{"example.com/net.Dial", "/home/me/src/example.com/net/dial.go", NULL, 4}, false},
        {{"sync_all", "/home/me/src/sync/all.c", "server", 4}, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (frame_is_foreign(&cases[i].frame) != cases[i].foreign)
            fail_msg("%s at %s in %s: %s", cases[i].frame.function, cases[i].frame.file,
                     cases[i].frame.module,
                     cases[i].foreign ? "taken for own" : "taken for foreign");
    }
}

static void push(struct stack *stack, const char *function, const char *file, int line,
                 const char *module)
{
    struct frame *frame = stack_push(stack);
    frame->function = function ? xstrdup(function) : NULL;
    frame->file = file ? xstrdup(file) : NULL;
    frame->module = module ? xstrdup(module) : NULL;
    frame->line = line;
}

static void the_own_frame_is_the_innermost_that_says_most(void **state)
{
    (void)state;
    struct stack stack = {0};
    assert_null(stack_own_frame(&stack, NULL));
    push(&stack, NULL, NULL, 0, "libz.so.1");
    push(&stack, "malloc", NULL, 0, "server");
    assert_null(stack_own_frame(&stack, "/src/"));

    push(&stack, NULL, NULL, 0, "server");
    push(&stack, NULL, NULL, 0, "plugin.so");
    push(&stack, "serve", NULL, 0, "server");
    assert_null(stack_own_frame(&stack, "/src/"));
    assert_string_equal(stack_own_frame(&stack, NULL)->function, "serve");

    push(&stack, "handle", "/src/a.c", 7, "server");
    push(&stack, "main", "/src/a.c", 9, "server");
    assert_string_equal(stack_own_frame(&stack, NULL)->function, "handle");
    assert_string_equal(stack_own_frame(&stack, "/src/")->function, "handle");
    assert_null(stack_own_frame(&stack, "/other/"));
    stack_clear(&stack);

    /* An inlined call without a line is still the place, and what calls a library is another one. */
    push(&stack, "tick", "/src/a.c", 0, "server");
    push(&stack, "handle", "/src/a.c", 7, "server");
    assert_string_equal(stack_own_frame(&stack, NULL)->function, "tick");
    assert_string_equal(stack_own_frame(&stack, "/src/")->function, "handle");
    stack_clear(&stack);
    push(&stack, "tick", NULL, 0, "server");
    push(&stack, "event_base_loop", NULL, 0, "libevent-2.1.so.7");
    push(&stack, "main", "/src/a.c", 9, "server");
    assert_string_equal(stack_own_frame(&stack, NULL)->function, "tick");
    stack_clear(&stack);

    push(&stack, "malloc", NULL, 0, "server");
    push(&stack, NULL, NULL, 0, "server");
    assert_ptr_equal(stack_own_frame(&stack, NULL), &stack.frames[1]);
    assert_null(stack_own_frame(&stack, "/src/"));
    stack_clear(&stack);
}

static void without_an_own_frame_the_most_telling_one_stands(void **state)
{
    (void)state;
    struct stack stack = {0};
    assert_null(stack_foreign_frame(&stack));
    push(&stack, NULL, NULL, 0, "libc.so.6");
    assert_ptr_equal(stack_foreign_frame(&stack), &stack.frames[0]);
    push(&stack, "memcpy", NULL, 0, "server");
    push(&stack, "start_thread", NULL, 0, "libc.so.6");
    assert_ptr_equal(stack_foreign_frame(&stack), &stack.frames[1]);
    push(&stack, "inflate", NULL, 0, "libz.so.1");
    push(&stack, "uncompress", NULL, 0, "libz.so.1");
    assert_ptr_equal(stack_foreign_frame(&stack), &stack.frames[3]);
    push(&stack, "operator()", "/usr/include/c++/12/bits/std_thread.h", 259, "server");
    assert_ptr_equal(stack_foreign_frame(&stack), &stack.frames[5]);
    stack_clear(&stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_frames_are_told_from_own_ones),
        cmocka_unit_test(the_own_frame_is_the_innermost_that_says_most),
        cmocka_unit_test(without_an_own_frame_the_most_telling_one_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
