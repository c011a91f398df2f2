#include "review/store_part.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const form_words[] = {
    [REVIEW_PROGRAM] = "program",
    [REVIEW_DIFF] = "diff",
};

#define MANY 1000000 /* more lines than any program has */

void record_fill(struct record *record, int64_t at, uint64_t seed, const struct round *round,
                 const struct answer *answer, const struct marks *marks)
{
    const struct pair *change = round->what.change;
    *record = (struct record){
        .at = at,
        .seed = seed,
        .pair = xstrdup(round->what.pair->id),
        .change = change ? xstrdup(change->id) : NULL,
        .form = round->what.form,
        .marks = *marks,
        .hints = answer->hints,
        .ms = answer->ms,
    };
}

void record_release(struct record *record)
{
    free(record->pair);
    free(record->change);
    *record = (struct record){0};
}

char *store_record_line(const struct record *record)
{
    const struct marks *marks = &record->marks;
    json_t *json = json_pack(
        "{si sI so ss ss? ss sb sb sI sI sI sb sb sb sI sI sI sI}", "version", STORE_VERSION, "at",
        (json_int_t)record->at, "seed", seed_json(record->seed), "pair", record->pair, "change",
        record->change, "form", form_words[record->form], "guilty", marks->guilty, "verdict_right",
        marks->verdict_right, "wanted", (json_int_t)marks->wanted, "marked",
        (json_int_t)marks->marked, "hit", (json_int_t)marks->hit, "class_right", marks->class_right,
        "patch_asked", marks->patch_asked, "patch_right", marks->patch_right, "price",
        (json_int_t)marks->price, "points", (json_int_t)marks->points, "hints",
        (json_int_t)record->hints, "ms", (json_int_t)record->ms);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    char *line = text ? xasprintf("%s\n", text) : NULL;
    free(text);
    json_decref(json);
    return line;
}

/* "race/unlocked_counter", and no more than one family. */
static bool is_id(const char *text)
{
    const char *slash = strchr(text, '/');
    return slash && slash > text && slash[1] && !strchr(slash + 1, '/');
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* False, and `*why` from malloc: what is wrong. Else release the record. */
static bool read_members(const json_t *json, struct record *record, char **why)
{
    struct marks *marks = &record->marks;
    const char *pair = NULL;
    const char *change = NULL;
    size_t form = 0;
    int64_t number[7] = {0};
    enum { WANTED, MARKED, HIT, PRICE, POINTS, HINTS, MS };
    bool good = member_version(json, why) &&
                member_int(json, "at", 0, INT64_MAX, &record->at, why) &&
                member_seed(json, "seed", &record->seed, why) &&
                member_text(json, "pair", false, &pair, why) &&
                member_text(json, "change", true, &change, why) &&
                member_word(json, "form", form_words, sizeof(form_words) / sizeof(*form_words),
                            &form, why) &&
                member_bool(json, "guilty", &marks->guilty, why) &&
                member_bool(json, "verdict_right", &marks->verdict_right, why) &&
                member_int(json, "wanted", 0, MANY, &number[WANTED], why) &&
                member_int(json, "marked", 0, MANY, &number[MARKED], why) &&
                member_int(json, "hit", 0,
                           number[WANTED] < number[MARKED] ? number[WANTED] : number[MARKED],
                           &number[HIT], why) &&
                member_bool(json, "class_right", &marks->class_right, why) &&
                member_bool(json, "patch_asked", &marks->patch_asked, why) &&
                member_bool(json, "patch_right", &marks->patch_right, why) &&
                member_int(json, "price", 0, 100, &number[PRICE], why) &&
                member_int(json, "points", 0, 100, &number[POINTS], why) &&
                member_int(json, "hints", 0, REVIEW_HINTS, &number[HINTS], why) &&
                member_int(json, "ms", 0, INT64_MAX, &number[MS], why);
    if (good && !(is_id(pair) && (!change || is_id(change)))) {
        *why = xstrdup("`pair` and `change` have the form FAMILY/CASE");
        good = false;
    }
    if (!good)
        return false;
    record->pair = xstrdup(pair);
    record->change = change ? xstrdup(change) : NULL;
    record->form = (enum review_form)form;
    record->hints = (unsigned)number[HINTS];
    record->ms = (uint64_t)number[MS];
    marks->wanted = (size_t)number[WANTED];
    marks->marked = (size_t)number[MARKED];
    marks->hit = (size_t)number[HIT];
    marks->precision = share(marks->hit, marks->marked);
    marks->recall = share(marks->hit, marks->wanted);
    marks->price = (unsigned)number[PRICE];
    marks->points = (unsigned)number[POINTS];
    return true;
}

bool store_record_read(const char *line, size_t length, struct record *record, char **why)
{
    json_error_t error;
    json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    *record = (struct record){0};
    *why = NULL;
    if (!json)
        *why = xasprintf("it is no JSON (column %d: %s)", error.column, error.text);
    bool good = json && read_members(json, record, why);
    json_decref(json);
    return good;
}
