#include "corpus/lint_examples.h"

#include "corpus/lesson.h"
#include "corpus/lint.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const detectors[] = {"tsan", "tsan-gcc", "helgrind", "drd", "watchdog", NULL};

#define BEFORE_THE_FIX                                                                             \
    "/*\n"                                                                                         \
    " * two_tills: two tills add to one sum without a lock\n"                                      \
    " *\n"                                                                                         \
    " * Story: Two tills add to one sum.\n"                                                        \
    " * Wrong: The sum can be too small.\n"                                                        \
    " * Why: sum++ is a load, an addition and a store.\n"                                          \
    " * Fix: Each till adds with the lock held.\n"                                                 \
    " * Roadmap: threads, process Queue, shared memory\n"                                          \
    " * CWE: CWE-366 Race Condition within a Thread;\n"                                            \
    " *      CWE-820 Missing Synchronization\n"                                                    \
    " * CERT: CON43-C; POS49-C\n"                                                                  \
    " */\n"                                                                                        \
    "#include <assert.h>\n"                                                                        \
    "#include <pthread.h>\n"                                                                       \
    "\n"                                                                                           \
    "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"                                   \
    "static long sum;\n"                                                                           \
    "\n"                                                                                           \
    "static void *till(void *arg)\n"                                                               \
    "{\n"                                                                                          \
    "    (void)arg; /* no sleep() here, nor \"sched_yield()\" */\n"
#define BEHIND_THE_FIX                                                                             \
    "    return NULL;\n"                                                                           \
    "}\n"                                                                                          \
    "\n"                                                                                           \
    "int main(void)\n"                                                                             \
    "{\n"                                                                                          \
    "    pthread_t other;\n"                                                                       \
    "    pthread_create(&other, NULL, till, NULL);\n"                                              \
    "    till(\"sleep(1)\");\n"                                                                    \
    "    pthread_join(other, NULL);\n"                                                             \
    "    assert(sum == 2); /* bug: wrong-result(sum); watchdog blind: here it says so\n"           \
    "        on two lines */\n"                                                                    \
    "    return 0;\n"                                                                              \
    "}\n"
#define ADDS "    sum++; /* bug: race(sum) */\n"

const char *const sources[] = {
    BEFORE_THE_FIX ADDS BEHIND_THE_FIX,
    BEFORE_THE_FIX "    pthread_mutex_lock(&lock);\n" ADDS
                   "    pthread_mutex_unlock(&lock);\n" BEHIND_THE_FIX,
};
static const char *const paths[] = {"buggy.c", "fixed.c"};

/* Replaces the one occurrence of `from`. The old text is freed. */
static char *replace(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    if (!at || strstr(at + 1, from))
        fail_msg("`%s` does not stand there exactly once", from);
    char *changed = xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    free(text);
    return changed;
}

struct corpus corpus;

void open_pair(const char *family, const char *name)
{
    struct pair *pair = xappend((void **)&corpus.pairs, &corpus.count, sizeof(*pair));
    pair->id = xasprintf("%s/%s", family, name);
    pair->family = xstrdup(family);
    pair->name = xstrdup(name);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        pair->twin[p].path = xstrdup(paths[p]);
        pair->twin[p].source = xstrdup(sources[p]);
    }
}

void change_pair(struct pair *pair, const struct change *change)
{
    for (enum polarity p = BUGGY; change->from && p <= FIXED; p++) {
        if (change->twins & (1 << p))
            pair->twin[p].source = replace(pair->twin[p].source, change->from, change->to);
    }
}

void load_pair(struct pair *pair)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        pair->twin[p].length = strlen(pair->twin[p].source);
        annotations_read(paths[p], pair->twin[p].source, pair->twin[p].length, detectors,
                         &pair->twin[p].annotations, &corpus.complaints);
    }
    lesson_read(paths[BUGGY], pair->name, pair->twin[BUGGY].source, pair->twin[BUGGY].length,
                LESSON_PAIR, &pair->lesson, &corpus.complaints);
}

/* Lints the last pair and releases the corpus. False, and a message, where it is not as the example
 * says. */
static bool as_expected(const struct example *example)
{
    struct complaints complaints = {0};
    size_t count = example->complaint ? (example->count ? example->count : 1) : 0;
    bool found = example->complaint == NULL;
    lint_pair(&corpus, &corpus.pairs[corpus.count - 1], &complaints);
    for (size_t i = 0; i < complaints.count && !found; i++) {
        const struct complaint *complaint = &complaints.items[i];
        found = strcmp(complaint->file, paths[example->twin]) == 0 &&
                complaint->line == example->line && strstr(complaint->text, example->complaint);
    }
    bool good = found && complaints.count == count;
    if (!good)
        print_error("change `%s` to `%s`: wanted %zu, one %s:%d: %s\n", example->changes[0].from,
                    example->changes[0].to, count, paths[example->twin], example->line,
                    example->complaint);
    for (size_t i = 0; i < complaints.count && !good; i++)
        print_error("    got %s:%d: %s\n", complaints.items[i].file, complaints.items[i].line,
                    complaints.items[i].text);
    complaints_release(&complaints);
    corpus_release(&corpus);
    return good;
}

void expect(const struct example *example)
{
    assert_true(as_expected(example));
}

void run_examples(const char *family, const char *name, const struct example *examples,
                  size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        open_pair(family, name);
        for (size_t c = 0; c < 2; c++)
            change_pair(&corpus.pairs[0], &examples[i].changes[c]);
        load_pair(&corpus.pairs[0]);
        wrong += !as_expected(&examples[i]);
    }
    assert_int_equal(wrong, 0);
}
