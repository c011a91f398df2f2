/* The pages in a browser: what they show, by mouse and keys, wide and narrow, and that nothing which a
 * program said is obeyed. */
#include "model/memory.h"
#include "present/browser.h"
#include "present/check_fixture.h"
#include "present/exploration_fixture.h"
#include "present/html.h"
#include "present/html_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct browser *browser;
static size_t steps; /* of the schedule of deadlock/swap */

#define ROWS       "document.querySelectorAll('[data-row]').length"
#define COUNT(css) "document.querySelectorAll(" #css ").length"
#define FOCUSED    "(document.activeElement.dataset.key || document.activeElement.id)"

static void load(const char *page, const char *hash)
{
    char *path = xasprintf("%s/%s.html", browser_folder(browser), page);
    browser_resize(browser, 1280, 900, false);
    browser_load(browser, path, hash);
    free(path);
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

static void press_all(const char *const *keys)
{
    for (; *keys; keys++)
        browser_press(browser, *keys);
}
#define PRESS(...) press_all((const char *const[]){__VA_ARGS__, NULL})

static void the_overview_has_a_row_a_pair(void **state)
{
    (void)state;
    load("run", "");
    assert_number(ROWS, FIXTURE_PAIRS);
    assert_number(COUNT('[data-row] td'), 12);
    assert_number(COUNT('.matrix .family'), 4);
    assert_holds("document.getElementById('count').textContent === '4 pairs'");
    assert_holds(
        "/4 pairs under 3 detectors/.test(document.getElementById('summary').textContent)");
    /* By word and sign, not by colour alone. */
    assert_holds("document.querySelector('[data-row] td').textContent.includes('✗ missed')");
    assert_no_complaint();
}

static void filters_narrow_and_stand_in_the_address(void **state)
{
    (void)state;
    load("run", "");
    browser_until(browser, "document.getElementById('filter-verdict')");
    json_decref(browser_value(browser,
                              "{ const field = document.getElementById('filter-verdict');"
                              "field.value = 'missed';"
                              "field.dispatchEvent(new Event('input', {bubbles: true})); }"));
    assert_number(ROWS, 1);
    assert_holds("document.getElementById('count').textContent === '1 of 4 pairs'");
    assert_holds("location.hash === '#verdict=missed'");
    load("run", "#verdict=missed");
    assert_number(ROWS, 1);
    assert_holds("document.getElementById('filter-verdict').value === 'missed'");
    load("run", "#detector=drd");
    assert_number(COUNT('[data-row] td'), FIXTURE_PAIRS);
    load("run", "#station=Lock");
    assert_number(ROWS, 2);
    load("run", "#family=waiting&defect=race");
    assert_number(ROWS, 0);
    assert_holds("document.getElementById('main').textContent.includes('Nothing matches')");
    assert_no_complaint();
}

static void a_slash_searches(void **state)
{
    (void)state;
    load("run", "");
    PRESS("/", "b", "E", "l", "l");
    assert_holds("document.getElementById('filter-q').value === 'bEll'");
    assert_number(ROWS, 1);
    PRESS("Escape");
    assert_holds(FOCUSED " === 'waiting/bell '");
    assert_no_complaint();
}

static void a_cell_opens_by_keyboard_and_escape_returns(void **state)
{
    (void)state;
    load("run", "");
    assert_number(COUNT('#overview [tabindex="0"]'), 1);
    json_decref(
        browser_value(browser, "document.querySelector('#overview [tabindex=\"0\"]').focus()"));
    PRESS("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowDown");
    assert_holds(FOCUSED " === 'race/visitors drd'");
    assert_number(COUNT('#overview [tabindex="0"]'), 1);
    PRESS("Enter");
    browser_until(browser, "!document.getElementById('detail').hidden");
    assert_holds("document.getElementById('detail-title').textContent === 'race/visitors'");
    assert_holds("document.querySelector('[data-key=\"report drd\"]').ariaCurrent === 'true'");
    assert_holds(FOCUSED " === 'detail-title'");
    PRESS("Escape");
    browser_until(browser, "document.getElementById('detail').hidden");
    assert_holds(FOCUSED " === 'race/visitors drd'");
    PRESS("End", "ArrowLeft", "Enter");
    browser_until(browser, "!document.getElementById('detail').hidden");
    PRESS("n");
    browser_until(browser,
                  "document.getElementById('detail-title').textContent === 'waiting/bell'");
    json_decref(browser_value(browser, "history.go(-2)"));
    browser_until(browser, "document.getElementById('detail').hidden");
    assert_number(ROWS, FIXTURE_PAIRS);
    assert_no_complaint();
}

static void keys_are_told(void **state)
{
    (void)state;
    load("run", "");
    PRESS("?");
    assert_holds("document.getElementById('keys').open");
    PRESS("Escape");
    browser_until(browser, "!document.getElementById('keys').open");
    assert_no_complaint();
}

static void a_deadlock_is_drawn_with_its_cycle(void **state)
{
    (void)state;
    load("run", "#show=deadlock/swap&cell=watchdog");
    assert_number(COUNT('.graph .node.thread'), 3);
    assert_number(COUNT('.graph .node.object'), 2);
    assert_number(COUNT('.graph .node.cycle'), 4);
    assert_number(COUNT('.graph path.edge'), 5);
    assert_number(COUNT('.graph path.edge.cycle'), 4);
    assert_holds("!document.querySelector('.graph svg').outerHTML.includes('NaN')");
    /* The same for who cannot see it. */
    assert_holds("/thread 2 waits for mutex right.lock; in its way: thread 3, which took it at "
                 "line 38/.test(document.querySelector('.graph .told').textContent)");
    assert_holds("document.querySelector('.graph svg title').textContent.includes('thread 3')");
    load("run", "#show=waiting/bell&cell=watchdog");
    assert_number(COUNT('.graph .node'), 3);
    assert_number(COUNT('.graph .cycle path'), 1); /* the unused head of an arrow */
    assert_number(COUNT('.graph .node.cycle'), 0);
    /* Two pipes without names are two, and a process of one thread is that thread. */
    load("run", "#show=waiting/bell&cell=drd");
    assert_number(COUNT('.graph .node.object'), 2);
    assert_number(COUNT('.graph .node.cycle'), 4);
    assert_no_complaint();
}

static void a_race_is_told_thread_by_thread(void **state)
{
    (void)state;
    load("run", "#show=race/visitors&cell=tsan");
    assert_number(COUNT('.lane'), 2);
    assert_holds("/thread 2.*made.*visitors.c:41.*turnstile.*locks held.*door.*writes/s"
                 ".test(document.querySelector('.lane').textContent)");
    assert_holds("document.querySelector('.timeline figcaption').textContent"
                 ".includes('Nothing is known of the order')");
    assert_holds("document.querySelector('.raw').textContent.includes('Write of size 8')");
    load("run", "#show=race/visitors&cell=drd");
    assert_number(COUNT('.lane'), 2);
    assert_number(COUNT('.lane.unknown'), 1);
    assert_no_complaint();
}

static void the_source_is_marked_per_detector(void **state)
{
    (void)state;
    load("run", "#show=race/visitors");
    assert_number("document.querySelector('.source .marked').value", 8);
    assert_holds("document.querySelector('.marks').textContent === "
                 "'tsan: writestsan, drd: reads'");
    json_decref(browser_value(browser, "document.querySelector('.boxes input').click()"));
    assert_holds("document.querySelector('.marks').textContent === 'drd: reads'");
    /* A mark leads to its report. */
    json_decref(browser_value(browser, "document.querySelector('button.mark').click()"));
    browser_until(browser, FOCUSED " === 'reports'");
    assert_holds("document.getElementById('reports').textContent.includes('Under drd')");
    assert_no_complaint();
}

static void the_fix_is_a_diff_of_lines(void **state)
{
    (void)state;
    load("run", "#show=race/visitors");
    assert_number(COUNT('.diff.beside td.code.come'), 3);
    assert_number(COUNT('.diff.beside td.code.gone'), 0);
    browser_resize(browser, 360, 740, true);
    browser_until(browser, "document.querySelector('.diff.unified')");
    assert_number(COUNT('.diff.unified td.code.come'), 3);
    assert_no_complaint();
}

static void a_phone_needs_no_sideways_scrolling(void **state)
{
    (void)state;
    static const struct {
        const char *page;
        const char *hash;
    } views[] = {
        {"run", ""},
        {"run", "#show=race/visitors&cell=tsan"},
        {"run", "#show=deadlock/swap&cell=watchdog"},
        {"shop", ""},
        {"shop", "#show=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"shop", "#show=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
        {"hostile", "#show=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
    };
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
        load(views[i].page, views[i].hash);
        browser_resize(browser, 360, 740, true);
        json_decref(browser_value(
            browser, "for (const part of document.querySelectorAll('details')) part.open = true"));
        browser_until(browser,
                      "innerWidth === 360 || document.documentElement.clientWidth === 360");
        long width = browser_number(browser, "document.documentElement.scrollWidth");
        if (width > 360)
            fail_msg("%s%s is %ld wide", views[i].page, views[i].hash, width);
    }
}

/* What is on the page is text: nothing ran, nothing was made of it, nothing is obeyed. */
static void assert_inert(void)
{
    for (int depth = 0; depth < 3; depth++) {
        json_decref(browser_value(
            browser, "for (const part of document.querySelectorAll('details')) part.open = true;"
                     "new Promise((settle) => setTimeout(settle))"));
    }
    assert_holds("window.pwned === undefined");
    assert_number("document.scripts.length", 2);
    assert_number(COUNT('img, a[onerror], [onload], iframe, object'), 0);
    assert_holds("!/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e]/"
                 ".test(document.body.innerText)");
    assert_holds("document.getElementById('main').innerText.includes('<script>')");
    assert_holds("document.getElementById('main').innerText.includes('\\\\x1b[31m')");
    assert_no_complaint();
}

static void hostile_text_stays_text(void **state)
{
    (void)state;
    static const char *const detectors[] = {"tsan", "drd", "watchdog"};
    load("run", "");
    assert_inert();
    for (size_t i = 0; i < sizeof(detectors) / sizeof(*detectors); i++) {
        load("run", "");
        char *open =
            xasprintf("[...document.querySelectorAll('a[data-key$=\" %s\"]')].find((link) =>"
                      " link.dataset.key.includes('pwned')).click()",
                      detectors[i]);
        json_decref(browser_value(browser, open));
        free(open);
        browser_until(browser, "!document.getElementById('detail').hidden");
        assert_inert();
        assert_holds("document.querySelector('.finding').innerText.includes("
                     "'<img src=x onerror=\"window.pwned=1\">')");
        assert_holds("document.querySelector('.raw').innerText.includes("
                     "'\\\\x1b[31m \\\\u202e sdrawkcab')");
    }
    load("hostile", "");
    assert_inert();
    load("hostile", "#show=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    assert_inert();
}

static void text_stands_out_in_both_schemes(void **state)
{
    (void)state;
    static const char *const schemes[] = {"light", "dark"};
    static const char *const hashes[] = {"", "#show=race/visitors&cell=tsan",
                                         "#show=deadlock/swap&cell=watchdog"};
    for (size_t s = 0; s < 2; s++) {
        browser_prefer(browser, "prefers-color-scheme", schemes[s]);
        for (size_t h = 0; h < sizeof(hashes) / sizeof(*hashes); h++) {
            load("run", hashes[h]);
            json_t *offenders = browser_value(browser, BROWSER_CONTRAST);
            assert_true(json_is_string(offenders));
            if (*json_string_value(offenders))
                fail_msg("%s, %s: %s", schemes[s], hashes[h], json_string_value(offenders));
            json_decref(offenders);
        }
    }
    /* The second scheme was really another one. */
    assert_holds("getComputedStyle(document.body).backgroundColor !== 'rgb(251, 251, 250)'");
    browser_prefer(browser, "prefers-color-scheme", "light");
}

static void a_check_lists_its_bugs_and_opens_them(void **state)
{
    (void)state;
    load("shop", "");
    assert_number(ROWS, 4);
    assert_holds("document.querySelector('.bugs li').textContent.includes('deadlock: main waits')");
    load("shop", "#news=known");
    assert_number(ROWS, 1);
    load("shop", "#detector=helgrind");
    assert_number(ROWS, 1);
    load("shop", "#show=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_number(COUNT('.graph .node.cycle'), 4);
    load("shop", "#show=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    assert_number(COUNT('.lane'), 2);
    assert_number(COUNT('.verdicts tbody tr'), 4);
    assert_holds("/helgrind.*saw it.*in 1 of 1 run, 12000 reports/"
                 ".test(document.querySelector('.verdicts').innerText.replace(/\\s+/g, ' '))");
    assert_holds("document.getElementById('detail').textContent.includes('racelab show "
                 "race/unlocked_counter')");
    /* The file of the sites was found, and their lines are marked. */
    assert_number("document.querySelectorAll('.columns .source')[0].querySelector('.marked').value",
                  16);
    assert_no_complaint();
    load("quiet", "");
    assert_number(ROWS, 0);
    assert_holds("document.getElementById('main').textContent.includes('No detector reported')");
    assert_number(COUNT('.verdicts tbody tr'), 2);
    assert_no_complaint();
}

static void a_pair_shows_the_schedule_that_fails(void **state)
{
    (void)state;
    load("run", "#show=deadlock/swap&cell=watchdog");
    assert_number(COUNT('.stepper'), 1);
    assert_holds("document.getElementById('detail').textContent.includes('A schedule that fails, "
                 "found by watchdog')");
    assert_holds("document.getElementById('detail').textContent.includes('Schedule 17 (pct 3)')");
    assert_number(COUNT('table.schedule tbody tr'), (long)steps);
    assert_number(COUNT('table.schedule tr.current'), 1);
    /* The source beside the steps is the twin's own. */
    assert_holds("document.querySelector('.stepper .source .marked.current')");
    json_decref(browser_value(browser, "document.querySelector('.stepper button').click()"));
    assert_holds("document.querySelector('.stepper .now').textContent.startsWith('Step 1 of')");
    load("run", "#show=race/visitors&cell=tsan");
    assert_number(COUNT('.stepper'), 0);
    load("searched", "");
    assert_number(COUNT('.stepper'), 1);
    assert_holds("/explore.*deadlock in schedule 17, by pct 3, with 2 preemptions/"
                 ".test(document.getElementById('main').innerText.replace(/\\s+/g, ' '))");
    assert_no_complaint();
}

static void it_can_be_read_without_scripts(void **state)
{
    (void)state;
    browser_scripting(browser, false);
    load("run", "");
    bool table = browser_number(browser, COUNT('noscript tbody tr')) == FIXTURE_PAIRS;
    bool inert = browser_number(browser, COUNT('img')) == 0;
    load("shop", "");
    bool list = browser_number(browser, COUNT('noscript li')) == 4;
    browser_scripting(browser, true);
    assert_true(table && inert && list);
}

static void write_page(const char *name, int (*write)(const char *path, const void *what),
                       const void *what)
{
    char *path = xasprintf("%s/%s.html", browser_folder(browser), name);
    assert_int_equal(write(path, what), 0);
    free(path);
}

static int write_run(const char *path, const void *fixture)
{
    return html_write_run(path, &((const struct run_fixture *)fixture)->matrix, NULL);
}

static int write_check(const char *path, const void *user)
{
    const struct check_fixture *fixture = user;
    return html_write_check(path, &fixture->inspection, &fixture->bugs);
}

/* The file that the shop's bugs name, where it is looked for. */
static void write_shop_source(struct check_fixture *fixture)
{
    free(fixture->inspection.root);
    fixture->inspection.root = xstrdup(browser_folder(browser));
    char *path = xasprintf("%s/shop.c", browser_folder(browser));
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    for (int line = 1; line <= 70; line++) {
        char *text = fixture_line("shop.c", line, NULL);
        fprintf(out, "%s\n", text);
        free(text);
    }
    assert_int_equal(fclose(out), 0);
    free(path);
}

/* A search as the watchdog's, which the page does not mind. */
static void add_search(struct twin_run *run, void (*make)(struct exploration *exploration),
                       const char *file)
{
    run->search = xcalloc(1, sizeof(*run->search));
    make(run->search);
    struct schedule *schedule = &run->search->schedule;
    for (size_t i = 0; file && i < schedule->step_count; i++) {
        struct place *place = &schedule->steps[i].place;
        free(place->file);
        place->file = xstrdup(file);
        place->line = 1 + (int)i % 8;
    }
}

static void write_searched_check(void)
{
    struct check_fixture check;
    fixture_quiet(&check);
    struct inspected *explore = inspection_get(&check.inspection, "explore");
    inspected_add_run(explore)->end = RUN_EXITED;
    explore->search = xcalloc(1, sizeof(*explore->search));
    fixture_deadlock(explore->search);
    write_page("searched", write_check, &check);
    fixture_release(&check);
}

static int open_all(void **state)
{
    (void)state;
    browser = browser_open();
    struct run_fixture run;
    run_fixture_make(&run);
    add_search(&run.matrix.cells[2].twin[BUGGY], fixture_deadlock, "buggy/deadlock/swap.c");
    add_search(&run.matrix.cells[5].twin[BUGGY], fixture_hostile_exploration, NULL);
    steps = run.matrix.cells[2].twin[BUGGY].search->schedule.step_count;
    write_searched_check();
    write_page("run", write_run, &run);
    run_fixture_release(&run);
    static const struct {
        const char *name;
        void (*make)(struct check_fixture *fixture);
    } checks[] = {{"shop", fixture_shop}, {"hostile", fixture_hostile}, {"quiet", fixture_quiet}};
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        struct check_fixture check;
        checks[i].make(&check);
        if (checks[i].make == fixture_shop)
            write_shop_source(&check);
        write_page(checks[i].name, write_check, &check);
        fixture_release(&check);
    }
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
        cmocka_unit_test(the_overview_has_a_row_a_pair),
        cmocka_unit_test(filters_narrow_and_stand_in_the_address),
        cmocka_unit_test(a_slash_searches),
        cmocka_unit_test(a_cell_opens_by_keyboard_and_escape_returns),
        cmocka_unit_test(keys_are_told),
        cmocka_unit_test(a_deadlock_is_drawn_with_its_cycle),
        cmocka_unit_test(a_race_is_told_thread_by_thread),
        cmocka_unit_test(the_source_is_marked_per_detector),
        cmocka_unit_test(the_fix_is_a_diff_of_lines),
        cmocka_unit_test(a_phone_needs_no_sideways_scrolling),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(text_stands_out_in_both_schemes),
        cmocka_unit_test(a_check_lists_its_bugs_and_opens_them),
        cmocka_unit_test(a_pair_shows_the_schedule_that_fails),
        cmocka_unit_test(it_can_be_read_without_scripts),
    };
    if (browser_missing())
        return BROWSER_SKIPS;
    return cmocka_run_group_tests(tests, open_all, close_all);
}
