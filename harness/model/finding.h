/*
 * What one detector said once. Plain data, no I/O.
 */
#ifndef RACELAB_MODEL_FINDING_H
#define RACELAB_MODEL_FINDING_H

#include "model/stack.h"

enum defect {
    DEFECT_RACE,
    DEFECT_LOCK_ORDER,
    DEFECT_MISUSE,
    DEFECT_HANG,
    DEFECT_WRONG_RESULT,
    DEFECT_CRASH,
    DEFECT_LEAK,
};
#define DEFECT_COUNT 7

/* "race", "lock-order", "misuse", "hang", "wrong-result", "crash", "leak". */
const char *defect_word(enum defect defect);
/* Finds a defect by its word (length bytes, not NUL-terminated). False where there is none. */
bool defect_from_word(const char *word, size_t length, enum defect *defect);

/* What a thread did at a place. Sites are only the places of the fault itself: where locks were
 * first seen, threads created or memory allocated is no site. */
struct site {
    char *file; /* as the debug info names it; NULL where the tool gave none */
    int line;   /* 1-based; 0 where the tool gave none */
    char *function;
    char *thread;   /* "main", "thread 2", ...; NULL where unknown */
    char *act;      /* "writes", "locks `to`", "unlocks"; NULL where unknown */
    int locks_held; /* how many locks the thread held there; -1 where the tool does not say */
    char *
        locks; /* those, as the tool names them: "M12, M14", "`from`"; NULL where unknown or none */
    struct stack stack; /* all of it, foreign frames too */
};

/* What a report tells beside its sites. */
enum background_kind {
    THREAD_MADE, /* where `subject`, a thread as sites name it, was made */
    ALLOCATED,   /* where the memory came from; `subject` is who allocated it */
    LOCK_SEEN,   /* where `subject`, a lock, was made or first seen */
    OTHER_STACK, /* the beginning of a DRD segment, ... */
};

struct background {
    enum background_kind kind;
    char *subject; /* NULL where unknown */
    char *text;    /* the tool's own line above the stack */
    struct stack stack;
};

struct finding {
    enum defect defect;
    char *message;       /* the tool's own headline, one line */
    char *object;        /* variable or lock names, "counter" or "from, to"; NULL where unknown */
    bool no_common_lock; /* the tool named the locks at both sites, and none is in both */
    struct site *sites;  /* only those in the program's own code, in the tool's order */
    size_t site_count;
    struct background *backgrounds;
    size_t background_count;
    size_t times;    /* how often the tool said it in this run; at least 1 */
    char *raw;       /* its report for people, lines ended by newlines; NULL: not from a report */
    size_t raw_line; /* 1-based line of the tool's report where it begins; 0: not from a report */
};

struct findings {
    struct finding *items;
    size_t count;
};

/* These add a zeroed element (a finding with times 1), owned by the container, valid until the next
 * addition. */
struct finding *findings_add(struct findings *findings, enum defect defect);
struct site *finding_add_site(struct finding *finding);
struct background *finding_add_background(struct finding *finding, enum background_kind kind);
/*
 * Adds a site at the stack's own frame (see stack_own_frame) and takes the stack over. `thread` and
 * `act` are copied and may be NULL. Where no frame is the program's own, a user's program (`own_source`
 * NULL) has its site at the frame that tells most; of a program of the corpus the stack is let alone: none
 * is added, and NULL returned, as it is where the stack is empty.
 */
struct site *finding_add_site_at(struct finding *finding, struct stack *stack,
                                 const char *own_source, const char *thread, const char *act);
void findings_release(struct findings *findings);

/*
 * The finding as one sentence: "race on `counter`: thread 2 writes at race/unlocked_counter.c:14
 * while thread 3 reads at :14; no lock in common". `object` stands in where the tool named none;
 * may be NULL. Paths are cut to their last two parts. The caller frees the string.
 */
char *finding_sentence(const struct finding *finding, const char *object);

#endif
