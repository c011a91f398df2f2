/* What the files of the store share. */
#ifndef RACELAB_REVIEW_STORE_PART_H
#define RACELAB_REVIEW_STORE_PART_H

#include "review/store.h"

#include <jansson.h>

#define STORE_VERSION 1 /* of what both files hold */

struct store {
    char *folder;
    char *session; /* paths */
    char *history;
    char *torn;
    int lock;            /* -1: not held */
    bool session_is_own; /* what stands at `session` was read or written by this store */
};

/* Sets the message, and returns `error` negative. */
int store_fail(char **message, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* fsync(); 0 also of what cannot be synchronised: a device, the folder of some file systems. Else a negative errno. */
int store_sync(int fd);
/* Opens, writes all, and has it on the disk. Returns 0 or a negative errno. */
int store_write(const char *path, int flags, const char *text, size_t length);
/* Makes renamed, new and removed names of the folder last. Returns 0 or a negative errno. */
int store_sync_folder(const struct store *store);

/* Of a record one line of history.jsonl, with its newline; from malloc. NULL: it cannot be written as JSON. */
char *store_record_line(const struct record *record);
/* False: `*why` (from malloc) says what is wrong with the line. Release the record in both cases. */
bool store_record_read(const char *line, size_t length, struct record *record, char **why);

/* Of session.json. */
#define STORE_VERDICTS 3
extern const char *const store_stage_words[STAGE_COUNT];
extern const char *const store_verdict_words[STORE_VERDICTS];
/* What the answers to a round depend on: what is shown, asked and offered. */
void store_round_print(const struct round *round, char text[33]);
/* Reads it with its origin; *json is the caller's. Returns as store_origin(). */
int store_read_session(struct store *store, json_t **json, struct session_origin *origin,
                       char **message);
/* Tells why it cannot be gone on with; -EBADMSG. */
int store_unreadable(const struct store *store, const char *why, char **message);

/*
 * Members of an object that is not trusted. Each returns false, and sets `*why` (from malloc) to what is wrong with the
 * member, unless an earlier one has set it: so a chain of them can be read to its end.
 */
bool member_int(const json_t *object, const char *key, int64_t least, int64_t most, int64_t *value,
                char **why);
bool member_bool(const json_t *object, const char *key, bool *value, char **why);
/* Borrowed from the object. `may_be_null`: then *value is NULL. */
bool member_text(const json_t *object, const char *key, bool may_be_null, const char **value,
                 char **why);
/* A number of 64 bits as a text of digits: JSON's own numbers are not sure to hold it. */
bool member_seed(const json_t *object, const char *key, uint64_t *value, char **why);
/* One of the words: its index. */
bool member_word(const json_t *object, const char *key, const char *const *words, size_t count,
                 size_t *value, char **why);
bool member_version(const json_t *object, char **why);
json_t *seed_json(uint64_t seed);

#endif
