#include "corpus/corpus.h"

#include "corpus/file.h"
#include "corpus/lesson.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const families[] = {
    "race",     "atomicity", "order",   "deadlock",     "waiting",     "misuse",
    "lifetime", "executor",  "process", "memory_order", "false_alarm",
};

const char *polarity_word(enum polarity polarity)
{
    return polarity == BUGGY ? "buggy" : "fixed";
}

const char *patch_word(enum patch_kind kind)
{
    static const char *const words[] = {
        [PATCH_MOVES] = "moves", [PATCH_HIDES] = "hides", [PATCH_SERIAL] = "serial"};
    return words[kind];
}

enum polarity change_polarity(const struct pair *change)
{
    return change->twin[BUGGY].path ? BUGGY : FIXED;
}

static bool known_family(const char *name)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
        if (strcmp(families[i], name) == 0)
            return true;
    }
    return false;
}

static struct pair *change_at(struct corpus *corpus, const char *family, const char *file_name)
{
    struct pair *change =
        xappend((void **)&corpus->changes, &corpus->change_count, sizeof(*change));
    change->family = xstrdup(family);
    change->name = xstrndup(file_name, strlen(file_name) - strlen(".c"));
    change->id = xasprintf("%s/%s", family, change->name);
    return change;
}

static struct pair *pair_at(struct corpus *corpus, const char *family, const char *file_name)
{
    size_t stem = strlen(file_name) - strlen(".c");
    char *id = xasprintf("%s/%.*s", family, (int)stem, file_name);
    for (size_t i = 0; i < corpus->count; i++) {
        if (strcmp(corpus->pairs[i].id, id) == 0) {
            free(id);
            return &corpus->pairs[i];
        }
    }
    struct pair *pair = xappend((void **)&corpus->pairs, &corpus->count, sizeof(*pair));
    pair->id = id;
    pair->family = xstrdup(family);
    pair->name = xstrndup(file_name, stem);
    return pair;
}

static void find_cases(struct corpus *corpus, enum polarity polarity, const char *folder,
                       const char *family)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0) {
        if (errno != ENOTDIR) /* files beside the families are nobody's business */
            complaints_add(&corpus->complaints, folder, 0, "cannot be read: %s", strerror(errno));
        return;
    }
    if (!known_family(family))
        complaints_add(&corpus->complaints, folder, 0, "unknown family `%s`", family);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        size_t length = strlen(name);
        if (name[0] != '.' && length > 2 && strcmp(name + length - 2, ".c") == 0) {
            bool alone = strchr(name, '.') != name + length - 2;
            struct pair *pair =
                alone ? change_at(corpus, family, name) : pair_at(corpus, family, name);
            pair->twin[polarity].path = xasprintf("%s/%s", folder, name);
        }
        free(entries[i]);
    }
    free(entries);
}

static int find_families(struct corpus *corpus, const char *root, enum polarity polarity)
{
    char *folder = xasprintf("%s/%s", root, polarity_word(polarity));
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    int result = count < 0 ? -errno : 0;
    for (int i = 0; i < count; i++) {
        const char *family = entries[i]->d_name;
        if (family[0] != '.') {
            char *path = xasprintf("%s/%s", folder, family);
            find_cases(corpus, polarity, path, family);
            free(path);
        }
        free(entries[i]);
    }
    free(entries);
    free(folder);
    return result;
}

static void read_twin(struct corpus *corpus, struct pair *pair, enum polarity polarity,
                      const char *const *detectors)
{
    const char *path = pair->twin[polarity].path;
    int error = file_read(path, &pair->twin[polarity].source, &pair->twin[polarity].length);
    if (error) {
        complaints_add(&corpus->complaints, path, 0, "cannot be read: %s", strerror(-error));
        return;
    }
    annotations_read(path, pair->twin[polarity].source, pair->twin[polarity].length, detectors,
                     &pair->twin[polarity].annotations, &corpus->complaints);
}

/* The same annotations must stand in both twins, in the same order; the lines may differ. */
static void compare_twins(struct corpus *corpus, const struct pair *pair)
{
    const struct annotations *buggy = &pair->twin[BUGGY].annotations;
    const struct annotations *fixed = &pair->twin[FIXED].annotations;
    size_t i = 0;
    while (i < buggy->count && i < fixed->count &&
           strcmp(buggy->items[i].text, fixed->items[i].text) == 0)
        i++;
    if (i < buggy->count)
        complaints_add(&corpus->complaints, pair->twin[BUGGY].path, buggy->items[i].line,
                       "`%s` does not stand in the same place in the fixed twin",
                       buggy->items[i].text);
    else if (i < fixed->count)
        complaints_add(&corpus->complaints, pair->twin[FIXED].path, fixed->items[i].line,
                       "`%s` does not stand in the same place in the buggy twin",
                       fixed->items[i].text);
}

static void check_pair(struct corpus *corpus, struct pair *pair, const char *const *detectors)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        if (pair->twin[p].path)
            read_twin(corpus, pair, p, detectors);
        else
            complaints_add(&corpus->complaints, pair->twin[p == BUGGY ? FIXED : BUGGY].path, 0,
                           "has no twin in %s/", polarity_word(p));
    }
    if (!pair->twin[BUGGY].source || !pair->twin[FIXED].source)
        return;
    compare_twins(corpus, pair);
    bool has_bug = false;
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        has_bug = has_bug || promises->items[i].kind == PROMISE_BUG;
        if (promises->items[i].kind == PROMISE_SERIAL)
            complaints_add(&corpus->complaints, pair->twin[BUGGY].path, promises->items[i].lines[0],
                           "`serial:` stands in wrong patches alone");
    }
    if (!has_bug)
        complaints_add(&corpus->complaints, pair->twin[BUGGY].path, 0,
                       "makes no promise: no `bug:` annotation");
    lesson_read(pair->twin[BUGGY].path, pair->name, pair->twin[BUGGY].source,
                pair->twin[BUGGY].length, LESSON_PAIR, &pair->lesson, &corpus->complaints);
}

static void read_patch_kind(struct corpus *corpus, struct pair *change)
{
    const char *said = change->lesson.patch;
    for (enum patch_kind kind = PATCH_MOVES; kind <= PATCH_SERIAL; kind++) {
        if (said && strcmp(said, patch_word(kind)) == 0)
            change->patch = kind;
    }
    if (said && *said && !change->patch)
        complaints_add(&corpus->complaints, change->twin[BUGGY].path, 0,
                       "`Patch: %s`: a wrong patch moves the bug, hides it, or makes the program "
                       "serial: write "
                       "`moves`, `hides` or `serial`",
                       said);
}

/* A patch is serial, or leaves a bug; and a refactoring says which bug it does not bring back. */
static void check_promises(struct corpus *corpus, const struct pair *change)
{
    const struct promises *promises = &change->twin[change_polarity(change)].annotations.promises;
    const char *path = change->twin[change_polarity(change)].path;
    size_t made[] = {[PROMISE_BUG] = 0, [PROMISE_ALARM] = 0, [PROMISE_SERIAL] = 0};
    for (size_t i = 0; i < promises->count; i++)
        made[promises->items[i].kind]++;
    bool serial = change->patch == PATCH_SERIAL;
    if (serial && made[PROMISE_SERIAL] == 0)
        complaints_add(&corpus->complaints, path, 0,
                       "makes no promise: a serial patch has a `serial:` annotation");
    if (!serial && made[PROMISE_BUG] == 0)
        complaints_add(&corpus->complaints, path, 0, "makes no promise: no `bug:` annotation");
    if (serial ? made[PROMISE_BUG] > 0 : made[PROMISE_SERIAL] > 0)
        complaints_add(
            &corpus->complaints, path, 0,
            "`serial:` stands in patches of that kind alone, and no `bug:` stands there");
}

static void check_change(struct corpus *corpus, struct pair *change, const char *const *detectors)
{
    enum polarity polarity = change_polarity(change);
    size_t stem = (size_t)(strchr(change->id, '.') - change->id);
    for (size_t i = 0; i < corpus->count && !change->of; i++) {
        if (strncmp(corpus->pairs[i].id, change->id, stem) == 0 && !corpus->pairs[i].id[stem])
            change->of = &corpus->pairs[i];
    }
    if (!change->of)
        complaints_add(&corpus->complaints, change->twin[polarity].path, 0,
                       "is a change to a pair that is not there: `%.*s`", (int)stem, change->id);
    if (change > corpus->changes && strcmp(change[-1].id, change->id) == 0)
        complaints_add(&corpus->complaints, change->twin[polarity].path, 0,
                       "%s has the same name: rename one",
                       change[-1].twin[change_polarity(&change[-1])].path);
    read_twin(corpus, change, polarity, detectors);
    if (!change->twin[polarity].source)
        return;
    lesson_read(change->twin[polarity].path, change->name, change->twin[polarity].source,
                change->twin[polarity].length,
                polarity == BUGGY ? LESSON_WRONG_PATCH : LESSON_REFACTORING, &change->lesson,
                &corpus->complaints);
    read_patch_kind(corpus, change);
    if (polarity == FIXED || change->patch)
        check_promises(corpus, change);
}

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct pair *)left)->id, ((const struct pair *)right)->id);
}

int corpus_load(const char *root, const char *const *detectors, struct corpus *corpus)
{
    *corpus = (struct corpus){0};
    int error = find_families(corpus, root, BUGGY);
    if (!error)
        error = find_families(corpus, root, FIXED);
    if (error)
        return error;
    if (corpus->count > 0)
        qsort(corpus->pairs, corpus->count, sizeof(*corpus->pairs), by_id);
    for (size_t i = 0; i < corpus->count; i++)
        check_pair(corpus, &corpus->pairs[i], detectors);
    if (corpus->change_count > 0)
        qsort(corpus->changes, corpus->change_count, sizeof(*corpus->changes), by_id);
    for (size_t i = 0; i < corpus->change_count; i++)
        check_change(corpus, &corpus->changes[i], detectors);
    return 0;
}

static void pair_release(struct pair *pair)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        annotations_release(&pair->twin[p].annotations);
        free(pair->twin[p].source);
        free(pair->twin[p].path);
    }
    lesson_release(&pair->lesson);
    free(pair->id);
    free(pair->family);
    free(pair->name);
}

void corpus_release(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        pair_release(&corpus->pairs[i]);
    for (size_t i = 0; i < corpus->change_count; i++)
        pair_release(&corpus->changes[i]);
    free(corpus->pairs);
    free(corpus->changes);
    complaints_release(&corpus->complaints);
    *corpus = (struct corpus){0};
}
