#include "present/html_fixture.h"

#include "corpus/lesson.h"
#include "model/memory.h"
#include "present/check_fixture.h"

#include <stdlib.h>
#include <string.h>

#define HOSTILE_TEXT MARKUP HOSTILE

enum { TSAN, DRD, WATCHDOG, COLUMNS };

static const char visitors_source[] = "/*\n"
                                      " * visitors: a counter without a lock\n"
                                      " */\n"
                                      "static long visitors;\n"
                                      "\n"
                                      "static void *gate(void *arg)\n"
                                      "{\n"
                                      "    visitors++; /* bug: race(visitors) */\n"
                                      "    return arg;\n"
                                      "}\n";
static const char visitors_fixed[] = "/*\n"
                                     " * visitors: a counter without a lock\n"
                                     " */\n"
                                     "static long visitors;\n"
                                     "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"
                                     "\n"
                                     "static void *gate(void *arg)\n"
                                     "{\n"
                                     "    pthread_mutex_lock(&lock);\n"
                                     "    visitors++; /* bug: race(visitors) */\n"
                                     "    pthread_mutex_unlock(&lock);\n"
                                     "    return arg;\n"
                                     "}\n";

static void make_twin(struct pair *pair, enum polarity polarity, const char *source, int line,
                      enum defect defect)
{
    pair->twin[polarity].path = xasprintf("/lab/%s/%s.c", polarity_word(polarity), pair->id);
    pair->twin[polarity].source = xstrdup(source);
    pair->twin[polarity].length = strlen(source);
    struct promises *promises = &pair->twin[polarity].annotations.promises;
    struct promise *promise =
        xappend((void **)&promises->items, &promises->count, sizeof(*promises->items));
    promise->defect = defect;
    promise->names = xstrdup(pair->name);
    int *slot = xappend((void **)&promise->lines, &promise->line_count, sizeof(*promise->lines));
    *slot = line;
}

static void make_pair(struct pair *pair, const char *family, const char *name, const char *title,
                      const char *roadmap)
{
    *pair = (struct pair){
        .id = xasprintf("%s/%s", family, name),
        .family = xstrdup(family),
        .name = xstrdup(name),
        .lesson = {.title = xstrdup(title),
                   .story = xasprintf("The story of %s.", title),
                   .wrong = xasprintf("What is wrong with %s.", title),
                   .why = xasprintf("Why it is so with %s.", title),
                   .fix = xasprintf("How to mend %s.", title),
                   .roadmap = xstrdup(roadmap),
                   .cwe = xstrdup("CWE-366 Race Condition within a Thread"),
                   .cert = xstrdup("CON43-C; POS49-C")},
    };
}

static void push(struct stack *stack, const char *function, const char *file, int line)
{
    struct frame *frame = stack_push(stack);
    frame->function = xstrdup(function);
    frame->file = file ? xstrdup(file) : NULL;
    frame->line = line;
    frame->module = file ? NULL : xstrdup("/lib/libc.so.6");
}

static struct site *add_site(struct finding *finding, const struct pair *pair, const char *thread,
                             const char *act, int line)
{
    struct site *site = finding_add_site(finding);
    site->file = xstrdup(pair->twin[BUGGY].path);
    site->line = line;
    site->function = xstrdup("gate");
    site->thread = xstrdup(thread);
    site->act = xstrdup(act);
    site->locks_held = 0;
    push(&site->stack, "gate", site->file, line);
    push(&site->stack, "turnstile", site->file, line + 20);
    push(&site->stack, "start_thread", NULL, 0);
    return site;
}

static struct finding *add_finding(struct cell *cell, enum defect defect, const char *message)
{
    struct finding *finding = findings_add(&cell->twin[BUGGY].report.findings, defect);
    finding->message = xstrdup(message);
    return finding;
}

static void make_race(struct cell *cells, const struct pair *pair)
{
    struct finding *finding = add_finding(&cells[TSAN], DEFECT_RACE, "data race");
    finding->object = xstrdup("visitors");
    finding->no_common_lock = true;
    finding->raw = xstrdup("WARNING: ThreadSanitizer: data race (pid=7)\n  Write of size 8\n");
    struct site *site = add_site(finding, pair, "thread 2", "writes", 8);
    site->locks_held = 1;
    site->locks = xstrdup("`door`");
    add_site(finding, pair, "thread 3", "reads", 8);
    struct background *made = finding_add_background(finding, THREAD_MADE);
    made->subject = xstrdup("thread 2");
    push(&made->stack, "pthread_create", NULL, 0);
    push(&made->stack, "main", pair->twin[BUGGY].path, 41);
    finding = add_finding(&cells[DRD], DEFECT_RACE, "Conflicting load");
    add_site(finding, pair, "thread 3", "reads", 8)->locks_held = -1;
    cells[TSAN].verdict.verdict = cells[DRD].verdict.verdict = VERDICT_KEPT;
    cell_verdict_add(&cells[WATCHDOG].verdict, VERDICT_BLIND, xstrdup("shows by chance only"));
}

static struct stuck_thread *add_thread(struct explanation *explanation, const char *label,
                                       enum wait_for what, const char *object, size_t holder)
{
    struct stuck_thread *thread =
        xappend((void **)&explanation->threads, &explanation->thread_count, sizeof(*thread));
    thread->label = xstrdup(label);
    thread->name = xstrdup("swap");
    thread->stuck = true;
    thread->own = NO_INDEX;
    thread->waiting = (struct waiting){.what = what,
                                       .name = object ? xstrdup(object) : NULL,
                                       .certain = true,
                                       .fd = -1,
                                       .count = -1,
                                       .needed = -1};
    if (holder == NO_INDEX)
        return thread;
    struct holder *slot =
        xappend((void **)&thread->waiting.holders, &thread->waiting.holder_count, sizeof(*slot));
    *slot = (struct holder){.thread = holder, .process = 0, .fd = -1};
    slot->taken = (struct place){.function = xstrdup("swap"), .line = 38};
    return thread;
}

static void add_process(struct explanation *explanation)
{
    struct stuck_process *process =
        xappend((void **)&explanation->processes, &explanation->process_count, sizeof(*process));
    *process = (struct stuck_process){.parent = NO_INDEX, .program = xstrdup("/lab/swap")};
}

static void make_hang(struct cell *cell, enum stuck stuck, const char *sentence)
{
    struct explanation *explanation = &cell->twin[BUGGY].report.explanation;
    explanation->stuck = stuck;
    add_process(explanation);
    explanation_say(explanation, xstrdup(sentence));
    cell->twin[BUGGY].end = RUN_HUNG;
    cell->verdict.verdict = VERDICT_KEPT;
    add_finding(cell, DEFECT_HANG, sentence);
}

static void make_deadlock(struct cell *cells, const struct pair *pair)
{
    make_hang(&cells[WATCHDOG], STUCK_DEADLOCK, "deadlock: two threads hold and wait");
    struct explanation *explanation = &cells[WATCHDOG].twin[BUGGY].report.explanation;
    add_thread(explanation, "main", FOR_JOIN, NULL, 1);
    add_thread(explanation, "thread 2", FOR_MUTEX, "right.lock", 2);
    add_thread(explanation, "thread 3", FOR_MUTEX, "left.lock", 1);
    add_site(&cells[WATCHDOG].twin[BUGGY].report.findings.items[0], pair, "thread 2",
             "waits for right.lock", 8);
    cell_verdict_add(&cells[TSAN].verdict, VERDICT_MISSED, xstrdup("a promised report is missing"));
    cell_verdict_add(&cells[DRD].verdict, VERDICT_SKIPPED, xstrdup("valgrind is not installed"));
    cells[DRD].twin[BUGGY].ran = cells[DRD].twin[FIXED].ran = false;
}

static void make_lost_wakeup(struct cell *cells)
{
    make_hang(&cells[WATCHDOG], STUCK_HANG, "thread 2 waits for a signal that was sent before");
    struct explanation *explanation = &cells[WATCHDOG].twin[BUGGY].report.explanation;
    add_thread(explanation, "main", FOR_JOIN, NULL, 1);
    add_thread(explanation, "thread 2", FOR_CONDITION, "bell", NO_INDEX)->waiting.predicate =
        xstrdup("rung == 0");
}

static void make_full_pipes(struct cell *cell)
{
    make_hang(cell, STUCK_DEADLOCK, "deadlock: two processes write to each other");
    struct explanation *explanation = &cell->twin[BUGGY].report.explanation;
    add_process(explanation);
    for (size_t i = 0; i < 2; i++) {
        struct stuck_thread *thread =
            add_thread(explanation, i ? "process 2" : "main", FOR_ROOM, "a pipe", 0);
        thread->process = i;
        thread->waiting.holders[0].thread = NO_INDEX;
        thread->waiting.holders[0].process = 1 - i;
    }
}

static void make_hostile(struct cell *cells, const struct pair *pair)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        struct finding *finding = add_finding(&cells[c], DEFECT_MISUSE, HOSTILE_TEXT);
        finding->object = xstrdup(HOSTILE_TEXT);
        finding->raw = xstrdup(MARKUP STEERING);
        struct site *site = add_site(finding, pair, HOSTILE_TEXT, HOSTILE_TEXT, 1);
        site->locks = xstrdup(HOSTILE_TEXT);
        push(&site->stack, HOSTILE_TEXT, HOSTILE_TEXT, 1);
        struct background *background = finding_add_background(finding, THREAD_MADE);
        background->subject = xstrdup(HOSTILE_TEXT);
        background->text = xstrdup(HOSTILE_TEXT);
        push(&background->stack, HOSTILE_TEXT, HOSTILE_TEXT, 1);
        cells[c].twin[BUGGY].report.trouble = xstrdup(HOSTILE_TEXT);
        cell_verdict_add(&cells[c].verdict, VERDICT_ERROR, xstrdup(HOSTILE_TEXT));
    }
    make_hang(&cells[WATCHDOG], STUCK_DEADLOCK, HOSTILE_TEXT);
    struct explanation *explanation = &cells[WATCHDOG].twin[BUGGY].report.explanation;
    add_thread(explanation, HOSTILE_TEXT, FOR_MUTEX, HOSTILE_TEXT, 0);
}

static void make_pairs(struct pair *pairs)
{
    make_pair(&pairs[0], "deadlock", "swap", "two hands", "Lock, deadlocks");
    make_pair(&pairs[1], "misuse", HOSTILE_TEXT, HOSTILE_TEXT, "server");
    make_pair(&pairs[2], "race", "visitors", "a counter without a lock", "threads, Lock");
    make_pair(&pairs[3], "waiting", "bell", "a bell that nobody hears", "Condition");
    static const enum defect defects[] = {DEFECT_HANG, DEFECT_MISUSE, DEFECT_RACE, DEFECT_HANG};
    for (size_t i = 0; i < FIXTURE_PAIRS; i++) {
        bool hostile = i == 1;
        make_twin(&pairs[i], BUGGY, hostile ? HOSTILE_TEXT : visitors_source, hostile ? 1 : 8,
                  defects[i]);
        make_twin(&pairs[i], FIXED, hostile ? HOSTILE_TEXT " fixed" : visitors_fixed,
                  hostile ? 1 : 10, defects[i]);
    }
}

void run_fixture_make(struct run_fixture *fixture)
{
    static const char *const names[COLUMNS] = {"tsan", "drd", "watchdog"};
    const struct detector *columns[COLUMNS];
    const struct pair *pairs[FIXTURE_PAIRS];
    for (size_t c = 0; c < COLUMNS; c++)
        columns[c] = detector_find(names[c]);
    make_pairs(fixture->pairs);
    for (size_t i = 0; i < FIXTURE_PAIRS; i++)
        pairs[i] = &fixture->pairs[i];
    matrix_make(&fixture->matrix, pairs, FIXTURE_PAIRS, columns, COLUMNS);
    struct cell *cells = fixture->matrix.cells;
    for (size_t i = 0; i < (size_t)FIXTURE_PAIRS * COLUMNS; i++) {
        cells[i].twin[BUGGY].ran = cells[i].twin[FIXED].ran = true;
        cells[i].twin[BUGGY].report.version = xstrdup("19.1.7");
        cell_verdict_init(&cells[i].verdict);
    }
    make_deadlock(&cells[0], &fixture->pairs[0]);
    make_hostile(&cells[COLUMNS], &fixture->pairs[1]);
    make_race(&cells[(size_t)2 * COLUMNS], &fixture->pairs[2]);
    make_lost_wakeup(&cells[(size_t)3 * COLUMNS]);
    make_full_pipes(&cells[(size_t)3 * COLUMNS + DRD]);
}

void run_fixture_release(struct run_fixture *fixture)
{
    matrix_release(&fixture->matrix);
    for (size_t i = 0; i < FIXTURE_PAIRS; i++) {
        struct pair *pair = &fixture->pairs[i];
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            free(pair->twin[p].path);
            free(pair->twin[p].source);
            annotations_release(&pair->twin[p].annotations);
        }
        lesson_release(&pair->lesson);
        free(pair->id);
        free(pair->family);
        free(pair->name);
    }
}
