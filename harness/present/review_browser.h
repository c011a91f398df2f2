/* What the tests of the review in a browser share: its page, and how it is asked. One at a time, from one thread. */
#ifndef RACELAB_PRESENT_REVIEW_BROWSER_H
#define RACELAB_PRESENT_REVIEW_BROWSER_H

#include "present/browser.h"
#include "present/review_fixture.h"

extern struct browser *review_browser;
extern struct review_fixture review_fixture;

#define COUNT(css) "document.querySelectorAll(" #css ").length"
#define TEXT(css)  "document.querySelector(" #css ").textContent"

/* For cmocka: the fixture, its page (loaded by review_load()) and a browser. */
int review_open(void **state);
int review_close(void **state);

/* Loads the page, without (anew) or with what the browser kept of it. */
void review_load(const char *hash);
void review_load_anew(const char *hash);
/* Loads any page of this run, which is written to the test's folder under a name. */
char *review_page(const char *name);
void review_load_page(const char *name, const char *hash);

/* A sentence as the page shows it: what stands in backticks is set as code, without them; from malloc. */
char *review_prose(const char *text);

void review_run(const char *expression);
void review_press(const char *const *keys);
#define PRESS(...) review_press((const char *const[]){__VA_ARGS__, NULL})

void assert_holds(const char *expression);
void assert_number(const char *expression, long expected);
void assert_no_complaint(void);
/* The stage that is asked, as the page tells it: "Verdict", ... */
void assert_stage(const char *word);
/* That the truth is shown with these points, and that they are the sum of what it lists. */
void assert_points(unsigned points);

#endif
