/*
 * What a trainee leaves behind: the session that is under way, and every round that was ever finished. Below
 * $XDG_STATE_HOME/racelab (~/.local/state/racelab where that is not set or no absolute path, as the XDG Base Directory
 * Specification 0.8 has it):
 *
 *     session.json   seed, selection and answers of the session under way, written anew after each answer
 *     history.jsonl  one line for each finished round, only ever appended to
 *     torn.jsonl     what a crash left of a line of the history; nothing reads it
 *     lock           held by the session under way (flock)
 *
 * Two sessions at once: the second has no session.json of its own, and both append to one history, under a lock on that
 * file. What cannot be read is never overwritten: it is an error with file and line, and --reset moves it aside.
 *
 * All that fail return a negative errno, and `*message` says what, where and what to do (from malloc, without a newline);
 * it is NULL where they return 0. A store is for one thread.
 */
#ifndef RACELAB_REVIEW_STORE_H
#define RACELAB_REVIEW_STORE_H

#include "review/session.h"

/* A finished round. */
struct record {
    int64_t at; /* seconds since 1970, of its end */
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
    char *
        torn; /* says that the last line was left out, which a crash had cut short; NULL: none was */
};

/* What a session is repeated by. */
struct session_origin {
    uint64_t seed;
    size_t rounds;
    char **names; /* CASE or FAMILY, as the user gave them; NULL-terminated */
};

struct store;

/*
 * For a session, and for store_reset(): makes the folder where it is missing, and takes the lock, or finds that
 * another session has it. -EINVAL: neither XDG_STATE_HOME nor HOME says where.
 */
int store_open(struct store **store, char **message);
/* For store_history() alone: makes nothing and locks nothing. Where there is no folder the history is empty. */
int store_open_history(struct store **store, char **message);
/* NULL is allowed. */
void store_close(struct store *store);
/* Another session is under way: this one is not kept in session.json, so that --continue does not know it. */
bool store_is_second(const struct store *store);

/*
 * Writes session.json, whole or not at all. Of a second session nothing is written, and 0 returned. -EBADMSG: what
 * stands in its place is no session of this version, and is let stand.
 */
int store_save(struct store *store, const struct session_origin *origin,
               const struct session *session, char **message);
/* The origin of the session under way. -ENOENT: there is none. -EBUSY: another racelab is at it. -EBADMSG: it cannot be
 * read. Release it with session_origin_release(), also after a failure. */
int store_origin(struct store *store, struct session_origin *origin, char **message);
void session_origin_release(struct session_origin *origin);
/*
 * Fills in the answers of the session under way, whose rounds were drawn anew from its origin, and goes to the stage
 * where it was left. -ESTALE: they are no longer the same rounds, for the corpus has changed. After a failure the session
 * is as it was. Else as store_origin().
 */
int store_resume(struct store *store, struct session *session, char **message);
/* The session is over: takes its session.json away, which need not be there. A second session takes nothing away. */
int store_forget_session(struct store *store, char **message);

/*
 * A round was finished: appends it to the history, by one write, on the disk when this returns. After a failure (a full
 * disk) the history is as it was. What a crash has left of a line is moved to torn.jsonl.
 */
int store_append(struct store *store, const struct record *record, char **message);
/* Release the records with records_release(), also after a failure. -EBADMSG: a line cannot be read. */
int store_history(struct store *store, struct records *records, char **message);
/* Makes the record of a round; its strings are copied. */
void record_fill(struct record *record, int64_t at, uint64_t seed, const struct round *round,
                 const struct answer *answer, const struct marks *marks);
void record_release(struct record *record);
void records_release(struct records *records);

/* Moves session and history aside, to names that end in date and time; nothing is deleted. `*told` says where to (from
 * malloc). -EBUSY: a session is under way. */
int store_reset(struct store *store, char **told, char **message);

#endif
