#include "review/round.h"

#include <stdlib.h>

const char *review_class(enum defect defect)
{
    static const char *const texts[DEFECT_COUNT] = {
        [DEFECT_RACE] = "a data race",
        [DEFECT_LOCK_ORDER] = "locks taken in both orders",
        [DEFECT_MISUSE] = "a call against the rules of the interface",
        [DEFECT_HANG] = "a wait that nobody ends",
        [DEFECT_WRONG_RESULT] = "a wrong result (race condition)",
        [DEFECT_CRASH] = "a crash, or use of what is gone",
        [DEFECT_LEAK] = "a thread that is never joined",
    };
    return (unsigned)defect < DEFECT_COUNT ? texts[defect] : NULL;
}

void round_release(struct round *round)
{
    for (size_t i = 0; i < round->option_count; i++) {
        shown_release(&round->options[i].program);
        free(round->options[i].diff);
    }
    for (size_t i = 0; i < REVIEW_HINTS; i++)
        free(round->hints[i]);
    free(round->options);
    free(round->parts);
    free(round->diff);
    shown_release(&round->program);
    shown_release(&round->base);
    *round = (struct round){0};
}

void rounds_release(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->count; i++)
        round_release(&rounds->items[i]);
    free(rounds->items);
    *rounds = (struct rounds){0};
}
