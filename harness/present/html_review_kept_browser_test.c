/* The review in a browser: what it keeps and forgets, what it does where nothing can be kept, and what it does not tell. */
#include "model/memory.h"
#include "present/review_browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MARKED "[...document.querySelectorAll('.chooser [aria-selected=\"true\"]')].length"
#define KEPT   "Object.keys(localStorage).filter((key) => key.startsWith('racelab.review.')).length"

static void every_answer_survives_a_reload(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=1");
    PRESS("h", "r");
    review_load("#view=review&show=1");
    assert_stage("Lines");
    assert_number(COUNT('.hints li'), 1);
    PRESS("Tab");
    review_run("document.querySelector('.chooser .line').focus()");
    PRESS(" ", "ArrowDown", "ArrowDown", " ");
    review_load("#view=review&show=1");
    assert_stage("Lines");
    assert_number(MARKED, 2);
    PRESS("d");
    review_load("#view=review&show=1");
    assert_stage("Class");
    PRESS("1");
    review_load("#view=review&show=1");
    assert_stage("Patch");
    PRESS("1");
    assert_stage("Truth");
    json_t *points = browser_value(review_browser, TEXT('.round h3'));
    review_load("#view=review&show=1");
    assert_stage("Truth");
    json_t *again = browser_value(review_browser, TEXT('.round h3'));
    assert_string_equal(json_string_value(again), json_string_value(points));
    json_decref(points);
    json_decref(again);
    review_load("#view=review");
    assert_holds(TEXT('#progress') ".startsWith('1 of 7 rounds done')");
    assert_holds(TEXT('#overview section') ".includes('1 round that this browser remembers')");
    assert_no_complaint();
}

/* Answers are kept by the rounds: another page's are its own. */
static void another_page_has_answers_of_its_own(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=1");
    PRESS("a");
    review_fixture.rounds.count--;
    char *page = review_page("other");
    assert_int_equal(html_write_run(page, &review_fixture.matrix, &review_fixture.review), 0);
    free(page);
    review_fixture.rounds.count++;
    review_load_page("other", "#view=review&show=1");
    assert_stage("Verdict");
    review_load_page("other", "#view=review");
    assert_holds(TEXT('#overview section') ".includes('1 round that this browser remembers')");
}

static void the_clock_counts_on(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=1");
    browser_until(review_browser, TEXT('.clock') " !== '0:00'");
    PRESS("Escape");
    browser_until(review_browser, "document.getElementById('detail').hidden && " KEPT " === 1");
    review_load("#view=review&show=1");
    assert_holds(TEXT('.clock') " !== '0:00'");
    assert_no_complaint();
}

static void hints_tell_more_and_cost_more(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=1");
    const struct round *round = &review_fixture.rounds.items[ROUND_GUILTY];
    static const char *const prices[] = {"10", "20", "30"};
    for (size_t i = 0; i < REVIEW_HINTS; i++) {
        char *price = xasprintf("document.querySelector('[aria-keyshortcuts=h]').textContent"
                                ".includes('Hint for %s points')",
                                prices[i]);
        assert_holds(price);
        free(price);
        PRESS("h");
        json_t *hint = browser_value(
            review_browser, "[...document.querySelectorAll('.hints li')].pop().textContent");
        char *expected = review_prose(round->hints[i]);
        assert_string_equal(json_string_value(hint), expected);
        json_decref(hint);
        free(expected);
    }
    assert_number(COUNT('[aria-keyshortcuts=h]'), 0);
    assert_holds("document.querySelector('.hints').ariaLive === 'polite'");
    PRESS("a");
    assert_number(COUNT('[aria-keyshortcuts=h]'), 0);
    assert_no_complaint();
}

static void a_family_can_be_chosen(void **state)
{
    (void)state;
    review_load_anew("#view=review");
    assert_number(COUNT('#filters input'), 0); /* words to search for would tell */
    review_run("{ const field = document.getElementById('filter-family');"
               "field.value = 'waiting';"
               "field.dispatchEvent(new Event('input', {bubbles: true})); }");
    assert_number(COUNT('[data-row]'), 2);
    assert_holds("location.hash === '#view=review&family=waiting'");
    assert_holds(TEXT('#count') " === '2 of 7 rounds'");
    for (size_t i = 0; i < 2; i++) {
        PRESS("g");
        browser_until(review_browser, COUNT('[aria-keyshortcuts=a]') " === 1");
        PRESS("a");
    }
    PRESS("g");
    browser_until(review_browser, "document.getElementById('detail').hidden");
    assert_holds(TEXT('#progress') ".startsWith('2 of 7 rounds done: 100 of 200 points')");
    assert_number(COUNT('#review-go'), 0);
    assert_no_complaint();
}

static void reset_asks_first(void **state)
{
    (void)state;
    review_load_anew("#view=review&show=1");
    PRESS("a");
    review_load("#view=review");
    review_run("document.getElementById('review-reset-button').click()");
    PRESS("Escape");
    browser_until(review_browser, "!document.getElementById('review-reset')");
    assert_number(KEPT, 2);
    review_run("document.getElementById('review-reset-button').click();"
               "document.getElementById('reset-rounds').click()");
    assert_holds(TEXT('#progress') ".startsWith('0 of 7')");
    assert_holds(TEXT('#overview section') ".includes('1 round that this browser remembers')");
    assert_number(KEPT, 1);
    assert_holds("document.activeElement.id === 'review-reset-button'");
    review_run("localStorage.setItem('other', '1');"
               "document.getElementById('review-reset-button').click();"
               "document.getElementById('reset-all').click()");
    assert_number(KEPT, 0);
    assert_number("localStorage.length", 1); /* another's is left alone */
    assert_number(COUNT('#overview section'), 0);
    review_load("#view=review&show=1");
    assert_stage("Verdict");
    assert_no_complaint();
}

static void play_once(void)
{
    PRESS("h", "r");
    review_run("document.querySelector('.chooser .line').click()");
    PRESS("d", "1", "1");
    assert_stage("Truth");
    PRESS("Escape");
    browser_until(review_browser, "document.getElementById('detail').hidden");
    assert_holds(TEXT('#progress') ".startsWith('1 of 7 rounds done')");
    assert_holds(TEXT('#overview section') ".includes('1 round that this browser remembers')");
}

static void assert_told_once(const char *words)
{
    char *told = xasprintf("document.querySelector('[role=alert]').textContent.split('%s').length"
                           " === 2",
                           words);
    browser_until(review_browser, told);
    free(told);
}

static void without_storage_it_lasts_as_long_as_the_page(void **state)
{
    (void)state;
    browser_prepare(review_browser, "Object.defineProperty(window, 'localStorage', {get() {"
                                    "throw new DOMException('denied', 'SecurityError'); }})");
    review_load("#view=review&show=1");
    assert_told_once("keeps nothing for this page");
    play_once();
    assert_told_once("keeps nothing for this page");
    assert_no_complaint();
    browser_prepare(review_browser, "Object.defineProperty(window, 'localStorage', {value: null})");
    review_load("#view=review&show=1");
    assert_told_once("keeps nothing for this page");
    play_once();
    assert_no_complaint();
}

static int unprepare(void **state)
{
    (void)state;
    browser_prepare(review_browser, NULL);
    return 0;
}

static void full_storage_is_told_once(void **state)
{
    (void)state;
    review_load_anew("");
    review_run("{ let size = 1 << 24; let text = ''; while (size > 0) { try {"
               "localStorage.setItem('other', text + 'a'.repeat(size)); text += 'a'.repeat(size);"
               "} catch (error) { size >>= 1; } } }");
    review_load("#view=review&show=1");
    assert_holds(TEXT('[role=alert]') " === ''");
    play_once();
    assert_told_once("no room left");
    assert_number(KEPT, 0);
    assert_no_complaint();
}

static void what_cannot_be_read_is_left_alone(void **state)
{
    (void)state;
    static const char *const broken[] = {"{", "null", "[1]", "{\\\"stage\\\": \\\"lines\\\"}"};
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        review_load_anew("#view=review&show=1");
        PRESS("a");
        char *spoil = xasprintf("for (const key of Object.keys(localStorage))"
                                "localStorage.setItem(key, \"%s\")",
                                broken[i]);
        review_run(spoil);
        free(spoil);
        review_load("#view=review&show=1");
        assert_told_once("cannot be read");
        assert_stage("Verdict");
        play_once();
        assert_told_once("cannot be read");
        char *kept =
            xasprintf("Object.values(localStorage).every((text) => text === \"%s\")", broken[i]);
        assert_holds(kept);
        free(kept);
        assert_no_complaint();
    }
    review_run("document.getElementById('review-reset-button').click();"
               "document.getElementById('reset-all').click()");
    assert_number(KEPT, 0);
}

/*
 * What stands anywhere in the document besides the inert data, styles, scripts and the plain form: text, attributes, title
 * and address. The words of the program itself are taken out where they are shown, and looked at on their own.
 */
#define AROUND                                                                                     \
    "(() => { const page = document.documentElement.cloneNode(true);"                              \
    "for (const node of page.querySelectorAll('script, style, noscript')) node.remove();"          \
    "for (const node of page.querySelectorAll('.round .line, .round .diff tbody')) node.remove();" \
    "return page.outerHTML + document.title + location.href; })()"
#define PROGRAM                                                                                    \
    "[...document.querySelectorAll('.round .line, .round .diff')].map((node) => node.outerHTML)"   \
    ".join('')"

static bool finds(const char *where, const char *what)
{
    json_t *word = json_string(what);
    char *quoted = json_dumps(word, JSON_ENCODE_ANY);
    /* As a word of its own: `race` is not told by `racelab`. */
    char *expression =
        xasprintf("((text, word) => { for (let at = -1; (at = text.indexOf(word, at + 1)) >= 0; ) {"
                  "const around = text.substr(at - 1, 1) + text.substr(at + word.length, 1);"
                  "if (!/\\w/.test(around)) return true; } return false; })(%s, %s)",
                  where, quoted);
    bool found = browser_holds(review_browser, expression);
    free(expression);
    free(quoted);
    json_decref(word);
    return found;
}

static void assert_untold(size_t index, const char *where, const char *what)
{
    if (what && *what && finds(where, what))
        fail_msg("round %zu tells `%s`", index + 1, what);
}

static void assert_pair_untold(size_t index, const struct pair *pair)
{
    assert_untold(index, AROUND, pair->id);
    assert_untold(index, AROUND, pair->name);
    assert_untold(index, PROGRAM, pair->id);
    assert_untold(index, AROUND, pair->lesson.title);
    assert_untold(index, AROUND, pair->lesson.why);
    assert_untold(index, PROGRAM, pair->lesson.title);
}

/* Before the first answer, and as seen in both ways where there are two. */
static void assert_round_untold(const struct rounds *rounds, size_t index)
{
    static const char *const words[] = {"buggy",   "fixed", "guilty",   "innocent", "wanted",
                                        "neutral", "tsan",  "helgrind", "drd",      "watchdog"};
    static const char *const signs[] = {
        "/*", "*/", "//", "bug:", "alarm:", "serial:", "blind:", "rate:"};
    const struct round *round = &rounds->items[index];
    const struct pair *pair = round->what.pair;
    assert_stage("Verdict");
    assert_pair_untold(index, pair);
    if (round->what.change)
        assert_pair_untold(index, round->what.change);
    assert_untold(index, AROUND, pair->family);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        assert_untold(index, AROUND, words[i]);
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        assert_untold(index, PROGRAM, signs[i]);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        const struct promises *promises = &pair->twin[p].annotations.promises;
        for (size_t i = 0; i < promises->count; i++) {
            for (size_t e = 0; e < promises->items[i].exception_count; e++)
                assert_untold(index, PROGRAM, promises->items[i].exceptions[e].reason);
        }
    }
}

static void assert_untold_page(const char *page, const struct rounds *rounds)
{
    review_load_page(page, "");
    review_run("localStorage.clear()");
    review_load_page(page, "#view=review");
    PRESS("g");
    /* That the search would find something. */
    browser_until(review_browser, COUNT('.round') " === 1");
    assert_true(finds(AROUND, "Would you let this"));
    for (size_t i = 0; i < rounds->count; i++) {
        char *there = xasprintf("location.hash === '#view=review&show=%zu'", i + 1);
        browser_until(review_browser, there);
        free(there);
        browser_until(review_browser, COUNT('.round') " === 1");
        assert_round_untold(rounds, i);
        if (rounds->items[i].what.form == REVIEW_DIFF) {
            PRESS("w");
            assert_round_untold(rounds, i);
        }
        PRESS("n");
    }
    assert_no_complaint();
}

static void nothing_tells_the_answer(void **state)
{
    (void)state;
    assert_untold_page("run", &review_fixture.rounds);
}

/* The rounds that `racelab run --html` puts into its page. */
static void nothing_tells_the_answers_of_the_corpus(void **state)
{
    (void)state;
    struct corpus corpus;
    struct rounds rounds;
    struct matrix matrix;
    assert_int_equal(corpus_load(RACELAB_ROOT, detector_names(), &corpus), 0);
    const struct pair **pairs = xcalloc(corpus.count, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus.count; i++)
        pairs[i] = &corpus.pairs[i];
    const struct draw_options options = {
        .pairs = pairs, .pair_count = corpus.count, .seed = 1, .rounds = 40};
    draw_rounds(&corpus, &options, &rounds);
    assert_int_equal(rounds.count, 40);
    const struct detector *column = detector_find("tsan");
    matrix_make(&matrix, pairs, corpus.count, &column, 1);
    struct html_review review = {.rounds = &rounds, .seed = 1, .asked = 40};
    char *page = review_page("corpus");
    assert_int_equal(html_write_run(page, &matrix, &review), 0);
    assert_untold_page("corpus", &rounds);
    /* And none of their truths fails where a change was not run. */
    PRESS("a");
    assert_stage("Truth");
    assert_no_complaint();
    free(page);
    matrix_release(&matrix);
    rounds_release(&rounds);
    free(pairs);
    corpus_release(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_survives_a_reload),
        cmocka_unit_test(another_page_has_answers_of_its_own),
        cmocka_unit_test(the_clock_counts_on),
        cmocka_unit_test(hints_tell_more_and_cost_more),
        cmocka_unit_test(a_family_can_be_chosen),
        cmocka_unit_test(reset_asks_first),
        cmocka_unit_test_teardown(without_storage_it_lasts_as_long_as_the_page, unprepare),
        cmocka_unit_test(full_storage_is_told_once),
        cmocka_unit_test(what_cannot_be_read_is_left_alone),
        cmocka_unit_test(nothing_tells_the_answer),
        cmocka_unit_test(nothing_tells_the_answers_of_the_corpus),
    };
    if (browser_missing())
        return BROWSER_SKIPS;
    return cmocka_run_group_tests(tests, review_open, review_close);
}
