#include "present/review_browser.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct browser *review_browser;
struct review_fixture review_fixture;

char *review_page(const char *name)
{
    return xasprintf("%s/%s.html", browser_folder(review_browser), name);
}

int review_open(void **state)
{
    (void)state;
    review_browser = browser_open();
    review_fixture_make(&review_fixture);
    char *page = review_page("run");
    assert_int_equal(html_write_run(page, &review_fixture.matrix, &review_fixture.review), 0);
    free(page);
    return 0;
}

int review_close(void **state)
{
    (void)state;
    browser_close(review_browser);
    review_fixture_release(&review_fixture);
    return 0;
}

char *review_prose(const char *text)
{
    char *shown = xstrdup(text);
    char *to = shown;
    for (const char *from = text; *from; from++)
        if (*from != '`')
            *to++ = *from;
    *to = '\0';
    return shown;
}

void review_load_page(const char *name, const char *hash)
{
    char *page = review_page(name);
    browser_resize(review_browser, 1280, 900, false);
    browser_load(review_browser, page, hash);
    free(page);
}

void review_load(const char *hash)
{
    review_load_page("run", hash);
}

void review_load_anew(const char *hash)
{
    review_load("");
    review_run("localStorage.clear()");
    review_load(hash);
}

void review_run(const char *expression)
{
    json_decref(browser_value(review_browser, expression));
}

void review_press(const char *const *keys)
{
    for (; *keys; keys++)
        browser_press(review_browser, *keys);
}

void assert_holds(const char *expression)
{
    if (!browser_holds(review_browser, expression))
        fail_msg("does not hold: %s", expression);
}

void assert_number(const char *expression, long expected)
{
    long got = browser_number(review_browser, expression);
    if (got != expected)
        fail_msg("%s is %ld, not %ld", expression, got, expected);
}

void assert_no_complaint(void)
{
    assert_string_equal(browser_complaints(review_browser), "");
}

void assert_stage(const char *word)
{
    json_t *shown = browser_value(review_browser, TEXT('.stages [aria-current]'));
    assert_string_equal(json_string_value(shown), word);
    json_decref(shown);
}

void assert_points(unsigned points)
{
    assert_stage("Truth");
    assert_number("Number(document.querySelector('.round h3').textContent.match("
                  "/(\\d+) of 100 points/)[1])",
                  (long)points);
    assert_number("Number(document.querySelector('.points tbody tr:last-child td').textContent)",
                  (long)points);
}
