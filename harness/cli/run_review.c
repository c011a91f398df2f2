#include "cli/run_review.h"

#include "model/memory.h"
#include "review/draw.h"

#include <stdlib.h>

enum { REVIEW_SEED = 1, ROUNDS_MOST = 40, ROUNDS_PER_PAIR = 3 };

static bool is_patched(const struct corpus *corpus, const struct pair *pair)
{
    for (size_t i = 0; i < corpus->change_count; i++) {
        if (corpus->changes[i].of == pair && corpus->changes[i].patch != PATCH_NONE)
            return true;
    }
    return false;
}

/* More rounds of a pair would be the same again. */
static size_t rounds_of(const struct corpus *corpus, const struct selection *selection)
{
    size_t patched = 0;
    for (size_t i = 0; i < selection->count; i++)
        patched += is_patched(corpus, selection->pairs[i]);
    size_t pairs = patched > 0 ? patched : selection->count; /* as draw_rounds() has it */
    size_t rounds = pairs * ROUNDS_PER_PAIR;
    return rounds < ROUNDS_MOST ? rounds : ROUNDS_MOST;
}

/* Whether its program or a patch is this one; `change`: NULL for a twin of the pair. */
static bool shows(const struct round *round, const struct pair *pair, const struct pair *change)
{
    if (round->what.pair != pair)
        return false;
    bool shown = round->what.change == change;
    for (size_t i = 0; i < round->option_count; i++)
        shown = shown || round->options[i].change == change;
    return shown;
}

static bool some_shows(const struct rounds *rounds, const struct pair *pair,
                       const struct pair *change)
{
    bool found = false;
    for (size_t i = 0; i < rounds->count && !found; i++)
        found = shows(&rounds->items[i], pair, change);
    return found;
}

/* What some round shows, ordered as in the corpus. */
static void select_shown(const struct corpus *corpus, struct run_review *review)
{
    struct selection *changes = &review->changes;
    struct selection *pairs = &review->pairs;
    changes->pairs = xcalloc(corpus->change_count + 1, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus->change_count; i++) {
        const struct pair *change = &corpus->changes[i];
        if (some_shows(&review->rounds, change->of, change))
            changes->pairs[changes->count++] = change;
    }
    pairs->pairs = xcalloc(corpus->count + 1, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus->count; i++) {
        if (some_shows(&review->rounds, &corpus->pairs[i], NULL))
            pairs->pairs[pairs->count++] = &corpus->pairs[i];
    }
}

int run_review_draw(const struct corpus *corpus, const struct selection *selection,
                    struct run_review *review)
{
    const struct draw_options options = {
        .pairs = selection->pairs,
        .pair_count = selection->count,
        .seed = REVIEW_SEED,
        .rounds = rounds_of(corpus, selection),
    };
    *review = (struct run_review){0};
    draw_rounds(corpus, &options, &review->rounds);
    select_shown(corpus, review);
    review->html = (struct html_review){
        .rounds = &review->rounds,
        .seed = options.seed,
        .asked = options.rounds,
    };
    if (review->changes.count > 0 && selection_complain(&review->changes, corpus) > 0)
        return STATUS_CORPUS;
    return STATUS_KEPT;
}

/* A choice of these columns and of explore. */
static void choose_search(const struct choice *choice, size_t columns, struct choice *made)
{
    *made = *choice;
    made->columns = NULL;
    made->column_count = 0;
    for (size_t i = 0; i < columns; i++)
        detectors_add(&made->columns, &made->column_count, choice->columns[i]->name, NULL);
    detectors_add(&made->columns, &made->column_count, "explore", NULL);
}

static int run_changes(const struct lab *lab, const struct choice *choice,
                       struct run_review *review)
{
    struct choice searched;
    if (review->changes.count == 0)
        return STATUS_KEPT;
    choose_search(choice, choice->column_count, &searched);
    review->html.changes = &review->changes_run;
    int status = choice_run(lab, &searched, &review->changes, "changes: ", &review->changes_run);
    free(searched.columns);
    return status;
}

static int search_pairs(const struct lab *lab, const struct choice *choice,
                        struct run_review *review)
{
    struct choice searched;
    bool done = review->pairs.count == 0;
    for (size_t i = 0; i < choice->column_count; i++)
        done = done || choice->columns[i]->searches;
    if (done)
        return STATUS_KEPT;
    choose_search(choice, 0, &searched);
    review->html.searched = &review->pairs_searched;
    int status = choice_run(lab, &searched, &review->pairs, "searches: ", &review->pairs_searched);
    free(searched.columns);
    return status;
}

int run_review_run(const struct lab *lab, const struct choice *choice, struct run_review *review)
{
    int status = run_changes(lab, choice, review);
    return status ? status : search_pairs(lab, choice, review);
}

void run_review_release(struct run_review *review)
{
    matrix_release(&review->pairs_searched);
    matrix_release(&review->changes_run);
    selection_release(&review->pairs);
    selection_release(&review->changes);
    rounds_release(&review->rounds);
}
