/*
 * Names of variables and locks, as different tools give them for the same thing. Pure functions.
 *
 * A symbol table knows `table`, or `table+40` for what lies inside it; debug info knows
 * `table.rows[1].lock`; clang calls a function's static variable `main.lock` and gcc `lock.0`.
 */
#ifndef RACELAB_JUDGE_NAME_H
#define RACELAB_JUDGE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A set: sorted, no two alike, each without what only one tool says of it. Empty: unknown. */
struct names {
    char **items;
    size_t count;
};

/* Adds the name of one object; or all of a list, "from, to". NULL and what is no name add nothing. */
void names_add(struct names *names, const char *object);
void names_add_list(struct names *names, const char *objects);
/* Joined again: "from, to". From malloc; NULL where the set is empty. */
char *names_join(const struct names *names);
/* A total order over sets; 0 where they are equal. */
int names_compare(const struct names *left, const struct names *right);
/*
 * Whether nothing speaks against both being names of the same things: one is unknown, or each name of
 * the smaller set goes with one of the larger. Not transitive: `a` goes with `a.x` and with `a.y`.
 */
bool names_agree(const struct names *left, const struct names *right);
void names_copy(const struct names *names, struct names *to);
void names_release(struct names *names);

#endif
