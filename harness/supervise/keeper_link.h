/*
 * What a supervisor and its keeper say to each other over the socket that is the keeper's
 * descriptor KEEPER_LINK.
 *
 * To the keeper: one byte, any, means end the program; the end of the stream means that the
 * supervisor is dead. From the keeper: struct keeper_record, each whole.
 */
#ifndef RACELAB_SUPERVISE_KEEPER_LINK_H
#define RACELAB_SUPERVISE_KEEPER_LINK_H

#include <stdint.h>

enum { KEEPER_LINK = 3 };

/* With --pass the keeper has two more descriptors, KEEPER_LINK + 1 and + 2. The program gets them as
 * KEEPER_PASSED and + 1, where it would not open a file of its own; the keeper does not keep them. */
enum { KEEPER_PASSES = 2, KEEPER_PASSED = 200 };

enum keeper_word {
    KEEPER_STARTED = 1, /* value: pid of the program's first process */
    KEEPER_NOT_READY,   /* value: errno; it could not prepare itself, or open REPORT_DIR */
    KEEPER_NOT_STARTED, /* value: errno of fork() or exec() */
    KEEPER_ENDED,       /* value: wait status; the program ended before the keeper touched it */
    KEEPER_LEFT,        /* value: processes that could not be ended */
};

struct keeper_record {
    uint32_t word;
    int32_t value;
    uint32_t left_behind; /* KEEPER_ENDED: other processes of the tree that were alive then */
    uint32_t zero;        /* keeps the bytes on the wire defined */
    uint64_t when_ns;     /* CLOCK_MONOTONIC */
};

#endif
