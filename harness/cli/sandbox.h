/*
 * For the tests of racelab from outside: a corpus of one pair in a folder of its own, which a test
 * changes, builds as the project builds its programs, and runs. All functions end the test where
 * something of their own fails.
 */
#ifndef RACELAB_CLI_SANDBOX_H
#define RACELAB_CLI_SANDBOX_H

#include "corpus/corpus.h"
#include "detect/detect.h"

#include <sys/types.h>

/* A corpus of one pair in a folder of its own, with TMPDIR inside it. */
struct sandbox {
    char *folder;
    const char *id;
    char *text[2]; /* the twins' sources */
};

/* What one racelab command did. */
struct result {
    int status;
    char *out;
    char *err;
};

/* A file's text, from malloc. */
char *read_text(const char *path);
void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Copies the pair's twins from the project's corpus; nothing is written yet. */
void sandbox_open(struct sandbox *box, const char *id);
void sandbox_close(struct sandbox *box);

/* The path of one twin's source, from malloc. */
char *sandbox_source(const struct sandbox *box, enum polarity polarity);
/* Replaces the one occurrence of `from` in a twin: a mutant must not rot unnoticed. */
void sandbox_mutate(struct sandbox *box, enum polarity polarity, const char *from, const char *to);
void sandbox_write(const struct sandbox *box);
/* Builds both twins of one flavour, with extra flags behind the project's own. */
void sandbox_build(const struct sandbox *box, enum flavour flavour, const char *extra);
/* Builds both twins as the scheduler wants them (flavour explore). */
void sandbox_build_explore(const struct sandbox *box);
void sandbox_write_and_build(const struct sandbox *box);

/* Runs `racelab ARGUMENTS` on the sandbox; `before` are assignments for its environment. */
struct result sandbox_racelab(const struct sandbox *box, const char *before, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));
void result_free(struct result *result);
/* Starts `racelab ARGUMENTS` (ended by NULL) and does not wait for it. */
pid_t sandbox_start(const struct sandbox *box, const char *const *arguments);

/* Runs the pair under one detector and checks status, verdict and that a remark holds `reason`. */
void sandbox_expect(const struct sandbox *box, const char *detector, int status,
                    const char *verdict, const char *reason);
/* The report directories are under the sandbox's TMPDIR: none may be left. */
void sandbox_expect_nothing_left(const struct sandbox *box);

#endif
