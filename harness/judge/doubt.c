#include "judge/doubt.h"

#include "judge/telling.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

const char *doubt_word(enum doubt doubt)
{
    static const char *const words[] = {
        [NO_DOUBT] = "none", [DOUBT_ATOMICS] = "unconfirmed", [DOUBT_TOOL] = "tool"};
    return words[doubt];
}

/* Whether a run of the detector is good for a comparison. */
static bool was_at_work(const struct inspected *inspected)
{
    for (size_t i = 0; i < inspected->run_count; i++) {
        if (!inspected->runs[i].report.trouble)
            return true;
    }
    return false;
}

static bool sees(const struct inspected *inspected, enum defect defect)
{
    return (inspected->sees & (1u << defect)) != 0;
}

/*
 * Whose silence speaks against a bug: of a race, who knows the order that atomics make (Helgrind and DRD
 * take them for plain accesses: false_alarm/release_acquire_publish); of an exit status, the plain program,
 * since a tool keeps descriptors and address space for itself and slows the program down.
 */
static bool is_arbiter(const struct inspected *inspected, enum defect defect)
{
    return sees(inspected, defect) &&
           (defect == DEFECT_RACE ? inspected->atomics : defect == DEFECT_WRONG_RESULT);
}

/* By itself, without a look at the others. */
static enum doubt own_doubt(const struct inspection *inspection, const struct merge *merge,
                            const struct group *group)
{
    const struct claim *lead = &merge->claims[group->lead];
    bool status = lead->defect == DEFECT_WRONG_RESULT && lead->mentions[0].finding->site_count == 0;
    if (inspection->logs || (lead->defect != DEFECT_RACE && !status))
        return NO_DOUBT;
    bool silent = false;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        silent = silent || (is_arbiter(inspected, lead->defect) && was_at_work(inspected));
    }
    struct mention *mentions = NULL;
    size_t count = 0;
    group_mentions(merge, group, &mentions, &count);
    for (size_t i = 0; i < count; i++)
        silent = silent && !is_arbiter(&inspection->detectors[mentions[i].detector], lead->defect);
    free(mentions);
    return !silent ? NO_DOUBT : status ? DOUBT_TOOL : DOUBT_ATOMICS;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

enum doubt *doubts_of(const struct inspection *inspection, const struct merge *merge)
{
    enum doubt *doubts = xcalloc(merge->group_count + 1, sizeof(*doubts));
    char **names = xcalloc(merge->group_count + 1, sizeof(*names));
    char **confirmed = xcalloc(merge->group_count + 1, sizeof(*confirmed));
    size_t count = 0;
    for (size_t i = 0; i < merge->group_count; i++) {
        const struct group *group = &merge->groups[i];
        if (group->claim_count == 0)
            continue;
        doubts[i] = own_doubt(inspection, merge, group);
        names[i] = names_join(&group->names);
        if (names[i] && doubts[i] == NO_DOUBT && merge->claims[group->lead].defect == DEFECT_RACE)
            confirmed[count++] = names[i];
    }
    qsort(confirmed, count, sizeof(*confirmed), by_text);
    for (size_t i = 0; i < merge->group_count; i++) {
        if (doubts[i] == DOUBT_ATOMICS && names[i] &&
            bsearch(&names[i], confirmed, count, sizeof(*confirmed), by_text))
            doubts[i] = NO_DOUBT;
    }
    for (size_t i = 0; i < merge->group_count; i++)
        free(names[i]);
    free(names);
    free(confirmed);
    return doubts;
}

static void replace(char **text, char *other)
{
    free(*text);
    *text = other;
}

static void tell_unconfirmed(const struct inspection *inspection, struct bug *bug)
{
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        if (is_arbiter(inspected, DEFECT_RACE) && was_at_work(inspected))
            replace(
                &bug->sightings[i].silent,
                xstrdup(
                    "it was at work and saw no race here; it knows atomics, which the tools that "
                    "did take for plain accesses"));
    }
    replace(&bug->remedy,
            xasprintf(
                "look first how the data is handed over: by atomics, a fence or a pipe, this is a "
                "false alarm; else %s",
                bug->remedy ? bug->remedy : "guard it by a lock"));
    bug->lesson = "false_alarm/release_acquire_publish";
}

void doubt_tell(const struct inspection *inspection, struct bug *bug)
{
    switch (bug->doubt) {
    case NO_DOUBT:
        break;
    case DOUBT_ATOMICS:
        tell_unconfirmed(inspection, bug);
        break;
    case DOUBT_TOOL:
        replace(&bug->sentence,
                xasprintf("%s, under tools alone: the plain program ended well", bug->sentence));
        replace(
            &bug->remedy,
            xstrdup(
                "what the program last printed may tell that it could not start under the tool; "
                "a status that is as good as 0 is declared by --ok-status"));
        bug->lesson = NULL;
        break;
    }
}
