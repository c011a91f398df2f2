/* Every kind of report that ThreadSanitizer has, as clang 14, 19, 22 and gcc 12 print it (testdata/programs). */
#include "detect/testdata.h"
#include "detect/tsan.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const versions[] = {"14", "19", "22", "gcc-12"};
#define VERSIONS (sizeof(versions) / sizeof(*versions))
#define SITES    3

struct kind {
    const char *name;
    enum defect defect;
    const char *message;
    const char *object;
    struct {
        const char *function, *thread, *act, *locks;
        int locks_held;
    } sites[SITES];
    const char *backgrounds; /* "made thread T1, allocated main, lock, other" in the tool's order */
};

#define VPTR    "data race on vptr (ctor/dtor vs virtual call)"
#define UNLOCK  "unlock of an unlocked mutex (or by a wrong thread)"
#define INVALID "use of an invalid mutex (e.g. uninitialized or destroyed)"
#define ORDER   "lock-order-inversion (potential deadlock)"

/* The first report of each kind. "*": some lock, whose number differs between the versions. */
static const struct kind c_kinds[] = {
    {"race-locks",
     DEFECT_RACE,
     "data race",
     "total",
     {{"race_locks", "main", "*", "*", 1}, {"adds_named", "thread T1", "writes", "*", 1}},
     "lock *, lock *, made thread T1"},
    {"race-heap",
     DEFECT_RACE,
     "data race",
     NULL,
     {{"race_heap", "main", "writes atomically", NULL, 0},
      {"fills", "thread T1", "writes", NULL, 0}},
     "allocated main, made thread T1"},
    {"use-after-free",
     DEFECT_MISUSE,
     "heap-use-after-free",
     NULL,
     {{"use_after_free", "main", "writes", NULL, 0}, {"frees", "thread T1", "writes", NULL, 0}},
     "made thread T1"},
    {"race-sleep",
     DEFECT_RACE,
     "data race",
     "total",
     {{"sleeps", "thread T1", "*", NULL, 0}, {"race_sleep", "main", "writes", NULL, 0}},
     "other, made thread T1"},
    {"race-fd",
     DEFECT_RACE,
     "data race",
     NULL,
     {{"race_fd", "main", "writes", NULL, 0}, {"writes", "thread T1", "reads", NULL, 0}},
     "other, made thread T1"},
    {"race-stack",
     DEFECT_RACE,
     "data race",
     NULL,
     {{"race_stack", "main", "*", NULL, 0}, {"on_stack", "thread T1", "writes", NULL, 0}},
     "other, made thread T1"},
    {"leak",
     DEFECT_LEAK,
     "thread leak",
     NULL,
     {{"leak", "main", "makes a thread that nobody joins", NULL, -1}},
     ""},
    {"destroy-locked",
     DEFECT_MISUSE,
     "destroy of a locked mutex",
     "a",
     {{"destroy_locked", NULL, NULL, NULL, -1}},
     "other, lock *"},
    {"double-lock",
     DEFECT_MISUSE,
     "double lock of a mutex",
     "shelf",
     {{"double_lock", NULL, NULL, NULL, -1}},
     "lock *"},
    {"unlock-unlocked",
     DEFECT_MISUSE,
     UNLOCK,
     "a",
     {{"unlock_unlocked", NULL, NULL, NULL, -1}},
     "lock *"},
    {"use-destroyed",
     DEFECT_MISUSE,
     INVALID,
     NULL,
     {{"use_destroyed", NULL, NULL, NULL, -1}},
     "allocated main, lock *"},
    {"read-unlock-of-write",
     DEFECT_MISUSE,
     "read unlock of a write locked mutex",
     "shelf",
     {{"read_unlock_of_write", NULL, NULL, NULL, -1}},
     "lock *"},
    {"read-lock-of-write",
     DEFECT_MISUSE,
     "read lock of a write locked mutex",
     "shelf",
     {{"read_lock_of_write", NULL, NULL, NULL, -1}},
     "lock *"},
    {"three-locks",
     DEFECT_LOCK_ORDER,
     ORDER,
     NULL,
     {{"lock_two", "thread T1", "*", "*", -1},
      {"lock_two", "thread T2", "*", "*", -1},
      {"lock_two", "thread T3", "*", "*", -1}},
     "made thread T1, made thread T2, made thread T3"},
    {"signal-unsafe",
     DEFECT_MISUSE,
     "signal-unsafe call inside of a signal",
     NULL,
     {{"allocates", NULL, NULL, NULL, -1}},
     ""},
    {"signal-errno",
     DEFECT_MISUSE,
     "signal handler spoils errno",
     NULL,
     {{"spoils", NULL, NULL, NULL, -1}},
     ""},
    {"external",
     DEFECT_RACE,
     "race on Ledger",
     "total",
     {{"external", "main", "writes", NULL, 0}, {"modifies", "thread T1", "writes", NULL, 0}},
     "made thread T1"},
};

/* A name of an anonymous function differs from compiler to compiler: "*". */
static const struct kind cxx_kinds[] = {
    {"vptr",
     DEFECT_RACE,
     VPTR,
     NULL,
     {{"Account::~Account()", "main", "writes", NULL, 0}, {"*", "thread T1", "reads", NULL, 0}},
     "allocated main, made thread T1"},
    {"vector",
     DEFECT_RACE,
     "data race",
     NULL,
     {{"*", "main", "reads", NULL, 0}, {"*", "thread T1", "writes", NULL, 0}},
     "other, made thread T1"},
    {"member",
     DEFECT_RACE,
     "data race",
     NULL,
     {{"bank::Ledger::sum() const", "main", "reads", NULL, 0},
      {"bank::Ledger::add(long)", "thread T1", "writes", "*", 1}},
     "allocated main, lock *, made thread T1"},
    {"lock-order",
     DEFECT_LOCK_ORDER,
     ORDER,
     NULL,
     {{"*", "thread T1", "*", "*", -1}, {"*", "thread T2", "*", "*", -1}},
     "made thread T1, made thread T2"},
};

static void check_text(const char *what, const char *got, const char *wanted)
{
    if (wanted && strcmp(wanted, "*") == 0 && got)
        return;
    if (!got || !wanted ? got != wanted : strcmp(got, wanted) != 0)
        fail_msg("%s: %s, not %s", what, got, wanted);
}

static char *list_backgrounds(const struct finding *finding)
{
    char *list = xstrdup("");
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        const char *lock = background->subject && background->subject[0] == 'M' ? "*" : "?";
        char *longer = xasprintf("%s%s%s%s", list, i ? ", " : "",
                                 background->kind == THREAD_MADE ? "made "
                                 : background->kind == ALLOCATED ? "allocated "
                                 : background->kind == LOCK_SEEN ? "lock "
                                                                 : "other",
                                 background->kind == LOCK_SEEN     ? lock
                                 : background->kind == OTHER_STACK ? ""
                                                                   : background->subject);
        assert_non_null(background->text);
        free(list);
        list = longer;
    }
    return list;
}

static void check_kind(const struct kind *kind, const char *file, const char *text, size_t length,
                       const char *own_source)
{
    struct findings findings = {0};
    bool ran = false;
    char *trouble = tsan_read_text(text, length, own_source, NULL, &findings, &ran);
    char *what = xasprintf("%s, %s", file, kind->name);
    check_text(what, trouble, NULL);
    if (findings.count == 0)
        fail_msg("%s: no report", what);
    const struct finding *finding = &findings.items[0];
    check_text(what, defect_word(finding->defect), defect_word(kind->defect));
    check_text(what, finding->message, kind->message);
    check_text(what, finding->object, kind->object);
    size_t sites = 0;
    while (sites < SITES && kind->sites[sites].function)
        sites++;
    assert_int_equal(finding->site_count, sites);
    for (size_t i = 0; i < sites; i++) {
        const struct site *site = &finding->sites[i];
        check_text(what, site->function, kind->sites[i].function);
        check_text(what, site->thread, kind->sites[i].thread);
        check_text(what, site->act, kind->sites[i].act);
        check_text(what, site->locks, kind->sites[i].locks);
        assert_int_equal(site->locks_held, kind->sites[i].locks_held);
        assert_memory_equal(site->file,
                            RECORDED_ROOT "harness/detect/testdata/programs/tsan_kinds.c",
                            strlen(RECORDED_ROOT "harness/detect/testdata/programs/tsan_kinds.c"));
        assert_true(site->line > 0);
        assert_true(site->stack.count >= 1);
        for (size_t f = 0; f < site->stack.count; f++) {
            assert_non_null(site->stack.frames[f].module);
            assert_null(strstr(site->stack.frames[f].module, "+0x"));
        }
    }
    char *backgrounds = list_backgrounds(finding);
    check_text(what, backgrounds, kind->backgrounds);
    assert_memory_equal(finding->raw, "WARNING: ThreadSanitizer: ", 26);
    assert_non_null(strstr(finding->raw, "\nSUMMARY: ThreadSanitizer: "));
    assert_null(strstr(finding->raw, "===="));
    free(backgrounds);
    free(what);
    findings_release(&findings);
}

static void check_kinds(const char *format, const struct kind *kinds, size_t count)
{
    for (size_t v = 0; v < VERSIONS; v++) {
        char *file = xasprintf(format, versions[v]);
        size_t length = 0;
        char *text = testdata_read(file, &length);
        for (size_t i = 0; i < count; i++) {
            char *title = xasprintf("--- %s\n", kinds[i].name);
            const char *begin = strstr(text, title);
            assert_non_null(begin);
            const char *end = strstr(begin + 1, "\n--- ");
            size_t size = end ? (size_t)(end + 1 - begin) : strlen(begin);
            check_kind(&kinds[i], file, begin, size, NULL);
            check_kind(&kinds[i], file, begin, size, RECORDED_ROOT);
            free(title);
        }
        free(text);
        free(file);
    }
}

static void every_kind_of_c_is_read(void **state)
{
    (void)state;
    check_kinds("tsan-%s-kinds.txt", c_kinds, sizeof(c_kinds) / sizeof(*c_kinds));
}

static void own_frames_are_found_in_c_plus_plus(void **state)
{
    (void)state;
    check_kinds("tsan-%s-kinds-cxx.txt", cxx_kinds, sizeof(cxx_kinds) / sizeof(*cxx_kinds));
}

static void a_whole_suite_is_one_log(void **state)
{
    (void)state;
    for (size_t v = 0; v < VERSIONS; v++) {
        char *file = xasprintf("tsan-%s-kinds.txt", versions[v]);
        size_t length = 0;
        size_t reports = 0;
        char *text = testdata_read(file, &length);
        for (const char *at = text; (at = strstr(at, "WARNING: ThreadSanitizer")); at++)
            reports++;
        struct findings findings = {0};
        bool ran = false;
        assert_null(tsan_read_text(text, length, NULL, NULL, &findings, &ran));
        assert_int_equal(findings.count, reports);
        for (size_t i = 0; i < findings.count; i++) {
            const char *at = text;
            for (size_t line = 1; line < findings.items[i].raw_line; line++)
                at += strcspn(at, "\n") + 1;
            /* The text as it stands in the log, byte for byte. */
            assert_memory_equal(at, findings.items[i].raw, strlen(findings.items[i].raw));
        }
        findings_release(&findings);
        free(text);
        free(file);
    }
}

static void without_symbols_modules_stand_in(void **state)
{
    (void)state;
    for (size_t v = 0; v < VERSIONS; v++) {
        char *file = xasprintf("tsan-%s-bare.txt", versions[v]);
        size_t length = 0;
        char *text = testdata_read(file, &length);
        struct findings findings = {0};
        bool ran = false;
        char *trouble = tsan_read_text(text, length, NULL, NULL, &findings, &ran);
        assert_non_null(trouble);
        assert_non_null(strstr(trouble, "llvm-symbolizer"));
        assert_int_equal(findings.count, 1);
        assert_null(findings.items[0].object); /* gcc's says '<null>' */
        assert_int_equal(findings.items[0].site_count, 2);
        for (size_t i = 0; i < 2; i++) {
            const struct site *site = &findings.items[0].sites[i];
            assert_memory_equal(site->function, "program+0x", 10);
            assert_string_equal(site->stack.frames[0].module, "program");
            assert_null(site->stack.frames[0].function);
            assert_null(site->file);
        }
        assert_string_not_equal(findings.items[0].sites[0].function,
                                findings.items[0].sites[1].function);
        findings_release(&findings);
        free(trouble);

        /* A program of the corpus has lines, or nothing is proved. */
        trouble = tsan_read_text(text, length, RECORDED_ROOT, NULL, &findings, &ran);
        assert_int_equal(findings.items[0].site_count, 0);
        findings_release(&findings);
        free(trouble);
        free(text);
        free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_c_is_read),
        cmocka_unit_test(own_frames_are_found_in_c_plus_plus),
        cmocka_unit_test(a_whole_suite_is_one_log),
        cmocka_unit_test(without_symbols_modules_stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
