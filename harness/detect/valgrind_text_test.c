#include "detect/testdata.h"
#include "detect/valgrind.h"
#include "detect/valgrind_text.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct valgrind_log helgrind;
    struct valgrind_log drd;
};

static void feed(struct valgrind_text *reader, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t end = newline ? (size_t)(newline - text) : length;
        valgrind_text_feed(reader, text + at, end - at);
        at = end + 1;
    }
}

static struct reading read_text(const char *text, size_t length)
{
    struct valgrind_text *reader = valgrind_text_new(NULL, NULL);
    struct reading reading;
    feed(reader, text, length);
    valgrind_text_end(reader, &reading.helgrind, &reading.drd);
    return reading;
}

static struct reading read_string(const char *text)
{
    return read_text(text, strlen(text));
}

static struct reading read_recorded(const char *name)
{
    size_t length = 0;
    char *text = testdata_read(name, &length);
    struct reading reading = read_text(text, length);
    free(text);
    return reading;
}

static void release(struct reading *reading)
{
    valgrind_log_release(&reading->helgrind);
    valgrind_log_release(&reading->drd);
}

static const struct background *background(const struct finding *finding, enum background_kind kind,
                                           size_t which)
{
    for (size_t i = 0; i < finding->background_count; i++) {
        if (finding->backgrounds[i].kind == kind && which-- == 0)
            return &finding->backgrounds[i];
    }
    fail_msg("no background %d in: %s", kind, finding->message);
    return NULL;
}

static void a_race_has_locks_and_what_lies_behind(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-g++.txt");
    assert_int_equal(r.helgrind.processes, 1);
    assert_int_equal(r.helgrind.finished, 1);
    assert_string_equal(r.helgrind.version, "3.19.0");
    assert_int_equal(r.drd.processes, 0);
    assert_null(r.drd.version);
    assert_int_equal(r.helgrind.findings.count, 4);
    const struct finding *race = &r.helgrind.findings.items[0];
    assert_int_equal(race->defect, DEFECT_RACE);
    assert_memory_equal(race->message, "Possible data race during write of size 8 at ", 45);
    assert_int_equal(race->site_count, 2);
    assert_string_equal(race->sites[0].file, "threads.cpp");
    assert_int_equal(race->sites[0].line, 32);
    assert_string_equal(race->sites[0].thread, "thread 3");
    assert_string_equal(race->sites[0].act, "writes");
    assert_int_equal(race->sites[0].locks_held, -1);
    assert_null(race->sites[0].locks);
    assert_string_equal(race->sites[1].function, "void till::pay_in<int>(till::account*, int)");
    assert_int_equal(race->sites[1].line, 15);
    assert_int_equal(race->sites[1].locks_held, 1);
    assert_memory_equal(race->sites[1].locks, "0x", 2);
    assert_true(race->no_common_lock);
    assert_string_equal(background(race, THREAD_MADE, 0)->subject, "thread 3");
    assert_string_equal(background(race, THREAD_MADE, 1)->subject, "thread 2");
    assert_string_equal(background(race, LOCK_SEEN, 0)->subject, race->sites[1].locks);
    /* The block of the lock is told of the lock, that of the data is where the memory came from. */
    assert_string_equal(background(race, LOCK_SEEN, 1)->subject, race->sites[1].locks);
    assert_string_equal(background(race, ALLOCATED, 0)->subject, "main");
    assert_non_null(strstr(background(race, ALLOCATED, 0)->text, "40 bytes inside a block"));
    assert_non_null(strstr(race->raw, "Thread #3 was created\n   at 0x"));
    assert_non_null(strstr(race->raw, "\nLocks held: none\n   at 0x"));
    assert_non_null(strstr(race->raw, ": main::{lambda()#2}::operator()() const (threads.cpp:32)"));
    release(&r);
}

static void a_lock_order_has_four_acquisitions_and_names(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-lock-order.txt");
    assert_int_equal(r.helgrind.findings.count, 1);
    const struct finding *order = &r.helgrind.findings.items[0];
    assert_int_equal(order->defect, DEFECT_LOCK_ORDER);
    assert_string_equal(order->object, "from, to");
    static const struct {
        int line;
        const char *act;
        const char *thread;
    } expected[] = {{40, "locks `to`", "thread 3"},
                    {41, "locks `from`", "thread 3"},
                    {28, "locks `from`", "the order set before"},
                    {29, "locks `to`", "the order set before"}};
    assert_int_equal(order->site_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(order->sites[i].line, expected[i].line);
        assert_string_equal(order->sites[i].act, expected[i].act);
        assert_string_equal(order->sites[i].thread, expected[i].thread);
    }
    assert_string_equal(background(order, LOCK_SEEN, 0)->subject, "`from`");
    assert_string_equal(background(order, LOCK_SEEN, 1)->subject, "`to`");
    release(&r);
}

static void locks_held_for_reading_are_not_told(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-read-lock.txt");
    assert_int_equal(r.helgrind.findings.count, 1);
    assert_string_equal(r.helgrind.findings.items[0].object, "tick");
    /* Both sides hold the same lock for reading, and Helgrind says "none" of both. */
    assert_false(r.helgrind.findings.items[0].no_common_lock);
    release(&r);
}

static void drd_tells_blocks_and_segments(void **state)
{
    (void)state;
    struct reading r = read_recorded("drd-3.19-heap-race.txt");
    assert_int_equal(r.helgrind.processes, 0);
    assert_int_equal(r.drd.finished, 1);
    assert_true(r.drd.findings.count > 0);
    const struct finding *race = &r.drd.findings.items[0];
    assert_int_equal(race->defect, DEFECT_RACE);
    assert_int_equal(race->site_count, 1);
    assert_non_null(strstr(background(race, ALLOCATED, 0)->text, "Allocation context:"));
    assert_memory_equal(background(race, OTHER_STACK, 0)->subject, "thread ", 7);
    assert_memory_equal(background(race, OTHER_STACK, 0)->text, "Other segment start", 19);
    assert_memory_equal(background(race, OTHER_STACK, 1)->text, "Other segment end", 17);
    release(&r);
}

/* Time stamps, the core's own lines, folders, and the list of all errors at the end, which counts. */
static void verbose_text_counts_occurrences(void **state)
{
    (void)state;
    struct reading r = read_recorded("drd-3.19-race-verbose.txt");
    assert_int_equal(r.drd.findings.count, 2);
    assert_int_equal(r.drd.processes, 1);
    assert_int_equal(r.drd.finished, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(r.drd.findings.items[i].times, 20000);
        assert_string_equal(r.drd.findings.items[i].sites[0].file,
                            RECORDED_ROOT "buggy/race/unlocked_counter.c");
    }
    release(&r);
    r = read_recorded("helgrind-3.19-race-verbose.txt");
    assert_int_equal(r.helgrind.findings.count, 2);
    assert_int_equal(r.helgrind.findings.items[0].times, 1);
    release(&r);
}

static const char *base(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "";
}

static void same_site(const struct site *xml, const struct site *text)
{
    assert_string_equal(base(xml->file), base(text->file));
    assert_int_equal(xml->line, text->line);
    assert_string_equal(xml->function ? xml->function : "", text->function ? text->function : "");
    assert_int_equal(xml->stack.count, text->stack.count);
    assert_string_equal(xml->act ? xml->act : "", text->act ? text->act : "");
}

static void same_finding(const struct finding *xml, const struct finding *text)
{
    assert_int_equal(xml->defect, text->defect);
    /* The XML leaves out where the order that violates took its first lock. */
    size_t more = xml->defect == DEFECT_LOCK_ORDER;
    assert_int_equal(xml->site_count + more, text->site_count);
    for (size_t i = 0; i < xml->site_count; i++) {
        struct site site = text->sites[i + more];
        if (more)
            site.act = xml->sites[i].act; /* nor does it name the locks */
        same_site(&xml->sites[i], &site);
    }
    for (enum background_kind kind = THREAD_MADE; kind <= ALLOCATED; kind++) {
        size_t counts[2] = {0, 0};
        for (size_t i = 0; i < xml->background_count; i++)
            counts[0] += xml->backgrounds[i].kind == kind;
        for (size_t i = 0; i < text->background_count; i++)
            counts[1] += text->backgrounds[i].kind == kind;
        assert_int_equal(counts[0], counts[1]);
    }
}

static void xml_and_text_give_the_same(void **state)
{
    (void)state;
    static const char *const labels[] = {"race",   "lock-order", "misuse",    "self-deadlock",
                                         "cond",   "cond-wait",  "rwlock",    "double-unlock",
                                         "g++",    "clang++",    "heap-race", "exit-with-lock",
                                         "barrier"};
    size_t compared = 0;
    for (size_t i = 0; i < 2 * sizeof(labels) / sizeof(*labels); i++) {
        char *name = xasprintf("%s-3.19-%s", i % 2 ? "drd" : "helgrind", labels[i / 2]);
        char *xml_name = xasprintf("%s.xml", name);
        char *text_name = xasprintf("%s.txt", name);
        size_t length = 0;
        char *xml = testdata_read(xml_name, &length);
        struct findings from_xml = {0};
        struct valgrind_proof proof = {0};
        assert_null(valgrind_read_xml(xml, length, false, NULL, NULL, &from_xml, &proof));
        struct reading r = read_recorded(text_name);
        const struct valgrind_log *log = i % 2 ? &r.drd : &r.helgrind;
        if (from_xml.count != log->findings.count)
            fail_msg("%s: %zu findings by XML, %zu by text", name, from_xml.count,
                     log->findings.count);
        for (size_t k = 0; k < from_xml.count; k++, compared++)
            same_finding(&from_xml.items[k], &log->findings.items[k]);
        release(&r);
        findings_release(&from_xml);
        free(proof.version);
        free(xml);
        free(name);
        free(xml_name);
        free(text_name);
    }
    assert_true(compared > 30);
}

#define REPORT(pid, thread, address)                                                               \
    "==" pid "== ----------------------------------------------------------------\n"               \
    "==" pid "== \n"                                                                               \
    "==" pid "== Possible data race during write of size 4 at " address " by thread #" thread "\n" \
    "==" pid "== Locks held: none\n"                                                               \
    "==" pid "==    at " address ": f (a.c:3)\n"                                                   \
    "==" pid "== \n"

static void what_is_said_again_is_counted(void **state)
{
    (void)state;
    struct reading r =
        read_string(REPORT("7", "2", "0x4A0") REPORT("8", "3", "0x5B0") REPORT("7", "2", "0x4A0"));
    assert_int_equal(r.helgrind.processes, 2);
    assert_int_equal(r.helgrind.findings.count, 1);
    assert_int_equal(r.helgrind.findings.items[0].times, 3);
    assert_int_equal(r.helgrind.findings.items[0].raw_line, 3);
    release(&r);
}

static void interleaved_processes_are_kept_apart(void **state)
{
    (void)state;
    struct reading r =
        read_string("==1== Possible data race during read of size 4 at 0x1 by thread #2\n"
                    "==2== Conflicting store by thread 3 at 0x00000002 size 4\n"
                    "==1==    at 0x4: one (one.c:1)\n"
                    "what the program prints ==2==    at 0x5: two (two.c:2)\n"
                    "2026-01-01T00:00:00Z ==1==    by 0x6: main (one.c:9)\n"
                    "==2== \n==2== ERROR SUMMARY: 1 errors from 1 contexts\n");
    assert_int_equal(r.helgrind.findings.count, 1);
    assert_string_equal(r.helgrind.findings.items[0].sites[0].function, "one");
    assert_int_equal(r.helgrind.findings.items[0].sites[0].stack.count, 2);
    assert_int_equal(r.helgrind.finished, 0);
    assert_int_equal(r.drd.findings.count, 1);
    assert_string_equal(r.drd.findings.items[0].sites[0].file, "two.c");
    assert_int_equal(r.drd.finished, 1);
    release(&r);
}

static void a_race_without_own_frames_still_has_a_place(void **state)
{
    (void)state;
    struct reading r =
        read_string("==1== Possible data race during read of size 4 at 0x1 by thread #2\n"
                    "==1==    at 0x4: memcpy (in /usr/lib/libc.so.6)\n"
                    "==1==    by 0x5: ??? (in /opt/app (1)/shop)\n");
    const struct finding *race = &r.helgrind.findings.items[0];
    assert_int_equal(race->site_count, 1);
    assert_int_equal(race->sites[0].stack.count, 2);
    assert_string_equal(race->sites[0].stack.frames[1].module, "/opt/app (1)/shop");
    release(&r);
}

static void other_words_of_valgrind_are_no_findings(void **state)
{
    (void)state;
    struct reading r = read_string(
        "==1== drd, a thread error detector\n==1== Using Valgrind-3.22.0 and LibVEX\n==1== \n"
        "--1-- WARNING: unhandled amd64-linux syscall: 435\n==1==    at 0x4: f (a.c:1)\n==1== \n"
        "==1== Process terminating with default action of signal 11 (SIGSEGV)\n"
        "==1==    at 0x4: f (a.c:1)\n==1== \n"
        "**1** the program's words\n==1==    at 0x4: f (a.c:1)\n"
        "==1== Thread 3:\n==1== Something of a later version: 5\n==1==    at 0x6: g (a.c:2)\n"
        "==2== Memcheck, a memory error detector\n==2== \n==2== Thread #2: not for us\n"
        "==2==    at 0x4: f (a.c:1)\n==2== ERROR SUMMARY: 1 errors\n");
    assert_int_equal(r.helgrind.processes, 0);
    assert_int_equal(r.drd.findings.count, 1);
    assert_string_equal(r.drd.findings.items[0].message, "Something of a later version: 5");
    assert_string_equal(r.drd.version, "3.22.0");
    release(&r);
}

static void a_log_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const char *const names[] = {"helgrind-3.19-g++.txt", "drd-3.19-cond.txt"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = 0;
        char *text = testdata_read(names[i], &length);
        for (size_t cut = 0; cut < length; cut += 97) {
            struct reading r = read_text(text, cut);
            assert_true(r.helgrind.finished + r.drd.finished == 0 || length - cut < 100);
            release(&r);
            r = read_text(text + cut, length - cut);
            for (size_t k = 0; k < r.helgrind.findings.count; k++)
                assert_non_null(r.helgrind.findings.items[k].raw);
            release(&r);
        }
        free(text);
    }
}

static void hostile_text_is_taken_in_linear_time_and_bounded_room(void **state)
{
    (void)state;
    struct valgrind_text *reader = valgrind_text_new(NULL, NULL);
    size_t length = 1 << 20;
    char *line = xcalloc(1, length);
    static const char heads[][40] = {"==1== Possible data race during ",
                                     "==1==    at 0x4: ", "==", "==00:00:00 ", "==1== Thread #"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        for (int fill = 0; fill < 256; fill += 5) {
            memset(line, fill, length);
            memcpy(line, heads[i], strlen(heads[i]));
            valgrind_text_feed(reader, line, length);
        }
    }
    free(line);
    /* Many processes, threads and lines of one report. */
    for (unsigned i = 0; i < 100000; i++) {
        char *text = xasprintf("==%u== ---Thread-Announcement---\n==%u== Thread #%u was created\n"
                               "==3== Possible data race during \x1b[31m<script>\n==3== a\n"
                               "==4== Conflicting load by thread 1\n==4==    at 0x1: f (a.c:1)\n"
                               "==4==    by 0x2: g (b.c:1)\n",
                               i, i, i);
        feed(reader, text, strlen(text));
        free(text);
    }
    struct reading r;
    valgrind_text_end(reader, &r.helgrind, &r.drd);
    assert_true(r.helgrind.findings.count < 300);
    assert_int_equal(r.drd.findings.count, 1);
    for (size_t i = 0; i < r.helgrind.findings.count; i++) {
        assert_true(strlen(r.helgrind.findings.items[i].raw) <= 3 << 20);
        assert_null(strchr(r.helgrind.findings.items[i].raw, '\x1b'));
    }
    release(&r);
}

static void who_allocated_is_told_past_other_stacks(void **state)
{
    (void)state;
    struct reading r =
        read_string("==1== Helgrind, a thread error detector\n"
                    "==1== ----------------------------------------------------------------\n"
                    "==1== Thread #1 unlocked a lock\n"
                    "==1==    at 0x1: f (x.c:1)\n"
                    "==1==  Address 0x1 is 0 bytes inside a block of size 8 alloc'd\n"
                    "==1==    at 0x1: g (x.c:2)\n"
                    "==1== Something else\n"
                    "==1==    at 0x1: g (x.c:3)\n"
                    "==1== Something other\n"
                    "==1==    at 0x1: g (x.c:3)\n"
                    "==1==  Block was alloc'd by thread #2\n"
                    "==1==    at 0x1: h (x.c:4)\n");
    assert_int_equal(r.helgrind.findings.count, 1);
    const struct finding *misuse = &r.helgrind.findings.items[0];
    assert_string_equal(background(misuse, ALLOCATED, 0)->subject, "thread 2");
    release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_race_has_locks_and_what_lies_behind),
        cmocka_unit_test(a_lock_order_has_four_acquisitions_and_names),
        cmocka_unit_test(locks_held_for_reading_are_not_told),
        cmocka_unit_test(drd_tells_blocks_and_segments),
        cmocka_unit_test(verbose_text_counts_occurrences),
        cmocka_unit_test(xml_and_text_give_the_same),
        cmocka_unit_test(what_is_said_again_is_counted),
        cmocka_unit_test(interleaved_processes_are_kept_apart),
        cmocka_unit_test(a_race_without_own_frames_still_has_a_place),
        cmocka_unit_test(other_words_of_valgrind_are_no_findings),
        cmocka_unit_test(who_allocated_is_told_past_other_stacks),
        cmocka_unit_test(a_log_may_be_cut_anywhere),
        cmocka_unit_test(hostile_text_is_taken_in_linear_time_and_bounded_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
