#include "review/station.h"

#include "detect/detect.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_keys_tell_the_station(void **state)
{
    (void)state;
    static const struct {
        const char *family;
        const char *roadmap;
        enum station station;
    } cases[] = {
        {"race", "threads, races", STATION_THREADS},
        {"race", "chunks, threads, races", STATION_THREADS},
        {"race", "GIL, Lock, races", STATION_LOCKS},
        {"race", "is_alive, threads, Lock, races", STATION_LOCKS},
        {"waiting", "Condition", STATION_LOCKS},
        {"deadlock", "RLock, deadlocks", STATION_LOCKS},
        {"waiting", "Queue, Condition, deadlocks", STATION_QUEUES},
        {"atomicity", "threads, Lock, Queue, races", STATION_QUEUES},
        {"executor", "threads, Queue, pool, races", STATION_POOLS},
        {"race", "futures, threads, Condition, races", STATION_POOLS},
        {"process", "processes, Pipe, threads, deadlocks", STATION_PROCESSES},
        {"process", "process Queue", STATION_PROCESSES},
        {"process", "shared memory", STATION_PROCESSES},
        {"false_alarm", "threads, Pipe, races", STATION_PROCESSES},
        {"deadlock", "Lock, deadlocks", STATION_BUGS},
        {"deadlock", "threads, deadlocks", STATION_BUGS},
        {"atomicity", "threads, RLock, races", STATION_BUGS},
        {"memory_order", "threads, Queue, races", STATION_BUGS},
        {"false_alarm", "threads, races", STATION_BUGS},
        {"deadlock", "threads, Lock, deadlocks, server", STATION_SERVER},
        {"memory_order", "processes, server", STATION_SERVER},
        {"race", "threads, poolside", STATION_THREADS}, /* lint tells of a key that is none */
        {"race", NULL, STATION_THREADS}, /* a header that lacks it is a complaint elsewhere */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pair pair = {.family = (char *)cases[i].family,
                            .lesson = {.roadmap = (char *)cases[i].roadmap}};
        if (station_of(&pair) != cases[i].station)
            fail_msg("%s, %s: %s", cases[i].family, cases[i].roadmap,
                     station_word(station_of(&pair)));
    }
}

static void a_station_has_a_number_and_a_name(void **state)
{
    (void)state;
    enum station station = STATION_SERVER;
    assert_true(station_from_text("1", &station));
    assert_int_equal(station, STATION_THREADS);
    assert_true(station_from_text("7", &station));
    assert_int_equal(station, STATION_SERVER);
    assert_true(station_from_text("pools", &station));
    assert_int_equal(station, STATION_POOLS);
    static const char *const none[] = {"0", "8", "", "thread", "threads ", "11"};
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        assert_false(station_from_text(none[i], &station));
}

#define SHORT "int a;\n"
#define TOLD  "/* no */\n/* code */\nint a;\n/* but that */\n"
#define LONG  "int a;\n/* no\n code */\n\nint b; int c;\n"

/* A race that every detector tells of, and one of which all but one are silent. */
static struct exception silent[] = {
    {.kind = EXCEPTION_BLIND, .detector = "helgrind"},
    {.kind = EXCEPTION_BLIND, .detector = "drd"},
    {.kind = EXCEPTION_BLIND, .detector = "tsan"},
};
static struct promise loud_race[] = {{.kind = PROMISE_BUG, .defect = DEFECT_RACE}};
static struct promise quiet_race[] = {
    {.kind = PROMISE_BUG, .defect = DEFECT_RACE, .exceptions = silent, .exception_count = 3}};

#define PAIR(name, text, keys, promise, lesson_size)                                               \
    {                                                                                              \
        .id = "race/" name, .family = "race",                                                      \
        .lesson = {.roadmap = (keys), .size = (lesson_size)},                                      \
        .twin = {{.source = (text),                                                                \
                  .length = sizeof(text) - 1,                                                      \
                  .annotations = {.promises = {.items = (promise), .count = 1}}}},                 \
    }

static void expect_order(const struct corpus *corpus, const char *const *ids)
{
    struct roadmap roadmap;
    roadmap_make(corpus, &roadmap);
    assert_int_equal(roadmap.count, corpus->count);
    for (size_t i = 0; i < roadmap.count; i++)
        assert_string_equal(roadmap.stops[i].pair->id, ids[i]);
    roadmap_release(&roadmap);
}

static void the_easier_come_first(void **state)
{
    (void)state;
    struct pair pairs[] = {
        PAIR("a_large", SHORT, "threads", loud_race, "large"),
        PAIR("b_lock", SHORT, "threads, Lock", loud_race, NULL),
        PAIR("c_daemon", SHORT, "threads, daemon", loud_race, NULL),
        PAIR("d_quiet", SHORT, "threads", quiet_race, NULL),
        PAIR("e_long", LONG, "threads", loud_race, NULL),
        PAIR("f_short_10", SHORT, "threads", loud_race, NULL),
        PAIR("f_short_9", TOLD, "threads", loud_race, NULL),
    };
    const struct corpus corpus = {.pairs = pairs, .count = sizeof(pairs) / sizeof(*pairs)};
    static const char *const ids[] = {"race/f_short_9", "race/f_short_10", "race/e_long",
                                      "race/d_quiet",   "race/c_daemon",   "race/a_large",
                                      "race/b_lock"};
    expect_order(&corpus, ids);
}

static void bugs_are_ordered_by_kind(void **state)
{
    (void)state;
    struct pair pairs[] = {
        {.id = "false_alarm/a", .family = "false_alarm", .lesson = {.roadmap = "threads"}},
        {.id = "memory_order/a", .family = "memory_order", .lesson = {.roadmap = "threads"}},
        {.id = "deadlock/a", .family = "deadlock", .lesson = {.roadmap = "threads, deadlocks"}},
        {.id = "atomicity/a", .family = "atomicity", .lesson = {.roadmap = "Lock, races"}},
    };
    for (size_t i = 0; i < 4; i++)
        pairs[i].twin[BUGGY].source = "";
    const struct corpus corpus = {.pairs = pairs, .count = 4};
    static const char *const ids[] = {"atomicity/a", "deadlock/a", "memory_order/a",
                                      "false_alarm/a"};
    expect_order(&corpus, ids);
}

/* What a learner is shown: each station has something, and none nearly everything. */
static void the_corpus_stands_at_all_stations(void **state)
{
    (void)state;
    struct corpus corpus;
    assert_int_equal(corpus_load(RACELAB_ROOT, detector_names(), &corpus), 0);
    struct roadmap roadmap;
    roadmap_make(&corpus, &roadmap);
    assert_int_equal(roadmap.count, corpus.count);
    size_t counts[STATION_COUNT] = {0};
    for (size_t i = 0; i < roadmap.count; i++) {
        counts[roadmap.stops[i].station]++;
        if (i > 0)
            assert_true(roadmap.stops[i - 1].station <= roadmap.stops[i].station);
    }
    for (enum station s = STATION_THREADS; s < STATION_COUNT; s++) {
        if (counts[s] < 5 || counts[s] > corpus.count / 3)
            fail_msg("%s: %zu of %zu pairs", station_word(s), counts[s], corpus.count);
    }
    roadmap_release(&roadmap);
    corpus_release(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_tell_the_station),
        cmocka_unit_test(a_station_has_a_number_and_a_name),
        cmocka_unit_test(the_easier_come_first),
        cmocka_unit_test(bugs_are_ordered_by_kind),
        cmocka_unit_test(the_corpus_stands_at_all_stations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
