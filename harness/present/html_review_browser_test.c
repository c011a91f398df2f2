/* The review in a browser: rounds by keyboard and by mouse with the points of review/session.c, and their truth. */
#include "model/memory.h"
#include "present/review_browser.h"
#include "review/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a test answers in a round, and what review/session.c makes of it. */
struct play {
    struct round *round;
    struct answer answer;
};

static struct play play_begin(enum fixture_round index)
{
    struct round *round = &review_fixture.rounds.items[index];
    struct play play = {.round = round, .answer = {.defect = -1, .option = -1}};
    play.answer.line_count = round->program.line_count;
    play.answer.marked = xcalloc(round->program.line_count + 1, sizeof(bool));
    char *hash = xasprintf("#view=review&show=%d", (int)index + 1);
    review_load_anew(hash);
    free(hash);
    return play;
}

static void press_number(size_t number)
{
    char key[2] = {(char)('0' + number), '\0'};
    browser_press(review_browser, key);
}

static void play_hint(struct play *play)
{
    PRESS("h");
    play->answer.hints++;
}

static void play_judge(struct play *play, enum review_verdict verdict)
{
    PRESS(verdict == REVIEW_ACCEPTED ? "a" : "r");
    play->answer.verdict = verdict;
}

/* Goes down the list from its first line and marks these; the focus is there already. */
static void play_lines(struct play *play, const bool *marked)
{
    assert_stage("Lines");
    assert_holds("document.activeElement.getAttribute('role') === 'option'");
    for (size_t i = 0; i < play->answer.line_count; i++) {
        if (i > 0)
            PRESS("ArrowDown");
        if (marked[i])
            PRESS(" ");
        play->answer.marked[i] = marked[i];
    }
    PRESS("d");
}

static bool *lines_of(const struct round *round, enum line_part part)
{
    bool *lines = xcalloc(round->program.line_count + 1, sizeof(bool));
    for (size_t i = 0; i < round->program.line_count; i++)
        lines[i] = round->parts[i] == part;
    return lines;
}

static void play_part(struct play *play, enum line_part part)
{
    bool *lines = lines_of(play->round, part);
    play_lines(play, lines);
    free(lines);
}

static void play_class(struct play *play, enum defect defect)
{
    assert_stage("Class");
    press_number((size_t)defect + 1);
    play->answer.defect = (int)defect;
}

static void play_patch(struct play *play, size_t option)
{
    assert_stage("Patch");
    press_number(option + 1);
    play->answer.option = (int)option;
}

/* Returns the points. */
static unsigned play_end(struct play *play)
{
    struct marks marks;
    answer_mark(play->round, &play->answer, &marks);
    assert_points(marks.points);
    assert_no_complaint();
    free(play->answer.marked);
    return marks.points;
}

static void a_guilty_round_goes_by_keyboard(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_GUILTY);
    assert_stage("Verdict");
    play_judge(&play, REVIEW_REJECTED);
    play_part(&play, LINE_WANTED);
    play_class(&play, DEFECT_RACE);
    play_patch(&play, play.round->right_option);
    assert_int_equal(play_end(&play), 100);
    assert_holds("document.activeElement.textContent.includes('Rightly rejected')");
}

/* Some right, some wrong, with two hints: the sum needs rounding. */
static void wrong_answers_and_hints_cost_the_same_as_in_the_terminal(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_GUILTY);
    play_hint(&play);
    play_judge(&play, REVIEW_REJECTED);
    bool *lines = lines_of(play.round, LINE_WANTED);
    for (size_t i = 0, seen = 0; i < play.answer.line_count; i++) {
        seen += lines[i];
        lines[i] = (lines[i] && seen == 1) || i < 4 || play.round->parts[i] == LINE_NEUTRAL;
    }
    play_lines(&play, lines);
    free(lines);
    play_class(&play, DEFECT_WRONG_RESULT); /* promised, too */
    play_patch(&play, (play.round->right_option + 1) % play.round->option_count);
    unsigned points = play_end(&play);
    assert_in_range(points, 41, 69);
    play = play_begin(ROUND_GUILTY);
    play_hint(&play);
    play_hint(&play);
    play_judge(&play, REVIEW_REJECTED);
    play_part(&play, LINE_NONE);
    play_class(&play, DEFECT_LEAK);
    play_patch(&play, play.round->right_option);
    assert_int_equal(play_end(&play), 20);
}

static void an_innocent_round_is_accepted_or_not(void **state)
{
    (void)state;
    static const enum fixture_round innocents[] = {ROUND_INNOCENT, ROUND_REFACTORING, ROUND_CALM};
    for (size_t i = 0; i < sizeof(innocents) / sizeof(*innocents); i++) {
        struct play play = play_begin(innocents[i]);
        play_hint(&play);
        play_judge(&play, REVIEW_ACCEPTED);
        assert_int_equal(play_end(&play), 90);
        play = play_begin(innocents[i]);
        play_judge(&play, REVIEW_REJECTED);
        assert_int_equal(play_end(&play), 0);
        assert_holds(TEXT('.round') ".includes('nothing is wrong with it')");
    }
}

static void a_guilty_round_that_is_accepted_is_over(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_CHANGE);
    play_judge(&play, REVIEW_ACCEPTED);
    assert_int_equal(play_end(&play), 0);
}

static void without_patches_the_lines_count_for_more(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_HANG);
    play_judge(&play, REVIEW_REJECTED);
    play_part(&play, LINE_WANTED);
    play_class(&play, DEFECT_LEAK);
    assert_int_equal(play_end(&play), 80);
    assert_holds(TEXT('.points') ".includes('50 of 50')");
}

static void lines_can_be_clicked(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_WRONG_PATCH);
    play_judge(&play, REVIEW_REJECTED);
    review_run("document.querySelectorAll('.chooser .line')[4].click()");
    review_run("document.querySelectorAll('.chooser .line')[6].click()");
    review_run("document.querySelectorAll('.chooser .line')[4].click()");
    assert_holds(
        "[...document.querySelectorAll('.chooser [aria-selected=\"true\"]')].map((line) => "
        "line.querySelector('.number').textContent).join() === '7'");
    assert_holds(TEXT('.question') ".includes('Done: 1 line marked')");
    /* What the change adds is told in words, too. */
    assert_holds("document.querySelector('.chooser .added').ariaLabel.includes(', added: ')");
    free(play.answer.marked);
    assert_no_complaint();
}

static void a_change_can_be_seen_whole(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=3");
    assert_number(COUNT('.round .diff'), 1);
    PRESS("w");
    assert_number(COUNT('.round .diff'), 0);
    assert_holds(COUNT('.round .source .line') " > 20");
    PRESS("w");
    assert_number(COUNT('.round .diff'), 1);
    assert_no_complaint();
}

/* What the page makes of a unified diff: both sides whole. */
static void diffs_are_those_of_the_rounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIXTURE_ROUNDS; i++) {
        const struct round *round = &review_fixture.rounds.items[i];
        if (round->what.form != REVIEW_DIFF)
            continue;
        char *hash = xasprintf("#view=review&show=%zu", i + 1);
        review_load_anew(hash);
        free(hash);
        review_run("for (let gap; (gap = document.querySelector('.gap button')); ) gap.click()");
        const struct shown *sides[] = {&round->base, &round->program};
        for (size_t side = 0; side < 2; side++) {
            char *expression =
                xasprintf("[...document.querySelectorAll('.diff tbody tr')].map((row) => "
                          "row.querySelectorAll('.code')[%zu]).filter((cell) => "
                          "!cell.classList.contains('none')).map((cell) => cell.textContent + "
                          "'\\n').join('')",
                          side);
            json_t *got = browser_value(review_browser, expression);
            assert_string_equal(json_string_value(got), sides[side]->text);
            json_decref(got);
            free(expression);
        }
    }
}

static void play_through(void)
{
    struct play play = play_begin(ROUND_GUILTY);
    play_judge(&play, REVIEW_REJECTED);
    bool *lines = lines_of(play.round, LINE_WANTED);
    for (size_t i = 0, seen = 0; i < play.answer.line_count; i++) {
        seen += lines[i];
        lines[i] = (lines[i] && seen == 1) || i == 0;
    }
    play_lines(&play, lines);
    free(lines);
    play_class(&play, DEFECT_RACE);
    play_patch(&play, play.round->right_option);
    play_end(&play);
}

static void the_truth_shows_what_was_recorded(void **state)
{
    (void)state;
    play_through();
    assert_holds(TEXT('.round') ".includes('racelab show race/visitors')");
    assert_holds(TEXT('.lesson') ".includes('a load, an addition and a store')");
    assert_number(COUNT('.said[data-detector]'), 5); /* four of the program, one of a patch */
    assert_holds(TEXT('.said[data-detector=tsan][open] .finding') ".includes('visitors')");
    review_run("for (const part of document.querySelectorAll('details')) part.open = true;"
               "new Promise((settle) => setTimeout(settle))");
    assert_holds("document.querySelector('.said[data-detector=drd]').textContent.includes("
                 "'the reason why drd is blind')");
    assert_number(COUNT('.stepper'), 1);
    assert_holds("document.querySelector('.stepper .source .marked.current')");
    /* Where the marks stand in the annotated source. */
    assert_holds(
        "[...document.querySelectorAll('.annotated .line')].filter((line) => "
        "line.textContent.includes('bug: race(visitors)')).map((line) => "
        "line.querySelector('.marks').textContent.match(/you: \\S+ (found|takes)/)[0]).join() === "
        "'you: ✓ found,you: ✗ takes'");
    assert_holds("[...document.querySelectorAll('.annotated .line')].find((line) => "
                 "line.textContent.includes('#include <assert.h>')).textContent.includes("
                 "'takes no part')");
    assert_no_complaint();
}

static void each_wrong_patch_says_why(void **state)
{
    (void)state;
    play_through();
    assert_number(COUNT('article.patch'), 4);
    static const char *const said[] = {
        [PATCH_NONE] = "right",
        [PATCH_MOVES] = "the bug is elsewhere now",
        [PATCH_HIDES] = "a detector that reported it is silent",
        [PATCH_SERIAL] = "gone with the concurrency",
    };
    const struct round *round = &review_fixture.rounds.items[ROUND_GUILTY];
    for (size_t i = 0; i < round->option_count; i++) {
        char *why = review_prose(round->options[i].why);
        char *expression = xasprintf("((text) => text.includes('%s') && text.includes('%s'))("
                                     "document.querySelectorAll('article.patch')[%zu].textContent)",
                                     said[round->options[i].kind], why, i);
        assert_holds(expression);
        free(expression);
        free(why);
    }
    assert_number(COUNT('article.patch .chip.defect'), 1);
    assert_number(COUNT('article.patch .said[data-detector=drd]'), 1);
    assert_no_complaint();
    /* The buggy twin is an option of a wrong patch, with the pair's own record. Its own fault is told beside the lesson. */
    struct play play = play_begin(ROUND_WRONG_PATCH);
    play_judge(&play, REVIEW_REJECTED);
    play_part(&play, LINE_WANTED);
    play_class(&play, DEFECT_RACE);
    play_patch(&play, play.round->right_option);
    play_end(&play);
    assert_holds("[...document.querySelectorAll('article.patch')].some((patch) => "
                 "patch.textContent.includes('it leaves the bug') && "
                 "patch.querySelector('.said[data-detector=tsan]'))");
    assert_holds("[...document.querySelectorAll('.round > p')].some((part) => part.textContent"
                 ".includes('main reads visitors without door'))");
}

static void a_hang_is_explained(void **state)
{
    (void)state;
    struct play play = play_begin(ROUND_HANG);
    play_judge(&play, REVIEW_ACCEPTED);
    play_end(&play);
    assert_holds("document.querySelector('.said[data-detector=watchdog] .graph')");
}

static void one_round_leads_to_the_next_and_to_its_pair(void **state)
{
    (void)state;
    review_load_anew("#view=review");
    assert_number(COUNT('[data-row]'), FIXTURE_ROUNDS);
    PRESS("g");
    browser_until(review_browser, COUNT('.round') " === 1");
    PRESS("a");
    assert_stage("Truth");
    PRESS("g");
    browser_until(review_browser, TEXT('#detail-title') " === 'Round 2 of 7'");
    assert_stage("Verdict");
    PRESS("Escape");
    browser_until(review_browser, "document.getElementById('detail').hidden");
    assert_holds(TEXT('#progress') ".startsWith('1 of 7 rounds done: 0 of 100 points')");
    assert_holds(TEXT('[data-row] td:last-child') " === 'race/visitors'");
    review_run("document.querySelector('[data-row] td:last-child a').click()");
    browser_until(review_browser, TEXT('#detail-title') " === 'race/visitors'");
    assert_holds("document.querySelector('#views [aria-current]').textContent === 'Pairs'");
    assert_no_complaint();
}

static void it_fits_a_phone_and_both_schemes(void **state)
{
    (void)state;
    static const char *const schemes[] = {"light", "dark"};
    static const char *const keys[] = {"", "r", "d", "1", "2"};
    for (size_t s = 0; s < 2; s++) {
        browser_prefer(review_browser, "prefers-color-scheme", schemes[s]);
        review_load_anew("#view=review&show=1");
        browser_resize(review_browser, 360, 740, true);
        for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
            if (*keys[k])
                browser_press(review_browser, keys[k]);
            browser_until(review_browser, "document.documentElement.clientWidth === 360");
            assert_number("document.documentElement.scrollWidth", 360);
            json_t *offenders = browser_value(review_browser, BROWSER_CONTRAST);
            assert_string_equal(json_string_value(offenders), "");
            json_decref(offenders);
        }
        assert_stage("Truth");
        PRESS("Escape");
        browser_until(review_browser, "document.getElementById('detail').hidden");
        assert_number("document.documentElement.scrollWidth", 360);
    }
    browser_prefer(review_browser, "prefers-color-scheme", "light");
    assert_no_complaint();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guilty_round_goes_by_keyboard),
        cmocka_unit_test(wrong_answers_and_hints_cost_the_same_as_in_the_terminal),
        cmocka_unit_test(an_innocent_round_is_accepted_or_not),
        cmocka_unit_test(a_guilty_round_that_is_accepted_is_over),
        cmocka_unit_test(without_patches_the_lines_count_for_more),
        cmocka_unit_test(lines_can_be_clicked),
        cmocka_unit_test(a_change_can_be_seen_whole),
        cmocka_unit_test(diffs_are_those_of_the_rounds),
        cmocka_unit_test(the_truth_shows_what_was_recorded),
        cmocka_unit_test(each_wrong_patch_says_why),
        cmocka_unit_test(a_hang_is_explained),
        cmocka_unit_test(one_round_leads_to_the_next_and_to_its_pair),
        cmocka_unit_test(it_fits_a_phone_and_both_schemes),
    };
    if (browser_missing())
        return BROWSER_SKIPS;
    return cmocka_run_group_tests(tests, review_open, review_close);
}
