/*
 * What a bug is known by from run to run: 128 bits of its kind, its names and what its places look like,
 * without addresses, threads, and line numbers. Pure functions.
 *
 * The hash is FNV-1a of 128 bits by Fowler, Noll and Vo (IETF, draft-eastlake-fnv, "The FNV Non-
 * Cryptographic Hash Algorithm"): nobody gains by forging a fingerprint.
 */
#ifndef RACELAB_JUDGE_FINGERPRINT_H
#define RACELAB_JUDGE_FINGERPRINT_H

#include "judge/bug.h"
#include "judge/merge.h"

__extension__ typedef unsigned __int128 hash128;

#define HASH128_EMPTY                                                                              \
    ((hash128)0x6c62272e07bb0142U << 64 | (hash128)0x62b821756295c58dU) /* of no bytes at all */

hash128 hash128_add(hash128 hash, const void *bytes, size_t length);
/* 32 hexadecimal digits and a NUL. */
void hash128_write(hash128 hash, char text[33]);

/*
 * One a group that has claims, at the group's index; the rest stay 0. No two are the same: of bugs that
 * look alike, each but the first in the order of places has its number mixed in. `line` as in bugs_merge().
 * From malloc.
 */
hash128 *fingerprints(const struct inspection *inspection, const struct merge *merge,
                      source_line_fn *line, void *user);

#endif
