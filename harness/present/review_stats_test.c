/* What is told of the rounds, to the letter. */
#include "present/review_stats.h"

#include "model/memory.h"
#include "review/progress_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct style plain = {0};

/* What a print function writes; from malloc. */
static char *stats(const struct style *style, const struct records *records)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    struct progress progress;
    progress_make(made_corpus(), records->items, records->count, &progress);
    review_stats_print(out, style, &progress);
    progress_release(&progress);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *summary(const struct style *style, const struct records *session,
                     const struct records *history)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    review_summary_print(out, style, made_corpus(), session, history);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect_columns(const char *text, size_t most)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (length > most)
            fail_msg("%zu columns: %.*s", length, (int)length, line);
        line += length + (line[length] != '\0');
    }
}

static void without_rounds_it_says_how_to_begin(void **state)
{
    (void)state;
    struct records records = {0};
    char *text = stats(&plain, &records);
    assert_string_equal(text,
                        "No round is finished yet; `racelab review` begins with the first.\n");
    free(text);
}

static void fill(struct records *records)
{
    for (int i = 0; i < 6; i++)
        add_guilty(records, "race/counter", i < 3 ? 0 : 90);
    add_innocent(records, "race/torn", true);
    add_innocent(records, "race/torn", false);
    add_innocent(records, "race/torn", true);
    add_guilty(records, "race/counter", 90);
    add_guilty(records, "deadlock/cycle", 20);
    add_guilty(records, "deadlock/cycle", 50);
    add_guilty(records, "deadlock/cycle", 20);
    add_innocent(records, "waiting/wakeup", true);
    records->items[0].hints = 2;
    records->items[1].ms = 3600000;
}

static void all_rounds_families_days_and_what_is_next(void **state)
{
    (void)state;
    static const char wanted[] =
        "All rounds\n"
        "  14 rounds, 54 points a round, 7 of 10 bugs found, 3 of 4 innocent accepted,\n"
        "  lines: precision 67%, recall 35%, class right 5 of 10, patch right 4 of 10, 2\n"
        "  hints\n"
        "  worse: 56 points in the last 5 rounds, 76 in the 5 before\n"
        "  1 h 17 min in all, 1 min 20 s a round (median)\n"
        "\n"
        "By family\n"
        "deadlock: weak; 3 rounds, 30 points a round, 3 of 3 bugs found, lines: precision\n"
        "          67%, recall 50%, class right 1 of 3, patch right 0 of 3, 2 min a round\n"
        "race: weak; 10 rounds, 56 points a round, 4 of 7 bugs found, 2 of 3 innocent\n"
        "      accepted, lines: precision 67%, recall 29%, class right 4 of 7, patch\n"
        "      right 4 of 7, 1 min a round; better: 76 points in the last 5 rounds, 36 in\n"
        "      the 5 before\n"
        "waiting: too few rounds to tell; 1 round, 100 points a round, 1 of 1 innocent\n"
        "         accepted, 2 min 20 s a round\n"
        "\n"
        "By day, the last ten\n"
        "  2026-11-05: 1 round, 90 points a round, 1 of 1 bugs found\n"
        "  2026-11-06: 1 round, 90 points a round, 1 of 1 bugs found\n"
        "  2026-11-07: 1 round, 100 points a round, 1 of 1 innocent accepted\n"
        "  2026-11-08: 1 round, 0 points a round, 0 of 1 innocent accepted\n"
        "  2026-11-09: 1 round, 100 points a round, 1 of 1 innocent accepted\n"
        "  2026-11-10: 1 round, 90 points a round, 1 of 1 bugs found\n"
        "  2026-11-11: 1 round, 20 points a round, 1 of 1 bugs found\n"
        "  2026-11-12: 1 round, 50 points a round, 1 of 1 bugs found\n"
        "  2026-11-13: 1 round, 20 points a round, 1 of 1 bugs found\n"
        "  2026-11-14: 1 round, 100 points a round, 1 of 1 innocent accepted\n"
        "\n"
        "Pairs\n"
        "  of 5 pairs 1 mended, 1 tried, 2 met, 1 new\n"
        "\n"
        "Next\n"
        "  racelab review deadlock/cycle\n"
        "  racelab review race/torn\n"
        "  racelab review waiting/wakeup\n"
        "  racelab review executor/pool\n"
        "  `racelab show CASE` tells the lesson of a pair, `racelab roadmap` all pairs in\n"
        "  the order in which they are learnt.\n";
    struct records records = {0};
    fill(&records);
    char *text = stats(&plain, &records);
    assert_string_equal(text, wanted);
    expect_columns(text, 80);
    free(text);

    struct style narrow = {.width = 40};
    text = stats(&narrow, &records);
    expect_columns(text, 40);
    free(text);

    /* Colours add nothing but themselves. */
    struct style colour = {.colour = true};
    text = stats(&colour, &records);
    assert_non_null(strstr(text, "\033[1mrace\033[0m: "));
    for (char *at = text; (at = strchr(at, '\033'));)
        memmove(at, strchr(at, 'm') + 1, strlen(strchr(at, 'm') + 1) + 1);
    assert_string_equal(text, wanted);
    free(text);
    records_release(&records);
}

static void a_session_is_told_round_by_round(void **state)
{
    (void)state;
    static const char wanted[] =
        "This session\n"
        "  6 rounds, 50 points a round, 3 of 4 bugs found, 1 of 2 innocent accepted,\n"
        "  lines: precision 67%, recall 38%, class right 3 of 4, patch right 1 of 3\n"
        "  3 min 30 s in all\n"
        "\n"
        "Its rounds\n"
        "  1. race/counter: bug found, lines: precision 67%, recall 50%, class right,\n"
        "     patch right, 90 points, 10 s\n"
        "  2. deadlock/cycle: a bug, but accepted, 0 points, 20 s\n"
        "     lesson: racelab show deadlock/cycle\n"
        "  3. waiting/wakeup: innocent, but rejected, 0 points, 30 s\n"
        "     lesson: racelab show waiting/wakeup\n"
        "  4. race/torn: innocent, accepted, 100 points, 40 s\n"
        "  5. race/torn.one_side: bug found, lines: precision 67%, recall 50%, class\n"
        "     right, patch wrong, 1 hint, 60 points, 50 s\n"
        "     lesson: racelab show race/torn\n"
        "  6. deadlock/cycle: bug found, lines: precision 67%, recall 50%, class right,\n"
        "     50 points, 1 min\n"
        "     lesson: racelab show deadlock/cycle\n"
        "\n"
        "Its families\n"
        "  strong: race (3 rounds, 83 points a round)\n"
        "  weak: deadlock (2 rounds, 25 points a round), waiting (1 round, 0 points a\n"
        "        round)\n"
        "\n"
        "Next\n"
        "  racelab review race/torn\n"
        "  racelab review waiting/wakeup\n"
        "  racelab review executor/pool\n"
        "  `racelab show CASE` tells the lesson of a pair, `racelab roadmap` all pairs in\n"
        "  the order in which they are learnt.\n";
    struct records session = {0};
    struct records history = {0};
    add_guilty(&session, "race/counter", 90);
    add_guilty(&session, "deadlock/cycle", 0);
    add_innocent(&session, "waiting/wakeup", false);
    add_innocent(&session, "race/torn", true);
    add_guilty(&session, "race/torn", 60);
    session.items[4].change = xstrdup("race/torn.one_side");
    session.items[4].hints = 1;
    add_guilty(&session, "deadlock/cycle", 50);
    session.items[5].marks.patch_asked = false;
    add_guilty(&history, "race/counter", 90);
    char *text = summary(&plain, &session, &history);
    assert_string_equal(text, wanted);
    expect_columns(text, 80);
    free(text);

    struct records none = {0};
    text = summary(&plain, &none, &history);
    assert_non_null(strstr(text, "This session\n  No round was finished.\n\nNext\n"));
    free(text);
    records_release(&session);
    records_release(&history);
}

static void nothing_is_next_where_all_is_mended(void **state)
{
    (void)state;
    struct records records = {0};
    for (size_t i = 0; i < made_corpus()->count; i++)
        add_guilty(&records, made_corpus()->pairs[i].id, 100);
    char *text = stats(&plain, &records);
    assert_non_null(strstr(text, "5 mended, 0 tried, 0 met, 0 new"));
    assert_non_null(strstr(text, "\nNext\n  Every pair is mended.\n"));
    free(text);
    records_release(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rounds_it_says_how_to_begin),
        cmocka_unit_test(all_rounds_families_days_and_what_is_next),
        cmocka_unit_test(a_session_is_told_round_by_round),
        cmocka_unit_test(nothing_is_next_where_all_is_mended),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
