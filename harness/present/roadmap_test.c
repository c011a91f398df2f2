/* The roadmap to the letter. */
#include "present/roadmap.h"

#include "corpus/file.h"
#include "review/progress_fixture.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct roadmap_options all = {.known = true};

static struct progress make(void)
{
    struct records records = {0};
    struct progress progress;
    add_guilty(&records, "race/counter", 90);
    add_guilty(&records, "race/torn", 50);
    add_innocent(&records, "waiting/wakeup", true);
    progress_make(made_corpus(), records.items, records.count, &progress);
    records_release(&records);
    return progress;
}

static void expect_roadmap(const struct style *style, const struct roadmap_options *options,
                           const char *wanted)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    struct progress progress = make();
    roadmap_print(out, style, &progress, options);
    progress_release(&progress);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
    free(text);
}

static void stations_stand_in_learning_order(void **state)
{
    (void)state;
    struct style plain = {0};
    expect_roadmap(&plain, &all,
                   "1. threads: 2 pairs, 1 mended, 1 tried, 0 met, 0 new\n"
                   "  mended  race/counter\n"
                   "  tried   race/torn\n"
                   "\n"
                   "2. locks and the other primitives: 1 pair, 0 mended, 0 tried, 1 met, 0 new\n"
                   "  met     waiting/wakeup\n"
                   "\n"
                   "3. queues: 0 pairs, 0 mended, 0 tried, 0 met, 0 new\n"
                   "\n"
                   "4. pools and futures: 1 pair, 0 mended, 0 tried, 0 met, 1 new\n"
                   "  new     executor/pool\n"
                   "\n"
                   "5. processes: 0 pairs, 0 mended, 0 tried, 0 met, 0 new\n"
                   "\n"
                   "6. bugs and their mending: 1 pair, 0 mended, 0 tried, 0 met, 1 new\n"
                   "  new     deadlock/cycle\n"
                   "\n"
                   "7. the server project: 0 pairs, 0 mended, 0 tried, 0 met, 0 new\n"
                   "\n"
                   "mended: the last round with its bug was all right: verdict, class, patch\n"
                   "tried: that round was not yet all right\n"
                   "met: innocent rounds of it alone so far\n"
                   "new: no round of it yet\n"
                   "\n"
                   "Next: racelab review race/torn\n");
}

static void one_station_has_titles(void **state)
{
    (void)state;
    struct style plain = {0};
    struct roadmap_options one = {.one = true, .station = STATION_THREADS, .known = true};
    expect_roadmap(
        &plain, &one,
        "1. threads: 2 pairs, 1 mended, 1 tried, 0 met, 0 new\n"
        "  mended  race/counter\n"
        "            a counter without a lock, which is told in so many words that a line\n"
        "            does not hold them\n"
        "  tried   race/torn\n"
        "            a struct in halves\n"
        "\n"
        "mended: the last round with its bug was all right: verdict, class, patch\n"
        "tried: that round was not yet all right\n"
        "met: innocent rounds of it alone so far\n"
        "new: no round of it yet\n"
        "\n"
        "Next: racelab review race/torn\n");
}

static void the_next_pair_is_of_the_station(void **state)
{
    (void)state;
    struct style plain = {0};
    struct roadmap_options one = {.one = true, .station = STATION_BUGS, .known = true};
    expect_roadmap(&plain, &one,
                   "6. bugs and their mending: 1 pair, 0 mended, 0 tried, 0 met, 1 new\n"
                   "  new     deadlock/cycle\n"
                   "            two locks in both orders\n"
                   "\n"
                   "mended: the last round with its bug was all right: verdict, class, patch\n"
                   "tried: that round was not yet all right\n"
                   "met: innocent rounds of it alone so far\n"
                   "new: no round of it yet\n"
                   "\n"
                   "Next: racelab review deadlock/cycle\n");
}

static void a_narrow_terminal_and_colours(void **state)
{
    (void)state;
    struct style colour = {.colour = true, .width = 40};
    struct roadmap_options one = {.one = true, .station = STATION_THREADS, .known = true};
    expect_roadmap(&colour, &one,
                   "\033[1m1. threads\033[0m: 2 pairs, 1 mended, 1 tried, 0 met, 0 new\n"
                   "  mended  race/counter\n"
                   "            a counter without a lock,\n"
                   "            which is told in so many\n"
                   "            words that a line does not\n"
                   "            hold them\n"
                   "  tried   race/torn\n"
                   "            a struct in halves\n"
                   "\n"
                   "mended: the last round with its bug\n"
                   "  was all right: verdict, class, patch\n"
                   "tried: that round was not yet all\n"
                   "  right\n"
                   "met: innocent rounds of it alone so\n"
                   "  far\n"
                   "new: no round of it yet\n"
                   "\n"
                   "Next: racelab review race/torn\n");
}

static void what_is_not_known_is_not_said(void **state)
{
    (void)state;
    struct style plain = {0};
    struct roadmap_options one = {.one = true, .station = STATION_LOCKS};
    expect_roadmap(&plain, &one,
                   "2. locks and the other primitives: 1 pair\n"
                   "  waiting/wakeup\n"
                   "      a signal too early\n"
                   "\n");
}

static json_t *write_json(const struct roadmap_options *options)
{
    char path[] = "/tmp/racelab-roadmap-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct progress progress = make();
    assert_int_equal(roadmap_write_json(path, &progress, options), 0);
    assert_int_equal(roadmap_write_json("/dev/full", &progress, options), -ENOSPC);
    progress_release(&progress);
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        fail_msg("%s", error.text);
    unlink(path);
    return json;
}

/* A station's pair. */
static json_t *pair_at(json_t *json, size_t station, size_t pair)
{
    json_t *stations = json_object_get(json, "stations");
    return json_array_get(json_object_get(json_array_get(stations, station), "pairs"), pair);
}

static void expect_text(const json_t *object, const char *key, const char *wanted)
{
    const char *got = json_string_value(json_object_get(object, key));
    assert_non_null(got);
    assert_string_equal(got, wanted);
}

static void as_json(void **state)
{
    (void)state;
    json_t *json = write_json(&all);
    assert_int_equal(json_integer_value(json_object_get(json, "schema")), 1);
    assert_int_equal(json_array_size(json_object_get(json, "stations")), STATION_COUNT);
    json_t *threads = json_array_get(json_object_get(json, "stations"), 0);
    assert_int_equal(json_integer_value(json_object_get(threads, "number")), 1);
    expect_text(threads, "name", "threads");
    expect_text(json_array_get(json_object_get(json, "stations"), 1), "title",
                "locks and the other primitives");
    expect_text(pair_at(json, 0, 0), "id", "race/counter");
    expect_text(pair_at(json, 0, 0), "standing", "mended");
    expect_text(pair_at(json, 0, 1), "title", "a struct in halves");
    expect_text(pair_at(json, 0, 1), "standing", "tried");
    assert_int_equal(json_integer_value(json_object_get(pair_at(json, 0, 1), "rounds")), 1);
    assert_int_equal(json_integer_value(json_object_get(pair_at(json, 0, 1), "last")),
                     1793534400 + 86400);
    expect_text(pair_at(json, 1, 0), "standing", "met");
    expect_text(pair_at(json, 3, 0), "standing", "new");
    assert_true(json_is_null(json_object_get(pair_at(json, 3, 0), "last")));
    expect_text(json, "next", "race/torn");
    json_decref(json);

    json = write_json(&(struct roadmap_options){.one = true, .station = STATION_POOLS});
    assert_int_equal(json_array_size(json_object_get(json, "stations")), 1);
    expect_text(pair_at(json, 0, 0), "id", "executor/pool");
    assert_true(json_is_null(json_object_get(pair_at(json, 0, 0), "standing")));
    assert_true(json_is_null(json_object_get(pair_at(json, 0, 0), "rounds")));
    assert_true(json_is_null(json_object_get(json, "next")));
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stations_stand_in_learning_order),
        cmocka_unit_test(one_station_has_titles),
        cmocka_unit_test(the_next_pair_is_of_the_station),
        cmocka_unit_test(a_narrow_terminal_and_colours),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
