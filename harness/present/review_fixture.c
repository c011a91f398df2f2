#include "present/review_fixture.h"

#include "model/memory.h"
#include "present/exploration_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { TSAN, DRD, WATCHDOG, COLUMNS };

static struct cell *cell_of(struct matrix *matrix, const char *id, size_t column)
{
    for (size_t i = 0; i < matrix->pair_count; i++) {
        if (strcmp(matrix->pairs[i]->id, id) == 0)
            return &matrix->cells[i * COLUMNS + column];
    }
    abort();
}

static const struct pair *change_of(const struct review_fixture *fixture, const char *id)
{
    for (size_t i = 0; i < fixture->corpus.change_count; i++) {
        if (strcmp(fixture->corpus.changes[i].id, id) == 0)
            return &fixture->corpus.changes[i];
    }
    return NULL;
}

/* Where the buggy program first promises this. */
static int promised_line(const struct pair *pair, enum defect defect, size_t which)
{
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].defect == defect)
            return promises->items[i].lines[which];
    }
    abort();
}

static struct finding *add_finding(struct cell *cell, enum defect defect, const char *message)
{
    struct finding *finding = findings_add(&cell->twin[BUGGY].report.findings, defect);
    finding->message = xstrdup(message);
    finding->raw = xasprintf("As the tool wrote it: %s\n", message);
    cell->verdict.verdict = VERDICT_KEPT;
    return finding;
}

static void add_site(struct finding *finding, const struct pair *pair, const char *thread,
                     const char *act, int line)
{
    struct site *site = finding_add_site(finding);
    site->file = xstrdup(pair->twin[BUGGY].path);
    site->line = line;
    site->function = xstrdup("gate");
    site->thread = xstrdup(thread);
    site->act = xstrdup(act);
}

static void make_race(struct cell *cell, size_t sides)
{
    struct finding *finding = add_finding(cell, DEFECT_RACE, "data race");
    finding->object = xstrdup("visitors");
    add_site(finding, cell->pair, "thread 2", "writes", promised_line(cell->pair, DEFECT_RACE, 0));
    if (sides > 1)
        add_site(finding, cell->pair, "thread 3", "reads",
                 promised_line(cell->pair, DEFECT_RACE, 1));
}

static void make_hang(struct cell *cell)
{
    static const char said[] = "thread 2 waits for a signal that was sent before";
    struct twin_run *run = &cell->twin[BUGGY];
    struct explanation *explanation = &run->report.explanation;
    explanation->stuck = STUCK_HANG;
    explanation_say(explanation, xstrdup(said));
    struct stuck_thread *thread =
        xappend((void **)&explanation->threads, &explanation->thread_count, sizeof(*thread));
    *thread = (struct stuck_thread){
        .label = xstrdup("thread 2"),
        .stuck = true,
        .own = NO_INDEX,
        .waiting = {.what = FOR_CONDITION,
                    .name = xstrdup("bell"),
                    .certain = true,
                    .fd = -1,
                    .count = -1,
                    .needed = -1},
    };
    struct stuck_process *process =
        xappend((void **)&explanation->processes, &explanation->process_count, sizeof(*process));
    *process = (struct stuck_process){.parent = NO_INDEX, .program = xstrdup("/lab/bell")};
    run->end = RUN_HUNG;
    add_finding(cell, DEFECT_HANG, said);
}

/* A schedule as one of the program's own. */
static void make_search(struct twin_run *run, const struct pair *pair)
{
    run->search = xcalloc(1, sizeof(*run->search));
    fixture_deadlock(run->search);
    struct schedule *schedule = &run->search->schedule;
    for (size_t i = 0; i < schedule->step_count; i++) {
        struct place *place = &schedule->steps[i].place;
        free(place->file);
        place->file = xasprintf("buggy/%s.c", pair->id);
        place->line = 14 + (int)i;
    }
}

static void make_matrix(struct matrix *matrix, const struct pair *items, size_t count,
                        const char *const *names, size_t name_count)
{
    const struct detector *columns[COLUMNS];
    const struct pair **pairs = xcalloc(count + 1, sizeof(const struct pair *));
    for (size_t c = 0; c < name_count; c++)
        columns[c] = detector_find(names[c]);
    for (size_t i = 0; i < count; i++)
        pairs[i] = &items[i];
    matrix_make(matrix, pairs, count, columns, name_count);
    free(pairs);
    for (size_t i = 0; i < count * name_count; i++) {
        struct cell *cell = &matrix->cells[i];
        cell_verdict_init(&cell->verdict);
        cell_verdict_add(&cell->verdict, VERDICT_BLIND,
                         xasprintf("the reason why %s is blind", cell->detector->name));
        for (enum polarity p = BUGGY; p <= FIXED; p++)
            cell->twin[p].ran = cell->pair->twin[p].source != NULL;
    }
}

static void make_rounds(struct review_fixture *fixture)
{
    const struct pair *visitors = &fixture->corpus.pairs[0];
    const struct pair *bell = &fixture->corpus.pairs[1];
    const struct candidate candidates[FIXTURE_ROUNDS] = {
        [ROUND_GUILTY] = {.pair = visitors, .polarity = BUGGY},
        [ROUND_INNOCENT] = {.pair = visitors, .polarity = FIXED},
        [ROUND_CHANGE] = {.pair = visitors, .polarity = BUGGY, .form = REVIEW_DIFF},
        [ROUND_WRONG_PATCH] = {.pair = visitors,
                               .change = change_of(fixture, "race/visitors.one_side"),
                               .polarity = BUGGY,
                               .form = REVIEW_DIFF},
        [ROUND_REFACTORING] = {.pair = visitors,
                               .change = change_of(fixture, "race/visitors.counted"),
                               .polarity = FIXED,
                               .form = REVIEW_DIFF},
        [ROUND_HANG] = {.pair = bell, .polarity = BUGGY},
        [ROUND_CALM] = {.pair = bell, .polarity = FIXED},
    };
    fixture->rounds.count = FIXTURE_ROUNDS;
    fixture->rounds.items = xcalloc(FIXTURE_ROUNDS, sizeof(*fixture->rounds.items));
    for (size_t i = 0; i < FIXTURE_ROUNDS; i++)
        round_make(&fixture->corpus, &candidates[i], i, &fixture->rounds.items[i]);
}

void review_fixture_make(struct review_fixture *fixture)
{
    *fixture = (struct review_fixture){0};
    int error = corpus_load(RACELAB_ROOT "/harness/present/testdata/review", detector_names(),
                            &fixture->corpus);
    const struct corpus *corpus = &fixture->corpus;
    if (error || corpus->complaints.count > 0 || corpus->count != 2 || corpus->change_count != 4)
        abort();
    static const char *const names[COLUMNS] = {"tsan", "drd", "watchdog"};
    static const char *const search[] = {"explore"};
    make_matrix(&fixture->matrix, corpus->pairs, corpus->count, names, COLUMNS);
    make_matrix(&fixture->changes, corpus->changes, corpus->change_count, names, COLUMNS);
    make_matrix(&fixture->searched, corpus->pairs, 1, search, 1);
    make_race(cell_of(&fixture->matrix, "race/visitors", TSAN), 2);
    make_search(&fixture->searched.cells[0].twin[BUGGY], &corpus->pairs[0]);
    make_hang(cell_of(&fixture->matrix, "waiting/bell", WATCHDOG));
    make_race(cell_of(&fixture->changes, "race/visitors.one_side", DRD), 1);
    make_rounds(fixture);
    fixture->review = (struct html_review){.rounds = &fixture->rounds,
                                           .seed = 1,
                                           .asked = 40,
                                           .changes = &fixture->changes,
                                           .searched = &fixture->searched};
}

void review_fixture_release(struct review_fixture *fixture)
{
    rounds_release(&fixture->rounds);
    matrix_release(&fixture->searched);
    matrix_release(&fixture->changes);
    matrix_release(&fixture->matrix);
    corpus_release(&fixture->corpus);
}
