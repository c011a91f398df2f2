/* A user's program: its sources, how they are built, and what it is given when it runs. */
#ifndef RACELAB_CLI_SUBJECT_H
#define RACELAB_CLI_SUBJECT_H

#include "cli/cli.h"

/* Strings are borrowed from the command line unless said. */
struct subject {
    char **sources;
    size_t source_count;
    char *program[FLAVOURS];    /* by flavour: given, or built; from malloc; NULL: there is none */
    char *no_program[FLAVOURS]; /* why there is none, a sentence from malloc; or NULL */
    bool build_failed[FLAVOURS];
    char **arguments; /* of the program, ended by NULL */
    const char *cflags;
    const char *ldflags;
    const char *input;
    const char **env; /* ended by NULL */
    size_t env_count;
    int *ok_status;
    size_t ok_status_count;
};

/* Its options, for a subcommand's argp as a child; its input is a struct subject. The groups are 0, what the program is,
 * and 1, how it is run. */
extern const struct argp subject_argp;
/* A positional argument of a subcommand: what stands behind `--` is the program's, what stands before it a source. */
void subject_add(struct subject *subject, char *argument, struct argp_state *state);
/* Whether the one thing that was given is the name of a CASE, and no file. */
bool subject_is_case(const struct subject *subject);
/* The path of a program: as given where that is a file, else as the shell would find it; from malloc. */
char *subject_locate(const char *name);
/* Its sources and arguments as they were given, for people; `program` stands for the sources where it is not NULL. */
char *subject_describe(const struct subject *subject, const char *program);

/*
 * Compiles and links the sources once for each flavour that is wanted, into `folder`, and sets
 * subject->program; where a compiler is not there or fails, subject->no_program. What compilers say goes
 * to standard error. Returns STATUS_KEPT where at least one flavour was built; STATUS_BUILD after a
 * message; 128 and a signal's number where that came.
 */
int subject_build(const struct lab *lab, struct subject *subject, const bool wanted[FLAVOURS],
                  const char *folder);
void subject_release(struct subject *subject);

#endif
