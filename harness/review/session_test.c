#include "review/session.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A program of five lines: 1 and 2 are wanted, 3 is neutral; a race or a hang; options 0 and 1, which is right. */
static void make(struct round *round, enum polarity polarity, bool options)
{
    static const char source[] = "1;\n2;\n3;\n4;\n5;\n";
    *round = (struct round){.what.polarity = polarity};
    shown_make(source, strlen(source), &round->program);
    round->parts = xcalloc(5, sizeof(*round->parts));
    if (polarity == BUGGY) {
        round->parts[0] = round->parts[1] = LINE_WANTED;
        round->parts[2] = LINE_NEUTRAL;
        round->classes[DEFECT_RACE] = round->classes[DEFECT_HANG] = true;
    }
    for (size_t i = 0; i < 2 && polarity == BUGGY && options; i++)
        xappend((void **)&round->options, &round->option_count, sizeof(*round->options));
    round->right_option = 1;
    for (int i = 0; i < REVIEW_HINTS; i++)
        round->hints[i] = xasprintf("hint %d", i + 1);
}

static void open_session(struct session *session, const char *kinds)
{
    struct rounds rounds = {.items = xcalloc(strlen(kinds) + 1, sizeof(struct round))};
    for (; kinds[rounds.count]; rounds.count++)
        make(&rounds.items[rounds.count], kinds[rounds.count] == 'i' ? FIXED : BUGGY,
             kinds[rounds.count] == 'g');
    session_init(session, &rounds);
    assert_null(rounds.items);
    assert_int_equal(rounds.count, 0);
}

/* Nothing that the stage does not ask is taken. */
static void refuse_all_but(struct session *session, enum stage stage)
{
    assert_int_equal(session->stage, stage);
    if (stage != STAGE_VERDICT)
        assert_false(session_judge(session, REVIEW_ACCEPTED));
    if (stage != STAGE_LINES)
        assert_false(session_lines(session));
    if (stage != STAGE_CLASS)
        assert_false(session_class(session, DEFECT_RACE));
    if (stage != STAGE_PATCH)
        assert_false(session_patch(session, 0));
    if (stage != STAGE_TRUTH)
        assert_false(session_next(session));
    assert_int_equal(session->stage, stage);
}

static void stages(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, "gnigi");
    /* Guilty and rejected, with patches. */
    refuse_all_but(&session, STAGE_VERDICT);
    assert_false(session_judge(&session, REVIEW_UNDECIDED));
    assert_true(session_judge(&session, REVIEW_REJECTED));
    refuse_all_but(&session, STAGE_LINES);
    assert_true(session_lines(&session));
    refuse_all_but(&session, STAGE_CLASS);
    assert_false(session_class(&session, (enum defect)DEFECT_COUNT));
    assert_true(session_class(&session, DEFECT_LEAK));
    refuse_all_but(&session, STAGE_PATCH);
    assert_false(session_patch(&session, 2));
    assert_true(session_patch(&session, 1));
    refuse_all_but(&session, STAGE_TRUTH);
    struct answer *answer = session_answer(&session);
    assert_int_equal(answer->verdict, REVIEW_REJECTED);
    assert_int_equal(answer->defect, DEFECT_LEAK);
    assert_int_equal(answer->option, 1);
    assert_int_equal(answer->line_count, 5);
    assert_true(session_next(&session));
    /* Guilty without patches. */
    assert_ptr_equal(session_round(&session), &session.rounds.items[1]);
    assert_true(session_judge(&session, REVIEW_REJECTED));
    assert_true(session_lines(&session));
    assert_true(session_class(&session, DEFECT_RACE));
    refuse_all_but(&session, STAGE_TRUTH);
    assert_int_equal(session_answer(&session)->option, -1);
    assert_true(session_next(&session));
    /* Innocent and rejected, guilty and accepted, innocent and accepted. */
    assert_true(session_judge(&session, REVIEW_REJECTED));
    refuse_all_but(&session, STAGE_TRUTH);
    assert_true(session_next(&session));
    assert_true(session_judge(&session, REVIEW_ACCEPTED));
    refuse_all_but(&session, STAGE_TRUTH);
    assert_int_equal(session_answer(&session)->defect, -1);
    assert_true(session_next(&session));
    assert_true(session_judge(&session, REVIEW_ACCEPTED));
    assert_true(session_next(&session));
    refuse_all_but(&session, STAGE_OVER);
    assert_int_equal(session.at, 5);
    assert_null(session_round(&session));
    assert_null(session_answer(&session));
    assert_null(session_hint(&session));
    assert_int_equal(session_hint_price(&session), 0);
    session_release(&session);
    refuse_all_but(&session, STAGE_OVER);
}

static void empty(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, "");
    refuse_all_but(&session, STAGE_OVER);
    assert_null(session_round(&session));
    session_release(&session);
}

static void hints(void **state)
{
    (void)state;
    static const unsigned prices[] = {10, 20, 30};
    struct session session;
    open_session(&session, "gg");
    for (int i = 0; i < REVIEW_HINTS; i++) {
        assert_int_equal(session_hint_price(&session), prices[i]);
        assert_ptr_equal(session_hint(&session), session.rounds.items[0].hints[i]);
        if (i == 0)
            session_judge(&session, REVIEW_REJECTED);
    }
    assert_int_equal(session_hint_price(&session), 0);
    assert_null(session_hint(&session));
    assert_int_equal(session_answer(&session)->hints, REVIEW_HINTS);
    session_lines(&session);
    session_class(&session, DEFECT_RACE);
    session_patch(&session, 0);
    session_next(&session);
    /* Of the next round all are there, but none with the truth. */
    assert_int_equal(session_hint_price(&session), 10);
    session_judge(&session, REVIEW_ACCEPTED);
    assert_int_equal(session_hint_price(&session), 0);
    assert_null(session_hint(&session));
    assert_int_equal(session_answer(&session)->hints, 0);
    session_release(&session);
}

static const struct score {
    char kind; /* g: guilty; n: without patches; i: innocent */
    enum review_verdict verdict;
    const char *lines; /* marked */
    int defect, option;
    unsigned hints;
    size_t wanted, marked, hit;
    unsigned price, points;
} scores[] = {
    {'g', REVIEW_REJECTED, "12", DEFECT_RACE, 1, 0, 2, 2, 2, 0, 100},
    {'g', REVIEW_REJECTED, "123", DEFECT_HANG, 1, 0, 2, 2, 2, 0, 100}, /* neutral: no matter */
    {'g', REVIEW_REJECTED, "12", DEFECT_LEAK, 1, 0, 2, 2, 2, 0, 80},
    {'g', REVIEW_REJECTED, "12", DEFECT_RACE, 0, 0, 2, 2, 2, 0, 80},
    {'g', REVIEW_REJECTED, "", DEFECT_RACE, 1, 0, 2, 0, 0, 0, 70},
    {'g', REVIEW_REJECTED, "3", DEFECT_RACE, 1, 0, 2, 0, 0, 0, 70},
    {'g', REVIEW_REJECTED, "45", DEFECT_RACE, 1, 0, 2, 2, 0, 0, 70},
    {'g', REVIEW_REJECTED, "1", DEFECT_RACE, 1, 0, 2, 1, 1, 0, 90},    /* F1 2/3 */
    {'g', REVIEW_REJECTED, "1245", DEFECT_RACE, 1, 0, 2, 4, 2, 0, 90}, /* F1 2/3 */
    {'g', REVIEW_REJECTED, "145", DEFECT_RACE, 1, 0, 2, 3, 1, 0, 82},  /* F1 2/5 */
    {'g', REVIEW_REJECTED, "14", -1, -1, 0, 2, 2, 1, 0, 45},           /* F1 1/2, no more */
    {'g', REVIEW_ACCEPTED, "", -1, -1, 0, 2, 0, 0, 0, 0},
    {'g', REVIEW_UNDECIDED, "12", DEFECT_RACE, 1, 0, 2, 2, 2, 0, 0},
    {'g', REVIEW_REJECTED, "12", DEFECT_RACE, 1, 1, 2, 2, 2, 10, 90},
    {'g', REVIEW_REJECTED, "12", DEFECT_RACE, 1, 3, 2, 2, 2, 60, 40},
    {'g', REVIEW_REJECTED, "", -1, -1, 3, 2, 0, 0, 60, 0}, /* never below */
    {'n', REVIEW_REJECTED, "12", DEFECT_RACE, -1, 0, 2, 2, 2, 0, 100},
    {'n', REVIEW_REJECTED, "1", DEFECT_RACE, -1, 0, 2, 1, 1, 0, 83}, /* F1 2/3 of 50 */
    {'n', REVIEW_REJECTED, "", DEFECT_RACE, -1, 0, 2, 0, 0, 0, 50},
    {'i', REVIEW_ACCEPTED, "", -1, -1, 0, 0, 0, 0, 0, 100},
    {'i', REVIEW_ACCEPTED, "", -1, -1, 2, 0, 0, 0, 30, 70},
    {'i', REVIEW_REJECTED, "", -1, -1, 0, 0, 0, 0, 0, 0},
    {'i', REVIEW_UNDECIDED, "", -1, -1, 1, 0, 0, 0, 10, 0},
};

static void points(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(scores) / sizeof(*scores); i++) {
        const struct score *score = &scores[i];
        bool guilty = score->kind != 'i';
        struct round round;
        make(&round, guilty ? BUGGY : FIXED, score->kind == 'g');
        bool marked[5] = {false};
        for (const char *line = score->lines; *line; line++)
            marked[*line - '1'] = true;
        struct answer answer = {score->verdict, marked,       5, score->defect,
                                score->option,  score->hints, 0};
        struct marks marks;
        answer_mark(&round, &answer, &marks);
        if (marks.points != score->points || marks.price != score->price)
            fail_msg("score %zu: %u points, %u off", i, marks.points, marks.price);
        assert_int_equal(marks.guilty, guilty);
        assert_int_equal(marks.verdict_right,
                         score->verdict == (guilty ? REVIEW_REJECTED : REVIEW_ACCEPTED));
        assert_int_equal(marks.wanted, score->wanted);
        assert_int_equal(marks.marked, score->marked);
        assert_int_equal(marks.hit, score->hit);
        assert_int_equal(marks.class_right,
                         score->defect == DEFECT_RACE || score->defect == DEFECT_HANG);
        assert_int_equal(marks.patch_asked, score->kind == 'g');
        assert_int_equal(marks.patch_right, score->option == 1);
        double precision = score->marked > 0 ? (double)score->hit / (double)score->marked : 0;
        double recall = score->wanted > 0 ? (double)score->hit / (double)score->wanted : 0;
        assert_true(marks.precision == precision && marks.recall == recall);
        round_release(&round);
    }
}

static void classes(void **state)
{
    (void)state;
    for (int i = 0; i < DEFECT_COUNT; i++) {
        assert_non_null(review_class((enum defect)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(review_class((enum defect)i), review_class((enum defect)j));
    }
    assert_null(review_class((enum defect)DEFECT_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages), cmocka_unit_test(empty),   cmocka_unit_test(hints),
        cmocka_unit_test(points), cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
