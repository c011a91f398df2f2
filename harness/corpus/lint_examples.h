/* For the linter's tests: a pair without a fault, and what is said of it when it is changed. All
 * functions end the test where something is not as expected. Not for two threads. */
#ifndef RACELAB_CORPUS_LINT_EXAMPLES_H
#define RACELAB_CORPUS_LINT_EXAMPLES_H

#include "corpus/corpus.h"

enum { IN_BUGGY = 1 << BUGGY, IN_FIXED = 1 << FIXED, IN_BOTH = IN_BUGGY | IN_FIXED };

/* Replaces the one occurrence of `from` in these twins; a `from` of NULL changes nothing. */
struct change {
    int twins;
    const char *from;
    const char *to;
};

struct example {
    struct change changes[2];
    /* One of the complaints; NULL: there is none. */
    const char *complaint;
    enum polarity twin;
    int line;
    size_t count; /* of all complaints; 0 for one */
};

/* The pair's sources by polarity; its name is two_tills, and its files are buggy.c and fixed.c. */
extern const char *const sources[];
/* What the functions below work on. */
extern struct corpus corpus;

/* Adds the pair to the corpus under this name. */
void open_pair(const char *family, const char *name);
void change_pair(struct pair *pair, const struct change *change);
/* What loading does when the sources are read. */
void load_pair(struct pair *pair);
/* Lints the last pair, expects what the example says, and releases the corpus. */
void expect(const struct example *example);
/* All of that for each example, in a corpus of its own. */
void run_examples(const char *family, const char *name, const struct example *examples,
                  size_t count);
#define RUN(family, examples)                                                                      \
    run_examples(family, "two_tills", examples, sizeof(examples) / sizeof(*(examples)))

#endif
