/* A session of reviews as a git repository, for a team that reviews elsewhere. */
#ifndef RACELAB_CLI_REVIEW_EXPORT_H
#define RACELAB_CLI_REVIEW_EXPORT_H

#include "review/round.h"

/*
 * Makes the repository in `folder`, which must not exist or be empty: a branch `main` with the correct version of every round that
 * is a change, and for each round a branch `round-N` from there with the one commit to be reviewed. Nothing in it tells the answers,
 * and the same rounds give the same commits. Returns STATUS_KEPT, or STATUS_USAGE or STATUS_OUTPUT after a message; a repository
 * that could not be made whole is removed.
 */
int review_export(const struct rounds *rounds, const char *folder);

#endif
