#include "review/whole_corpus.h"

#include "detect/detect.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct whole_corpus whole = {.root = RACELAB_ROOT};

int whole_load(void **state)
{
    (void)state;
    if (corpus_load(whole.root, detector_names(), &whole.corpus) != 0)
        return -1;
    const struct complaints *complaints = &whole.corpus.complaints;
    for (size_t i = 0; i < complaints->count; i++)
        print_error("%s: %s\n", complaints->items[i].file, complaints->items[i].text);
    whole.pairs = xcalloc(whole.corpus.count + 1, sizeof(const struct pair *));
    for (size_t i = 0; i < whole.corpus.count; i++)
        whole.pairs[i] = &whole.corpus.pairs[i];
    whole.candidate_count =
        draw_candidates(&whole.corpus, whole.pairs, whole.corpus.count, &whole.candidates);
    return complaints->count > 0 || whole.candidate_count == 0 ? -1 : 0;
}

int whole_unload(void **state)
{
    (void)state;
    free(whole.candidates);
    free(whole.pairs);
    corpus_release(&whole.corpus);
    return 0;
}
