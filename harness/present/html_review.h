/* The rounds of a review as a part of the page of a run. */
#ifndef RACELAB_PRESENT_HTML_REVIEW_H
#define RACELAB_PRESENT_HTML_REVIEW_H

#include "present/html.h"

#include <jansson.h>

/* What page/review*.js reads: the rounds with their keys, and what was recorded of the changes. */
json_t *html_review_json(const struct html_review *review);

#endif
