#include "detect/tsan_report.h"

#include "detect/tsan_frame.h"
#include "detect/tsan_locks.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* What the stack at hand belongs to. */
enum section { SECTION_NONE, SECTION_SITE, SECTION_BACKGROUND };

struct reading {
    struct tsan_parser *parser;
    struct finding *finding;
    enum section section;
    char *thread; /* of a site */
    char *act;
    char *held; /* locks held there, in the tool's words; "" for none, NULL where it does not say */
    bool held_all; /* it names all of them */
    bool outer;    /* the acquisition before the one that came last, */
    bool inner;    /* and that one has a site */
    struct stack stack;
    char *unnamed;          /* of that stack, see tsan_read_frame() */
    struct span holding[2]; /* of a race's first two accesses */
    size_t accesses;
    struct tsan_locks locks;
    char *cycle; /* the symbols of a lock order's locks, or NULL */
};

static enum defect defect_of(struct span title)
{
    if (span_starts(title, "data race") || span_starts(title, "race on"))
        return DEFECT_RACE;
    if (span_starts(title, "lock-order-inversion"))
        return DEFECT_LOCK_ORDER;
    if (span_starts(title, "thread leak"))
        return DEFECT_LEAK;
    return DEFECT_MISUSE;
}

static void add_site(struct reading *reading)
{
    struct finding *finding = reading->finding;
    const char *own_source = reading->parser->own_source;
    struct site *site =
        finding_add_site_at(finding, &reading->stack, own_source, reading->thread, reading->act);
    if (!site && own_source)
        return;
    if (!site) { /* the stack is lost */
        site = finding_add_site(finding);
        site->thread = reading->thread ? xstrdup(reading->thread) : NULL;
        site->act = reading->act ? xstrdup(reading->act) : NULL;
    }
    if (!site->function && !site->file && reading->unnamed)
        site->function = xstrdup(reading->unnamed);
    if (reading->held) {
        struct span held = {reading->held, strlen(reading->held)};
        site->locks_held = reading->held_all ? tsan_locks_count(held) : -1;
        site->locks = xstrdup(reading->held); /* named when all of the report is read */
    }
    if (reading->outer && reading->inner) {
        /* The tool names the inner acquisition first; people read the outer one first. */
        struct site *sites = &finding->sites[finding->site_count - 2];
        struct site inner = sites[0];
        sites[0] = sites[1];
        sites[1] = inner;
    }
    reading->inner = !reading->outer;
}

static void section_end(struct reading *reading)
{
    struct finding *finding = reading->finding;
    if (reading->section == SECTION_SITE && (reading->stack.count > 0 || reading->act))
        add_site(reading);
    else if (reading->section == SECTION_BACKGROUND)
        stack_move(&reading->stack, &finding->backgrounds[finding->background_count - 1].stack);
    stack_clear(&reading->stack);
    free(reading->thread);
    free(reading->act);
    free(reading->held);
    free(reading->unnamed);
    reading->thread = NULL;
    reading->act = NULL;
    reading->held = NULL;
    reading->unnamed = NULL;
    reading->outer = false;
    reading->section = SECTION_NONE;
}

/* Takes over `subject`. */
static void background_begin(struct reading *reading, enum background_kind kind, struct span line,
                             char *subject)
{
    struct background *background = finding_add_background(reading->finding, kind);
    background->text = xstrndup(line.text, line.length);
    background->subject = subject;
    reading->section = SECTION_BACKGROUND;
}

/* "main thread" -> "main"; "thread T2 'payer' (...)" -> "thread 'payer'"; "thread T2 ..." */
static char *read_thread(struct span text)
{
    if (span_starts(text, "main thread"))
        return xstrdup("main");
    const char *end = text.text + text.length;
    const char *quote = memchr(text.text, '\'', text.length);
    const char *second = quote ? memchr(quote + 1, '\'', (size_t)(end - quote - 1)) : NULL;
    if (second)
        return xasprintf("thread %.*s", (int)(second + 1 - quote), quote);
    size_t length = strlen("thread ");
    while (length < text.length && !strchr(" :(", text.text[length]))
        length++;
    return span_starts(text, "thread ") ? xstrndup(text.text, length) : NULL;
}

static bool is_a_site_thread(const struct finding *finding, const char *thread)
{
    for (size_t i = 0; thread && i < finding->site_count; i++) {
        if (finding->sites[i].thread && strcmp(finding->sites[i].thread, thread) == 0)
            return true;
    }
    return false;
}

/* "Thread T2 'payer' (tid=7, running) created by main thread at:": named as the sites name it, which the
 * tool does by number alone. */
static void thread_section(struct reading *reading, struct span line)
{
    struct finding *finding = reading->finding;
    const char *by = span_find(line, " created by ");
    if (finding->defect == DEFECT_LEAK && by) {
        reading->section = SECTION_SITE;
        reading->thread = read_thread(span_from(line, by + strlen(" created by ")));
        reading->act = xstrdup("makes a thread that nobody joins");
        return;
    }
    const char *number = line.text + strlen("Thread ");
    size_t length = 0;
    while (number + length < line.text + line.length && number[length] != ' ')
        length++;
    char *subject = xasprintf("thread %.*s", (int)length, number);
    const char *quote = span_find(line, " '");
    if (quote && !is_a_site_thread(finding, subject)) {
        char *rest = xasprintf("thread %.*s", (int)span_from(line, quote).length, quote);
        char *name = read_thread((struct span){rest, strlen(rest)});
        free(rest);
        if (is_a_site_thread(finding, name)) {
            free(subject);
            subject = name;
        } else {
            free(name);
        }
    }
    background_begin(reading, THREAD_MADE, line, subject);
}

/* "Write of size 8 at 0x01 by thread T2 (mutexes: write M0):", "Modifying access of TYPE at ..." */
static bool access_section(struct reading *reading, struct span line)
{
    const char *of = span_find(line, " of size ");
    const char *by = span_find(line, " by ");
    if (!of)
        of = span_find(line, " access of ");
    if (!of || !by || by < of)
        return false;
    struct span kind = span_until(line, of);
    bool writes = span_find(kind, "rite") || span_find(kind, "odifying");
    bool atomic = span_find(kind, "tomic");
    reading->section = SECTION_SITE;
    reading->act = xasprintf("%s%s", writes ? "writes" : "reads", atomic ? " atomically" : "");
    reading->thread = read_thread(span_from(line, by + 4));
    const char *open = span_find(line, "(mutexes: ");
    struct span held = open ? span_from(line, open + strlen("(mutexes: ")) : (struct span){0};
    const char *close = open ? memchr(held.text, ')', held.length) : NULL;
    held = close ? span_until(held, close) : (struct span){line.text, 0};
    reading->held = xstrndup(held.text, held.length);
    reading->held_all = true;
    if (reading->accesses < 2)
        reading->holding[reading->accesses] = held;
    reading->accesses++;
    return true;
}

static char *lock_act(const struct reading *reading, struct span line)
{
    char *lock = tsan_locks_first(&reading->locks, line);
    char *act = lock ? xasprintf("locks %s", lock) : xstrdup("locks");
    free(lock);
    return act;
}

static void mutex_section(struct reading *reading, struct span line)
{
    struct finding *finding = reading->finding;
    const char *holding = span_find(line, " acquired here while holding mutex ");
    if (holding) {
        const char *in = span_find(line, " in ");
        struct span held = span_until(span_from(line, holding), in && in > holding ? in : NULL);
        reading->section = SECTION_SITE;
        reading->inner = false;
        reading->act = lock_act(reading, line);
        reading->thread = in ? read_thread(span_from(line, in + 4)) : NULL;
        reading->held = xstrndup(held.text, held.length);
        reading->held_all = false;
    } else if (span_find(line, " previously acquired by the same thread here")) {
        const struct site *inner =
            finding->site_count > 0 ? &finding->sites[finding->site_count - 1] : NULL;
        reading->section = SECTION_SITE;
        reading->outer = true;
        reading->act = lock_act(reading, line);
        reading->thread = inner && inner->thread ? xstrdup(inner->thread) : NULL;
    } else {
        tsan_locks_learn(&reading->locks, line, reading->parser->program);
        background_begin(reading, LOCK_SEEN, line, tsan_locks_first(&reading->locks, line));
    }
}

static void location_section(struct reading *reading, struct span line)
{
    struct finding *finding = reading->finding;
    const char *allocated = span_find(line, " allocated by ");
    if (allocated) {
        background_begin(reading, ALLOCATED, line,
                         read_thread(span_from(line, allocated + strlen(" allocated by "))));
    } else if (span_starts(line, "Location is global '")) {
        struct span name = span_from(line, line.text + strlen("Location is global '"));
        const char *quote = memchr(name.text, '\'', name.length);
        name = quote ? span_until(name, quote) : (struct span){0};
        /* Of the main thread's stack, or without symbols, it says that the name is unknown. */
        if (name.length > 0 && !finding->object && !span_starts(name, "<null>") &&
            !span_starts(name, "??"))
            finding->object = xstrndup(name.text, name.length);
    } else {
        background_begin(reading, OTHER_STACK, line, NULL);
    }
}

/* A two-blank line opens a section: what the stack below it means. */
static void section_begin(struct reading *reading, struct span line)
{
    struct finding *finding = reading->finding;
    section_end(reading);
    if (span_starts(line, "Location is ")) {
        location_section(reading, line);
    } else if (span_starts(line, "Cycle in lock order graph: ")) {
        tsan_locks_learn(&reading->locks, line, reading->parser->program);
        free(reading->cycle);
        reading->cycle = tsan_locks_symbols(&reading->locks);
    } else if (span_starts(line, "Mutex ")) {
        mutex_section(reading, line);
    } else if (span_starts(line, "Thread ")) {
        thread_section(reading, line);
    } else if (span_starts(line, "Signal ") && finding->defect == DEFECT_MISUSE) {
        reading->section = SECTION_SITE;
    } else if ((finding->defect != DEFECT_RACE && finding->defect != DEFECT_MISUSE) ||
               !access_section(reading, line)) {
        background_begin(reading, OTHER_STACK, line, NULL);
    }
}

static void read_line(struct reading *reading, struct span line)
{
    if (span_starts(line, "    #")) {
        reading->parser->frames++;
        if (tsan_read_frame(span_from(line, line.text + 4), &reading->stack, &reading->unnamed))
            reading->parser->frames_resolved++;
    } else if (line.length == 0) {
        section_end(reading);
    } else if (span_starts(line, "  ") && !span_starts(line, "   ")) {
        section_begin(reading, span_from(line, line.text + 2));
    }
}

static void report_end(struct reading *reading)
{
    struct finding *finding = reading->finding;
    section_end(reading);
    for (size_t i = 0; i < finding->site_count; i++) {
        struct site *site = &finding->sites[i];
        if (!site->locks)
            continue;
        char *list =
            tsan_locks_list(&reading->locks, (struct span){site->locks, strlen(site->locks)});
        free(site->locks);
        site->locks = list;
    }
    if (finding->defect == DEFECT_RACE && reading->accesses == 2 && finding->site_count == 2)
        finding->no_common_lock = !tsan_locks_shared(reading->holding[0], reading->holding[1]);
    if (finding->defect == DEFECT_LOCK_ORDER) {
        free(finding->object);
        finding->object = reading->cycle;
        reading->cycle = NULL;
    }
    free(reading->cycle);
    tsan_locks_release(&reading->locks);
}

void tsan_parse_report(struct span text, struct findings *findings, struct tsan_parser *parser)
{
    struct span line = span_line(&text);
    struct span title = span_from(line, line.text + strlen("WARNING: ThreadSanitizer: "));
    title = span_until(title, span_find(title, " (pid="));
    struct reading reading = {.parser = parser,
                              .finding = findings_add(findings, defect_of(title))};
    reading.finding->message = xstrndup(title.text, title.length);
    /* Reports of misuse begin with the stack of the fault, without a section line before it. */
    if (reading.finding->defect == DEFECT_MISUSE)
        reading.section = SECTION_SITE;
    while (text.length > 0)
        read_line(&reading, span_line(&text));
    report_end(&reading);
}
