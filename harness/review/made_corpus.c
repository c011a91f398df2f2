#include "review/made_corpus.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_source(struct corpus *corpus, struct pair *pair, enum polarity polarity,
                       const char *source)
{
    static const char *const detectors[] = {"tsan", "drd", NULL};
    pair->twin[polarity].path = xasprintf("%s/%s.c", polarity_word(polarity), pair->id);
    if (!source)
        return;
    pair->twin[polarity].source = xstrdup(source);
    pair->twin[polarity].length = strlen(source);
    annotations_read(pair->twin[polarity].path, source, strlen(source), detectors,
                     &pair->twin[polarity].annotations, &corpus->complaints);
    assert_int_equal(corpus->complaints.count, 0);
}

static void set_names(struct pair *pair, const char *id)
{
    pair->id = xstrdup(id);
    pair->family = xstrndup(id, strcspn(id, "/"));
    pair->name = xstrdup(strchr(id, '/') + 1);
    pair->lesson.why = xasprintf("why %s", pair->name);
    pair->lesson.fix = xasprintf("fix %s", pair->name);
}

void made_pair(struct corpus *corpus, const char *id, const char *buggy, const char *fixed)
{
    struct pair *pair = xappend((void **)&corpus->pairs, &corpus->count, sizeof(*pair));
    set_names(pair, id);
    add_source(corpus, pair, BUGGY, buggy);
    add_source(corpus, pair, FIXED, fixed);
}

void made_change(struct corpus *corpus, const char *id, enum patch_kind patch, const char *source)
{
    struct pair *change =
        xappend((void **)&corpus->changes, &corpus->change_count, sizeof(*change));
    set_names(change, id);
    change->patch = patch;
    add_source(corpus, change, patch == PATCH_NONE ? FIXED : BUGGY, source);
}

void made_corpus(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->change_count; i++) {
        struct pair *change = &corpus->changes[i];
        size_t stem = strcspn(change->id, ".");
        for (size_t j = 0; j < corpus->count; j++) {
            if (strlen(corpus->pairs[j].id) == stem &&
                memcmp(corpus->pairs[j].id, change->id, stem) == 0)
                change->of = &corpus->pairs[j];
        }
    }
}

void made_tills(struct corpus *corpus)
{
    *corpus = (struct corpus){0};
    made_pair(corpus, "race/desk", MADE_TILL, "d;\n" MADE_TILL);
    made_pair(corpus, "race/lamp", MADE_TILL "x;\n", "l;\n" MADE_TILL "x;\n");
    made_pair(corpus, "race/odd", NULL, MADE_TILL);
    made_pair(corpus, "race/till", MADE_TILL "y;\n", "t;\n" MADE_TILL "y;\n");
    made_pair(corpus, "waiting/queue", MADE_TILL, "q;\nq;\n" MADE_TILL);
    made_change(corpus, "race/lamp.hides", PATCH_HIDES, "h;\nh;\n" MADE_TILL "x;\n");
    made_change(corpus, "race/odd.moves", PATCH_MOVES, "m;\n" MADE_TILL);
    made_change(corpus, "race/till.hides", PATCH_HIDES, "h;\nh;\n" MADE_TILL "y;\n");
    made_change(corpus, "race/till.late", PATCH_NONE, MADE_TILL "y;\nt;\n");
    made_change(corpus, "race/till.moves", PATCH_MOVES, "m;\n" MADE_TILL "y;\n");
    made_change(corpus, "race/till.serial", PATCH_SERIAL, "i;\ns; /* serial: a */\nz;\ny;\n");
    made_change(corpus, "race/till.unread", PATCH_MOVES, NULL);
    made_change(corpus, "race/other.moves", PATCH_MOVES, MADE_TILL);
    made_corpus(corpus);
}

const struct pair **made_selection(const struct corpus *corpus)
{
    const struct pair **pairs = xcalloc(corpus->count + 1, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus->count; i++)
        pairs[i] = &corpus->pairs[i];
    return pairs;
}
