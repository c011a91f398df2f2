/* What whoever starts a keeper gives it, beside its arguments (see keeper.c). */
#ifndef RACELAB_SUPERVISE_START_H
#define RACELAB_SUPERVISE_START_H

/* This process's environment with `overrides` ("NAME=VALUE", ended by NULL; NULL: none) set over it, but
 * for LD_PRELOAD: where that is overridden it is left out, since the keeper must not preload what its
 * program does, and is told by an argument. From malloc, for start_free(). */
char **start_environment(const char *const *overrides);
/* Strings and array, ended by NULL; NULL is allowed. */
void start_free(char **strings);

#endif
