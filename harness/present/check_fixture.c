#include "present/check_fixture.h"

#include "model/memory.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SHOP "/home/u/shop/src/shop.c"

char *fixture_line(const char *file, int line, void *unused)
{
    (void)unused;
    static const char *const text[] = {
        "\tfor (int i = 0; i < rounds; i++) {",
        "\t\tif (is_open(door))",
        "\t\t\tvisitors++;",
        "\t\telse",
        "\t\t\tturned_away(&guests[i], \"a line that is longer than a narrow terminal is\");",
        "\t}",
        "",
    };
    const char *slash = strrchr(file, '/');
    if (strcmp(slash ? slash + 1 : file, "shop.c") != 0 || line < 1 || line > 70)
        return NULL;
    return xstrdup(text[(size_t)line % (sizeof(text) / sizeof(*text))]);
}

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static void push(struct stack *stack, const char *function, const char *file, int line,
                 const char *module)
{
    struct frame *frame = stack_push(stack);
    frame->function = copy(function);
    frame->file = copy(file);
    frame->line = line;
    frame->module = copy(module);
}

static struct inspected_run *add_run(struct inspected *detector, uint64_t ms, const char *version)
{
    struct inspected_run *run = inspected_add_run(detector);
    run->duration_ns = ms * 1000000;
    run->report.version = copy(version);
    return run;
}

static struct site *add_site(struct finding *finding, const char *thread, const char *act, int line,
                             const char *function)
{
    struct site *site = finding_add_site(finding);
    site->file = copy(SHOP);
    site->line = line;
    site->function = copy(function);
    site->thread = copy(thread);
    site->act = copy(act);
    push(&site->stack, function, SHOP, line, "/home/u/shop/shop");
    return site;
}

static struct background *add_made(struct finding *finding, const char *thread, int line)
{
    struct background *background = finding_add_background(finding, THREAD_MADE);
    background->subject = copy(thread);
    push(&background->stack, "pthread_create", NULL, 0, "/lib/libc.so.6");
    push(&background->stack, "main", SHOP, line, "/home/u/shop/shop");
    return background;
}

static struct bug *add_bug(struct check_fixture *fixture, const struct finding *finding,
                           const char *sentence, char digit)
{
    struct bug *bug =
        xappend((void **)&fixture->bugs.items, &fixture->bugs.count, sizeof(*fixture->bugs.items));
    bug->defect = finding->defect;
    bug->finding = finding;
    bug->object = copy(finding->object);
    bug->sentence = copy(sentence);
    memset(bug->fingerprint, digit, 32);
    bug->sightings = xcalloc(fixture->inspection.detector_count, sizeof(*bug->sightings));
    return bug;
}

static void see(struct bug *bug, size_t detector, size_t runs, size_t reports,
                const struct finding *first)
{
    bug->sightings[detector] = (struct sighting){.runs = runs, .reports = reports, .first = first};
}

static void ignore(struct bug *bug, size_t detector, const char *why)
{
    bug->sightings[detector].silent = copy(why);
}

static void find_hang(struct check_fixture *fixture, struct findings *findings)
{
    struct explanation *explanation = &fixture->explanation;
    explanation->stuck = STUCK_DEADLOCK;
    explanation->process_count = 1;
    explanation->processes = xcalloc(1, sizeof(*explanation->processes));
    explanation->processes[0] = (struct stuck_process){
        .pid = 812, .parent = NO_INDEX, .program = copy("/home/u/shop/shop")};
    explanation->thread_count = 2;
    explanation->threads = xcalloc(2, sizeof(*explanation->threads));
    static const char *const labels[] = {"main", "thread 2"};
    static const char *const locks[] = {"till", "door"};
    for (size_t i = 0; i < 2; i++) {
        struct stuck_thread *thread = &explanation->threads[i];
        thread->tid = 812 + (pid_t)i;
        thread->label = copy(labels[i]);
        thread->stuck = true;
        thread->waiting.what = FOR_MUTEX;
        thread->waiting.call = copy("pthread_mutex_lock");
        thread->waiting.name = copy(locks[i]);
        thread->waiting.fd = -1;
        thread->waiting.holder_count = 1;
        thread->waiting.holders = xcalloc(1, sizeof(*thread->waiting.holders));
        thread->waiting.holders[0] = (struct holder){.thread = 1 - i, .process = 0, .fd = -1};
        thread->frame_count = 1;
        thread->frames = xcalloc(1, sizeof(*thread->frames));
        thread->frames[0] = (struct place){
            .function = copy(i ? "close_shop" : "main"), .file = copy(SHOP), .line = 30 + (int)i};
        thread->held_count = 1;
        thread->held = xcalloc(1, sizeof(*thread->held));
        thread->held[0] = (struct held){.name = copy(locks[1 - i])};
        thread->held[0].taken =
            (struct place){.function = copy("main"), .file = copy(SHOP), .line = 20 + (int)i};
    }
    const char *sentence = "deadlock: main waits for `till`, which thread 2 holds, and thread 2 "
                           "waits for `door`, which main holds";
    explanation_say(explanation, xstrdup(sentence));
    explanation_say(explanation, xstrdup("Nobody else could release either."));
    struct finding *finding = findings_add(findings, DEFECT_HANG);
    finding->message = copy(sentence);
    add_site(finding, "main", "waits for `till`", 30, "main");
    add_site(finding, "thread 2", "waits for `door`", 31, "close_shop");
}

static void find_race(struct findings *findings)
{
    struct finding *finding = findings_add(findings, DEFECT_RACE);
    finding->message = copy("data race");
    finding->object = copy("visitors");
    finding->no_common_lock = true;
    finding->raw = copy("WARNING: ThreadSanitizer: data race (pid=7)\n\n  Write of size 4\n");
    finding->raw_line = 2;
    struct site *later = add_site(finding, "thread 2", "writes", 16, "count");
    later->locks_held = 0;
    push(&later->stack, "serve", SHOP, 44, "/home/u/shop/shop");
    push(&later->stack, "start_thread", NULL, 0, "/lib/libc.so.6");
    push(&later->stack, "clone", NULL, 0, "/lib/libc.so.6");
    struct site *earlier = add_site(finding, "thread 1", "reads", 23, "report");
    earlier->locks = copy("M12");
    earlier->locks_held = 1;
    add_made(finding, "thread 1", 60);
    add_made(finding, "thread 2", 61);
}

static void find_order(struct findings *findings)
{
    struct finding *finding = findings_add(findings, DEFECT_LOCK_ORDER);
    finding->message = copy("lock-order-inversion");
    finding->object = copy("door, till");
    add_site(finding, "thread 1", "locks `door`", 51, "open_shop");
    add_site(finding, "thread 1", "locks `till`", 52, "open_shop");
    add_site(finding, "thread 2", "locks `till`", 57, "close_shop");
    add_site(finding, "thread 2", "locks `door`", 58, "close_shop");
}

void fixture_shop(struct check_fixture *fixture)
{
    *fixture = (struct check_fixture){0};
    struct inspection *inspection = &fixture->inspection;
    inspection->program = copy("./shop --rounds 3");
    inspection->root = copy("/home/u/shop");
    static const char *const names[] = {"tsan", "helgrind", "drd", "watchdog"};
    for (size_t i = 0; i < 4; i++)
        inspection_get(inspection, names[i]);
    struct inspected *detectors = inspection->detectors;
    for (int i = 0; i < 3; i++) {
        struct inspected_run *run = add_run(&detectors[0], 400, "19.1.7");
        run->status = i < 2 ? 66 : 0;
        find_race(&run->report.findings);
        find_order(&run->report.findings);
    }
    find_race(&add_run(&detectors[1], 2100, "3.19.0")->report.findings);
    detectors[1].runs[0].report.findings.items[0].times = 12000;
    detectors[2].skipped = copy("valgrind is not installed (Debian: valgrind)");
    find_hang(fixture, &add_run(&detectors[3], 900, "1.0")->report.findings);
    detectors[3].runs[0].end = RUN_HUNG;
    struct inspected_run *crashed = add_run(&detectors[3], 100, "1.0");
    crashed->end = RUN_SIGNALED;
    crashed->status = SIGABRT;
    crashed->output = copy("opening\nshop: shop.c:9: main: Assertion `sum == 3' failed.\n");
    add_run(&detectors[3], 100, "1.0")->report.trouble = copy("the program made no second thread");

    const struct findings *said = &detectors[0].runs[0].report.findings;
    const struct finding *hang = &detectors[3].runs[0].report.findings.items[0];
    struct bug *bug = add_bug(fixture, hang, hang->message, 'a');
    bug->happened = true;
    bug->explanation = &fixture->explanation;
    see(bug, 3, 1, 1, hang);
    ignore(bug, 0, detectors[0].nature);
    bug->remedy = copy("Take the locks in one order everywhere.");

    bug = add_bug(fixture, &said->items[0],
                  "race on `visitors`: thread 2 writes at src/shop.c:16 while thread 1 reads at "
                  ":23; no lock in common",
                  'b');
    see(bug, 0, 3, 3, &said->items[0]);
    see(bug, 1, 1, 12000, &detectors[1].runs[0].report.findings.items[0]);
    ignore(bug, 3, detectors[3].nature);
    bug->remedy = copy("Hold one mutex around every access to `visitors`, or make it atomic.");
    bug->lesson = "race/unlocked_counter";

    bug =
        add_bug(fixture, &said->items[1],
                "inverted lock order on `door, till`: thread 1 locks `door` at src/shop.c:51", 'c');
    see(bug, 0, 2, 2, &said->items[1]);
    ignore(bug, 3, detectors[3].nature);

    bug = add_bug(fixture, &said->items[0], "race on `till`: known", 'd');
    see(bug, 0, 1, 1, &said->items[0]);
    bug->known = true;
}

void fixture_quiet(struct check_fixture *fixture)
{
    *fixture = (struct check_fixture){0};
    fixture->inspection.program = copy("./quiet");
    fixture->inspection.root = copy("/home/u/shop");
    add_run(inspection_get(&fixture->inspection, "tsan"), 300, "19.1.7");
    struct inspected *helgrind = inspection_get(&fixture->inspection, "helgrind");
    add_run(helgrind, 1500, "3.19.0");
    add_run(helgrind, 1500, "3.19.0");
}

void fixture_hostile(struct check_fixture *fixture)
{
    *fixture = (struct check_fixture){0};
    fixture->inspection.program = copy(HOSTILE);
    fixture->inspection.root = copy("/home/u/" HOSTILE);
    struct inspected *detector = inspection_add(&fixture->inspection, HOSTILE);
    detector->nature = copy(HOSTILE);
    struct inspected *skipped = inspection_add(&fixture->inspection, "other");
    skipped->skipped = copy(HOSTILE);
    detector = &fixture->inspection.detectors[0];
    struct inspected_run *run = add_run(detector, 10, HOSTILE);
    run->status = 1;
    run->output = copy(HOSTILE);
    run->report.trouble = copy(HOSTILE);
    struct finding *finding = findings_add(&run->report.findings, DEFECT_RACE);
    finding->message = copy(HOSTILE);
    finding->object = copy(HOSTILE);
    finding->raw = copy(HOSTILE "\n" HOSTILE);
    for (int i = 0; i < 3; i++) {
        struct site *site = add_site(finding, HOSTILE, HOSTILE, 3 + i, HOSTILE);
        free(site->file);
        site->file = copy(i == 0 ? "/home/u/" HOSTILE "/" HOSTILE ".c" : i == 1 ? HOSTILE : NULL);
        site->line = i == 1 ? 0 : site->line;
        site->locks = copy(HOSTILE);
        push(&site->stack, HOSTILE, HOSTILE, 9, HOSTILE);
    }
    struct background *background = add_made(finding, HOSTILE, 60);
    background->text = copy(HOSTILE);
    background = finding_add_background(finding, OTHER_STACK);
    background->text = copy(HOSTILE);
    struct bug *bug = add_bug(fixture, finding, HOSTILE, 'e');
    bug->remedy = copy(HOSTILE);
    see(bug, 0, 1, 1, finding);
    ignore(bug, 1, HOSTILE);
}

void fixture_release(struct check_fixture *fixture)
{
    for (size_t i = 0; i < fixture->bugs.count; i++) {
        struct bug *bug = &fixture->bugs.items[i];
        for (size_t d = 0; d < fixture->inspection.detector_count; d++)
            free(bug->sightings[d].silent);
        free(bug->sightings);
        free(bug->object);
        free(bug->sentence);
        free(bug->remedy);
    }
    free(fixture->bugs.items);
    explanation_release(&fixture->explanation);
    inspection_release(&fixture->inspection);
}
