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

static bool shows(const struct round *round, const struct pair *change)
{
    bool shown = round->what.change == change;
    for (size_t i = 0; i < round->option_count; i++)
        shown = shown || round->options[i].change == change;
    return shown;
}

/* The changes that some round shows, ordered as in the corpus. */
static void select_shown(const struct corpus *corpus, const struct rounds *rounds,
                         struct selection *shown)
{
    shown->pairs = xcalloc(corpus->change_count + 1, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus->change_count; i++) {
        bool found = false;
        for (size_t r = 0; r < rounds->count && !found; r++)
            found = shows(&rounds->items[r], &corpus->changes[i]);
        if (found)
            shown->pairs[shown->count++] = &corpus->changes[i];
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
    select_shown(corpus, &review->rounds, &review->shown);
    review->html = (struct html_review){
        .rounds = &review->rounds,
        .seed = options.seed,
        .asked = options.rounds,
    };
    if (review->shown.count > 0 && selection_complain(&review->shown, corpus) > 0)
        return STATUS_CORPUS;
    return STATUS_KEPT;
}

int run_review_run(const struct lab *lab, const struct choice *choice, struct run_review *review)
{
    if (review->shown.count == 0)
        return STATUS_KEPT;
    review->html.changes = &review->changes;
    return choice_run(lab, choice, &review->shown, "changes: ", &review->changes);
}

void run_review_release(struct run_review *review)
{
    matrix_release(&review->changes);
    selection_release(&review->shown);
    rounds_release(&review->rounds);
}
