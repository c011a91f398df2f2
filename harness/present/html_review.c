#include "present/html_review.h"

#include "model/memory.h"
#include "present/html_page.h"
#include "present/json_value.h"

#include <stdlib.h>

/* One character a line, so that a page of many rounds stays small: `.` none, `w` wanted, `n` neutral. */
static json_t *parts_json(const struct round *round)
{
    static const char signs[] = {[LINE_NONE] = '.', [LINE_WANTED] = 'w', [LINE_NEUTRAL] = 'n'};
    size_t count = round->program.line_count;
    char *text = xcalloc(count + 1, 1);
    for (size_t i = 0; i < count; i++)
        text[i] = signs[round->parts[i]];
    json_t *json = json_string(text);
    free(text);
    return json;
}

static json_t *sources_json(const struct shown *shown)
{
    json_t *list = json_array();
    for (size_t i = 0; i < shown->line_count; i++)
        json_array_append_new(list, json_integer(shown->sources[i]));
    return list;
}

static json_t *classes_json(const struct round *round)
{
    json_t *list = json_array();
    for (enum defect defect = 0; defect < DEFECT_COUNT; defect++) {
        if (round->classes[defect])
            json_array_append_new(list, json_string(defect_word(defect)));
    }
    return list;
}

static json_t *change_name(const struct pair *change)
{
    return json_text(change ? change->id : NULL);
}

static json_t *options_json(const struct round *round)
{
    json_t *list = json_array();
    for (size_t i = 0; i < round->option_count; i++) {
        const struct patch_option *option = &round->options[i];
        enum polarity twin = option->change ? change_polarity(option->change) : option->twin;
        const char *kind = patch_word(option->kind);
        json_array_append_new(list,
                              json_pack("{s:o, s:b, s:o, s:o, s:o, s:s}", "diff",
                                        json_text(option->diff), "right", option->right, "why",
                                        json_text(option->why), "kind", json_text(kind), "change",
                                        change_name(option->change), "twin", polarity_word(twin)));
    }
    return list;
}

static json_t *hints_json(const struct round *round)
{
    json_t *list = json_array();
    for (size_t i = 0; i < REVIEW_HINTS; i++)
        json_array_append_new(list, json_text(round->hints[i]));
    return list;
}

static json_t *round_json(const struct round *round)
{
    const struct candidate *what = &round->what;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "form",
                     what->form == REVIEW_DIFF ? "diff" : "program", "text",
                     html_source_json(round->program.text, round->program.length), "diff",
                     json_text(round->diff), "pair", json_text(what->pair->id), "change",
                     change_name(what->change), "why",
                     json_text(what->change ? what->change->lesson.why : NULL), "twin",
                     polarity_word(what->polarity), "parts", parts_json(round), "classes",
                     classes_json(round), "options", options_json(round), "hints",
                     hints_json(round), "sources", sources_json(&round->program));
}

/* As a pair's, with the one twin that there is. */
static json_t *change_json(const struct matrix *matrix, size_t index)
{
    const struct pair *change = matrix->pairs[index];
    enum polarity polarity = change_polarity(change);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_text(change->id), "pair",
                     json_text(change->of->id), "kind", json_text(patch_word(change->patch)),
                     "title", json_text(change->lesson.title), "why", json_text(change->lesson.why),
                     polarity_word(polarity), html_twin_json(change, polarity), "cells",
                     html_cells_json(matrix, index));
}

/* In the order of the menu. */
static json_t *menu_json(void)
{
    json_t *list = json_array();
    for (enum defect defect = 0; defect < DEFECT_COUNT; defect++) {
        const char *words = review_class(defect);
        if (words)
            json_array_append_new(list, json_pack("[s, s]", defect_word(defect), words));
    }
    return list;
}

static json_t *search_json(const struct matrix *matrix, size_t index)
{
    return json_pack("{s:o, s:o}", "pair", json_text(matrix->pairs[index]->id), "cells",
                     html_cells_json(matrix, index));
}

json_t *html_review_json(const struct html_review *review)
{
    json_t *rounds = json_array();
    for (size_t i = 0; i < review->rounds->count; i++)
        json_array_append_new(rounds, round_json(&review->rounds->items[i]));
    json_t *changes = json_array();
    for (size_t i = 0; review->changes && i < review->changes->pair_count; i++)
        json_array_append_new(changes, change_json(review->changes, i));
    json_t *searches = json_array();
    for (size_t i = 0; review->searched && i < review->searched->pair_count; i++)
        json_array_append_new(searches, search_json(review->searched, i));
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "seed", (json_int_t)review->seed, "asked",
                     (json_int_t)review->asked, "classes", menu_json(), "rounds", rounds, "changes",
                     changes, "searches", searches);
}
