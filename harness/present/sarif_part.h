/* The parts of a SARIF log: for sarif.c alone. All values are new and the caller's. */
#ifndef RACELAB_PRESENT_SARIF_PART_H
#define RACELAB_PRESENT_SARIF_PART_H

#include <jansson.h>

#include "judge/bug.h"

/*
 * What code scanning shows or takes of one result at most (docs.github.com, "SARIF support for code
 * scanning", table of limits): 100 locations, and 1,000 thread flow locations of at most 10,000. Of the
 * 25,000 results of a run it takes, it shows 5,000.
 */
enum { SARIF_LOCATIONS = 100, SARIF_FLOW_LOCATIONS = 1000, SARIF_RESULTS = 25000 };

#define SARIF_ROOT "%SRCROOT%" /* uriBaseId of relative paths */

/* Text of programs and tools as it may stand in a message: what steers a terminal or reorders text is
 * spelt out, braces are doubled (SARIF 2.1.0, 3.11.5), and nothing is a link (3.11.6). Never empty. */
char *sarif_text(const char *text);
/* A name that is no message: made inert alone. */
json_t *sarif_string(const char *text);
/* {"text": ...} */
json_t *sarif_message(const char *text);
/* An absolute folder as a file: URI with a slash at its end. From malloc. */
char *sarif_folder_uri(const char *folder);

/* The rules, one a defect, in the order of enum defect. */
json_t *sarif_rules(void);
/* "error", "warning" */
const char *sarif_level(const struct bug *bug);

/* A place with a file; NULL where `file` is. `text` (may be NULL) is made fit for a message. */
json_t *sarif_location(const struct inspection *inspection, const char *file, int line,
                       const char *function, const char *text);
/* "thread 2 writes"; from malloc. */
char *sarif_deed(const struct site *site);
/* "thread 2 was made", from malloc; NULL where it is not worth a location. */
char *sarif_background(const struct background *background);
/* One codeFlow with a threadFlow a thread; NULL where no place is known. */
json_t *sarif_flow(const struct inspection *inspection, const struct bug *bug);
/* The stacks of all sites; may be empty. */
json_t *sarif_stacks(const struct inspection *inspection, const struct finding *finding);

#endif
