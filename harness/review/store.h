/*
 * What a trainee leaves behind: the session that is under way, and every round that was ever finished. Below
 * $XDG_STATE_HOME/racelab (~/.local/state/racelab where that is not set):
 *
 *     session.json   seed, selection and answers of the session under way, written anew after each answer
 *     history.jsonl  one line for each finished round, only ever appended to
 *
 * Two sessions at once are kept apart by a lock on the folder's file `lock`: the second runs without a session.json of its own.
 * What cannot be read is never overwritten: it is an error with file and line, and --reset moves it aside.
 */
#ifndef RACELAB_REVIEW_STORE_H
#define RACELAB_REVIEW_STORE_H

#include "review/session.h"

#include <stdio.h>

/* A finished round. */
struct record {
    int64_t at; /* seconds since 1970 */
    uint64_t seed;
    char *pair;   /* "race/unlocked_counter" */
    char *change; /* "race/unlocked_counter.one_side"; NULL: a twin */
    enum review_form form;
    struct marks marks;
    unsigned hints;
    uint64_t ms;
};

struct records {
    struct record *items; /* oldest first */
    size_t count;
};

/* What a session is repeated by. */
struct session_origin {
    uint64_t seed;
    size_t rounds;
    char **names; /* CASE or FAMILY, as the user gave them; NULL-terminated */
};

struct store;

/*
 * Makes the folder where it is missing. Returns 0; or a negative errno, and `*message` says what, where and what to do
 * (the caller frees it).
 */
int store_open(struct store **store, char **message);
void store_close(struct store *store);

/* All return as store_open(). */
int store_save(struct store *store, const struct session_origin *origin,
               const struct session *session, char **message);
/* The origin of the session under way. -ENOENT: there is none. */
int store_origin(struct store *store, struct session_origin *origin, char **message);
void session_origin_release(struct session_origin *origin);
/* Fills in the answers of the session under way, whose rounds were drawn anew from its origin. -ESTALE: they are no
 * longer the same rounds, for the corpus has changed. */
int store_resume(struct store *store, struct session *session, char **message);
/* A round was finished: appends it to the history, on the disk when this returns. */
int store_append(struct store *store, const struct record *record, char **message);
int store_forget_session(struct store *store, char **message);
int store_history(struct store *store, struct records *records, char **message);
void records_release(struct records *records);
/* Moves session and history aside, into files that end in the time of day; nothing is deleted. `*told` says where to. */
int store_reset(struct store *store, char **told, char **message);

#endif
