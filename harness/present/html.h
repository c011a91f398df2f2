/*
 * Results as one self-contained page for a browser: no network, also readable without JavaScript. The review
 * alone keeps something, its answers, in the browser's localStorage.
 *
 * The page is page/page.html with page.css and the .js files beside it, joined at build time by
 * page/embed.cmake. What differs from page to page is one JSON value in an inert <script> element.
 */
#ifndef RACELAB_PRESENT_HTML_H
#define RACELAB_PRESENT_HTML_H

#include "judge/bug.h"
#include "judge/matrix.h"
#include "model/exploration.h"
#include "present/source.h"
#include "review/round.h"

/* The rounds of `racelab review --seed SEED --rounds ASKED` over the pairs of a run. */
struct html_review {
    const struct rounds *rounds;
    uint64_t seed;
    size_t asked;
    const struct matrix *changes;  /* as they were run; NULL: they were not */
    const struct matrix *searched; /* pairs that the run did not search, as they were; NULL: none */
};

/* These write the page to `path` as save() does; they return 0 or a negative errno. */
/* review: NULL, or rounds without one: the page has no review. */
int html_write_run(const char *path, const struct matrix *matrix, const struct html_review *review);
/* `bugs` are those of the inspection. Sources that its sites name are put in: files up to 1 MB, 8 MB in all. */
int html_write_check(const char *path, const struct inspection *inspection,
                     const struct bugs *bugs);
/* A search and the schedule that it found. Files that its places name are put in as above, as far as `sources` has them (NULL: none). */
int html_write_exploration(const char *path, const struct exploration *exploration,
                           struct sources *sources);

#endif
