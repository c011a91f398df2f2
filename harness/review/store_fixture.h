/* For the tests of the store: a folder of its own, a session, and a record. Linked with --wrap=fsync and --wrap=rename. */
#ifndef RACELAB_REVIEW_STORE_FIXTURE_H
#define RACELAB_REVIEW_STORE_FIXTURE_H

#include "review/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Where XDG_STATE_HOME points to in a test. */
struct state_home {
    char *folder;
};

/* Set up and tear down of a test: *state is a struct state_home. */
int state_home_make(void **state);
int state_home_remove(void **state);

/* What was synchronised and renamed, in order: "file ", "folder ", "rename ". */
extern char state_calls[256];
/* What fsync() of a file is to fail with; 0: nothing. */
extern int state_fsync_error;

struct store *open_store(void);
/* A finished round, which ended at `at`; release it with record_release(). */
struct record make_record(int64_t at);
void append(struct store *store, int64_t at);
struct records read_history(struct store *store);
void expect_record(const struct record *got, const struct record *wanted);
/* Checks that the message holds the text, and frees it. */
void expect_told(char **message, const char *text);

void write_text(const char *path, const char *text);
/* Of the store's folder; from malloc. */
char *read_file(const struct state_home *home, const char *name);
void write_file(const struct state_home *home, const char *name, const char *text);
void expect_file(const struct state_home *home, const char *name, const char *text);
/* With `to` for the first `from`, which must be there; from malloc. */
char *replaced(const char *text, const char *from, const char *to);

/* Three rounds: a guilty one with two patches, an innocent one, a guilty one without patches. */
void make_session(struct session *session);
void save_session(struct store *store, const struct session *session);

#endif
