/*
 * A hint how to mend a bug, and the pair of the corpus that teaches it: told by the class of the bug and
 * by what is known of its places, never more than follows from that. Pure functions.
 */
#ifndef RACELAB_JUDGE_REMEDY_H
#define RACELAB_JUDGE_REMEDY_H

#include "judge/inspection.h"

struct remedy {
    char *text;         /* one sentence or two; from malloc, never NULL */
    const char *lesson; /* "race/wrong_lock"; NULL: none teaches it */
};

/* `finding` is the bug's most telling one, `object` its name or NULL, `explanation` that of a hang or
 * NULL. */
struct remedy remedy_for(const struct inspection *inspection, const struct finding *finding,
                         const char *object, const struct explanation *explanation);

/* The parts. `object` is never NULL here: "the variable" where nothing names it. */
struct remedy remedy_for_race(const struct inspection *inspection, const struct finding *finding,
                              const char *object);                    /* remedy_race.c */
struct remedy remedy_for_misuse(const struct finding *finding);       /* remedy_misuse.c */
struct remedy remedy_for_hang(const struct explanation *explanation); /* remedy_hang.c */

/* Every lesson that remedy_for() can give: calls `visit` for each, some more than once. */
void remedy_lessons(void (*visit)(const char *lesson, void *user), void *user);
void remedy_misuse_lessons(void (*visit)(const char *lesson, void *user), void *user);
void remedy_race_lessons(void (*visit)(const char *lesson, void *user), void *user);
void remedy_hang_lessons(void (*visit)(const char *lesson, void *user), void *user);

#endif
