/* The page of a search in a browser: its schedule by buttons, keys and slider, for eyes and for screen readers. */
#include "model/memory.h"
#include "present/browser.h"
#include "present/exploration_fixture.h"
#include "present/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct browser *browser;

#define COUNT(css) "document.querySelectorAll(" #css ").length"
#define TEXT(css)  "document.querySelector(" #css ").textContent"
#define CLICK(word)                                                                                \
    "[...document.querySelectorAll('.controls button')].find((node) => "                           \
    "node.textContent === '" word "').click()"
#define CURRENT                                                                                    \
    "[...document.querySelectorAll('.schedule tbody tr')].findIndex((row) => "                     \
    "row.ariaCurrent === 'step') + 1"

static void load(const char *page)
{
    char *path = xasprintf("%s/%s.html", browser_folder(browser), page);
    browser_resize(browser, 1280, 900, false);
    browser_load(browser, path, "");
    free(path);
}

static void run(const char *expression)
{
    json_decref(browser_value(browser, expression));
}

static void assert_holds(const char *expression)
{
    if (!browser_holds(browser, expression))
        fail_msg("does not hold: %s", expression);
}

static void assert_number(const char *expression, long expected)
{
    long got = browser_number(browser, expression);
    if (got != expected)
        fail_msg("%s is %ld, not %ld", expression, got, expected);
}

static void assert_no_complaint(void)
{
    assert_string_equal(browser_complaints(browser), "");
}

static void a_schedule_has_a_column_a_thread_and_a_row_a_step(void **state)
{
    (void)state;
    load("deadlock");
    assert_number(COUNT('.schedule thead th'), 3); /* the third thread has no part in it */
    assert_number(COUNT('.schedule tbody tr'), 5);
    assert_holds(TEXT('.schedule tbody tr:nth-child(2)') ".includes('98 times more')");
    assert_holds(TEXT('.schedule .preempted') ".includes('could have gone on')");
    assert_number("document.querySelector('.schedule .preempted').cellIndex", 1);
    assert_holds(TEXT('.failure') ".includes('main waits for accounts[1].lock')");
    assert_holds(TEXT('#summary') ".includes('deadlock')");
    assert_holds("document.getElementById('filters').hidden");
    assert_holds("/All 57 schedules with at most 1 preemption/.test(document.body.innerText)");
    assert_no_complaint();
}

static void the_end_of_a_deadlock_tells_who_holds_and_waits(void **state)
{
    (void)state;
    load("deadlock");
    assert_number(CURRENT, 5);
    assert_holds(TEXT(
        '.standings tbody tr') " === "
                               "'mainsrc/bank.c:14accounts[0].lockwaits: lock accounts[1].lock'");
    assert_number(COUNT('.standings .waits'), 2);
    assert_holds(TEXT('.now') ".includes('main waits: lock accounts[1].lock')");
    assert_no_complaint();
}

static void buttons_go_through_the_steps(void **state)
{
    (void)state;
    load("deadlock");
    run(CLICK("First"));
    assert_number(CURRENT, 1);
    assert_number(COUNT('.schedule [aria-current]'), 1);
    assert_holds(TEXT('.now') " === 'Step 1 of 5: main, src/bank.c:31: create thread 2'");
    assert_holds("document.querySelector('.controls button').ariaDisabled === 'true'");
    run(CLICK("Back"));
    assert_number(CURRENT, 1);
    run(CLICK("Forward"));
    run(CLICK("Forward"));
    assert_number(CURRENT, 3);
    assert_holds(TEXT('.standings tbody tr') ".includes('accounts[0].lock')");
    /* What thread 2 takes next is free. */
    assert_holds("!" TEXT('.standings tbody') ".includes('holds')");
    run(CLICK("Forward"));
    assert_holds(TEXT('.now') ".includes('main is preempted')");
    run(CLICK("Last"));
    run(CLICK("Forward"));
    assert_number(CURRENT, 5);
    assert_no_complaint();
}

static void keys_go_through_the_steps(void **state)
{
    (void)state;
    load("deadlock");
    browser_press(browser, "Home");
    assert_number(CURRENT, 1);
    browser_press(browser, "ArrowRight");
    browser_press(browser, "ArrowRight");
    assert_number(CURRENT, 3);
    browser_press(browser, "ArrowLeft");
    assert_number(CURRENT, 2);
    /* In the stepper as well, and once for each key. */
    run("document.querySelector('.controls button').focus()");
    browser_press(browser, "ArrowRight");
    assert_number(CURRENT, 3);
    browser_press(browser, "End");
    assert_number(CURRENT, 5);
    run("document.querySelector('.controls input').focus()");
    browser_press(browser, "ArrowLeft");
    assert_number(CURRENT, 4);
    assert_holds("document.querySelector('.controls input').ariaValueText === 'step 4 of 5'");
    browser_press(browser, "?");
    assert_holds(TEXT('#keys') ".includes('Left, Right')");
    assert_no_complaint();
}

static void a_step_is_chosen_in_the_table(void **state)
{
    (void)state;
    load("deadlock");
    run("document.querySelectorAll('.schedule .go')[1].click()");
    assert_number(CURRENT, 2);
    assert_holds("document.querySelector('.controls input').value === '2'");
    assert_no_complaint();
}

static void the_source_marks_the_line_of_each_thread(void **state)
{
    (void)state;
    load("deadlock");
    assert_number(COUNT('.beside .line'), 60);
    assert_number("document.querySelector('.beside .current').value", 13);
    assert_holds(TEXT('.beside .current .mark') " === 'thread 2'");
    /* Main stands where it waits. */
    assert_number("document.querySelector('.beside .marked:not(.current)').value", 14);
    run(CLICK("First"));
    assert_number(COUNT('.beside .marked'), 1);
    assert_number("document.querySelector('.beside .current').value", 31);
    browser_until(browser,
                  "(() => { const box = document.querySelector('.beside .scroll')"
                  ".getBoundingClientRect(), line = document.querySelector('.beside .current')"
                  ".getBoundingClientRect(); return line.top >= box.top && line.bottom <= "
                  "box.bottom; })()");
    assert_no_complaint();
}

static void threads_in_one_line_are_told_in_one_place(void **state)
{
    (void)state;
    load("crowd");
    run("{ const slider = document.querySelector('.controls input'); slider.value = 60;"
        "slider.dispatchEvent(new Event('input')); }");
    assert_number(CURRENT, 60);
    assert_number("document.querySelector('.beside .current').value", 10);
    assert_holds(TEXT('.beside .current .marks') " === 'mainthread 6'");
    assert_no_complaint();
}

static void a_failed_assertion_is_the_first_thing_shown(void **state)
{
    (void)state;
    load("assertion");
    assert_number(CURRENT, 7);
    assert_number(COUNT('.schedule .fatal'), 1);
    assert_holds(TEXT('.schedule .fatal') ".includes('fails here')");
    assert_holds(TEXT('.now') ".includes('the run fails here')");
    run(CLICK("Back"));
    run(CLICK("Back"));
    assert_holds(TEXT('.now') ".includes('try lock accounts[1].lock without success')");
    run(CLICK("Back"));
    /* A library's place has no source: the thread's line before is shown. */
    assert_holds(TEXT('.now') ".includes('in usr/lib/libevent-2.1.so.7')");
    assert_number("document.querySelector('.beside .current').value", 13);
    /* The wait lets go of the lock. */
    assert_holds(TEXT('.standings tbody tr:nth-child(2) td:nth-child(3)') " === 'none'");
    run(CLICK("Back"));
    assert_holds(TEXT('.standings tbody tr:nth-child(2) td:nth-child(3)') " === "
                                                                          "'accounts[0].lock'");
    assert_holds("/A child process went on freely/.test(document.body.innerText)");
    assert_no_complaint();
}

static void nothing_found_is_told(void **state)
{
    (void)state;
    load("calm");
    assert_holds(TEXT('#summary') " === './bank: 200 schedules, none failed'");
    assert_number(COUNT('.stepper'), 0);
    assert_holds("/All 57 schedules were tried/.test(document.body.innerText)");
    assert_no_complaint();
}

static void hostile_text_stays_text(void **state)
{
    (void)state;
    load("hostile");
    run(CLICK("First"));
    assert_holds(TEXT('.beside') ".includes('not at hand')");
    run("for (const part of document.querySelectorAll('details')) part.open = true");
    assert_holds("window.pwned === undefined");
    assert_number("document.scripts.length", 2);
    assert_number(COUNT('img, a[onerror], [onload], iframe, object'), 0);
    assert_holds("!/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e]/"
                 ".test(document.body.innerText)");
    assert_holds(TEXT('.stepper') ".includes('<script>')");
    assert_no_complaint();
}

static void a_phone_needs_no_sideways_scrolling(void **state)
{
    static const char *const pages[] = {"deadlock", "assertion", "crowd", "hostile", "calm"};
    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        load(pages[i]);
        browser_resize(browser, 360, 740, true);
        browser_until(browser,
                      "innerWidth === 360 || document.documentElement.clientWidth === 360");
        long width = browser_number(browser, "document.documentElement.scrollWidth");
        if (width > 360)
            fail_msg("%s is %ld wide", pages[i], width);
    }
}

/* WCAG 2.2, 1.4.3: every text against the ground behind it. */
static void text_stands_out_in_both_schemes(void **state)
{
    static const char *const schemes[] = {"light", "dark"};
    static const char *const pages[] = {"deadlock", "assertion"};
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        browser_prefer(browser, "prefers-color-scheme", schemes[s]);
        for (size_t p = 0; p < 2; p++) {
            load(pages[p]);
            json_t *offenders = browser_value(browser, BROWSER_CONTRAST);
            assert_true(json_is_string(offenders));
            if (*json_string_value(offenders))
                fail_msg("%s, %s: %s", schemes[s], pages[p], json_string_value(offenders));
            json_decref(offenders);
        }
    }
    browser_prefer(browser, "prefers-color-scheme", "light");
}

static void it_can_be_read_without_scripts(void **state)
{
    (void)state;
    browser_scripting(browser, false);
    load("deadlock");
    bool told = browser_holds(browser, "document.body.innerText.includes('5. thread 2, "
                                       "bank.c:13: read, write `accounts[1].balance`')");
    browser_scripting(browser, true);
    assert_true(told);
}

static void write_crowd(struct exploration *exploration)
{
    fixture_crowd(exploration, 40, 2000);
}

static int open_all(void **state)
{
    static const struct {
        const char *name;
        void (*make)(struct exploration *exploration);
    } pages[] = {{"deadlock", fixture_deadlock},
                 {"assertion", fixture_assertion},
                 {"crowd", write_crowd},
                 {"hostile", fixture_hostile_exploration},
                 {"calm", fixture_calm}};
    (void)state;
    browser = browser_open();
    char *src = xasprintf("%s/src", browser_folder(browser));
    char *bank = xasprintf("%s/bank.c", src);
    assert_int_equal(mkdir(src, 0700), 0);
    FILE *out = fopen(bank, "we");
    assert_non_null(out);
    for (int line = 1; fixture_bank_line(line); line++)
        fprintf(out, "%s\n", fixture_bank_line(line));
    assert_int_equal(fclose(out), 0);
    struct inspection inspection = {.root = (char *)browser_folder(browser)};
    struct sources *sources = sources_new(&inspection);
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        struct exploration exploration;
        char *path = xasprintf("%s/%s.html", browser_folder(browser), pages[i].name);
        pages[i].make(&exploration);
        assert_int_equal(html_write_exploration(path, &exploration, sources), 0);
        exploration_release(&exploration);
        free(path);
    }
    sources_free(sources);
    free(bank);
    free(src);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    browser_close(browser);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_has_a_column_a_thread_and_a_row_a_step),
        cmocka_unit_test(the_end_of_a_deadlock_tells_who_holds_and_waits),
        cmocka_unit_test(buttons_go_through_the_steps),
        cmocka_unit_test(keys_go_through_the_steps),
        cmocka_unit_test(a_step_is_chosen_in_the_table),
        cmocka_unit_test(the_source_marks_the_line_of_each_thread),
        cmocka_unit_test(threads_in_one_line_are_told_in_one_place),
        cmocka_unit_test(a_failed_assertion_is_the_first_thing_shown),
        cmocka_unit_test(nothing_found_is_told),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(a_phone_needs_no_sideways_scrolling),
        cmocka_unit_test(text_stands_out_in_both_schemes),
        cmocka_unit_test(it_can_be_read_without_scripts),
    };
    if (browser_missing())
        return BROWSER_SKIPS;
    return cmocka_run_group_tests(tests, open_all, close_all);
}
