/* The reader of ThreadSanitizer's text reports (see tsan.h). */
#include "detect/elf.h"
#include "detect/tsan.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LOCKS 16 /* of one cycle, named; a longer cycle keeps the tool's numbers */

struct lock_name {
    char label[16]; /* "M12", the tool's own number */
    char *symbol;   /* NULL where the address is in no data symbol */
};

struct reader {
    const char *own_source;
    const char *program;
    struct findings *findings;
    size_t line;     /* of the text, 1-based */
    bool in_report;  /* between a WARNING and its SUMMARY */
    bool site_stack; /* the stack being gathered is a site */
    char *thread;
    char *act;
    char *locks[2]; /* mutex lists of a race's two sides, "" for none */
    size_t lock_lists;
    struct lock_name names[MAX_LOCKS];
    size_t name_count;
    struct stack stack;
    size_t frames;          /* seen in all */
    size_t frames_resolved; /* of those, with file and line */
};

/* A line of the text, not NUL-terminated. */
struct span {
    const char *text;
    size_t length;
};

static bool span_starts(struct span span, const char *prefix)
{
    size_t length = strlen(prefix);
    return span.length >= length && memcmp(span.text, prefix, length) == 0;
}

static const char *span_find(struct span span, const char *needle)
{
    return memmem(span.text, span.length, needle, strlen(needle));
}

static struct span span_from(struct span span, const char *at)
{
    return (struct span){at, span.length - (size_t)(at - span.text)};
}

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

static struct finding *current(const struct reader *reader)
{
    return &reader->findings->items[reader->findings->count - 1];
}

static void section_end(struct reader *reader)
{
    if (reader->in_report && reader->site_stack && reader->stack.count > 0) {
        struct finding *finding = current(reader);
        finding_add_site_at(finding, &reader->stack, reader->own_source, reader->thread,
                            reader->act);
    }
    stack_clear(&reader->stack);
    free(reader->thread);
    free(reader->act);
    reader->thread = NULL;
    reader->act = NULL;
    reader->site_stack = false;
}

static bool lists_share(const char *left, const char *right)
{
    char *copy = xstrdup(left);
    char *save = NULL;
    bool shared = false;
    for (char *lock = strtok_r(copy, ", ", &save); lock; lock = strtok_r(NULL, ", ", &save)) {
        const char *found = lock[0] == 'M' ? strstr(right, lock) : NULL;
        shared = shared || (found && !isdigit((unsigned char)found[strlen(lock)]));
    }
    free(copy);
    return shared;
}

static int count_locks(const char *list)
{
    int count = 0;
    for (const char *at = strchr(list, 'M'); at; at = strchr(at + 1, 'M'))
        count++;
    return count;
}

/* The tool names the inner acquisition first; people read the outer one first. */
static void outer_locks_first(struct finding *finding)
{
    for (size_t i = 0; i + 1 < finding->site_count; i += 2) {
        struct site inner = finding->sites[i];
        finding->sites[i] = finding->sites[i + 1];
        finding->sites[i + 1] = inner;
    }
}

static void name_locks(struct reader *reader, struct finding *finding)
{
    char *object = NULL;
    for (size_t i = 0; i < reader->name_count; i++) {
        const char *symbol = reader->names[i].symbol;
        char *longer = NULL;
        if (symbol)
            longer = object ? xasprintf("%s, %s", object, symbol) : xstrdup(symbol);
        free(object);
        object = longer;
        if (!object)
            break; /* half the names would mislead */
    }
    finding->object = object;
}

static void report_end(struct reader *reader)
{
    section_end(reader);
    struct finding *finding = current(reader);
    if (finding->defect == DEFECT_RACE && reader->lock_lists == 2 && finding->site_count == 2) {
        finding->no_common_lock = !lists_share(reader->locks[0], reader->locks[1]);
        for (int side = 0; side < 2; side++)
            finding->sites[side].locks_held = count_locks(reader->locks[side]);
    }
    if (finding->defect == DEFECT_LOCK_ORDER) {
        outer_locks_first(finding);
        name_locks(reader, finding);
    }
    for (size_t i = 0; i < reader->name_count; i++)
        free(reader->names[i].symbol);
    for (size_t i = 0; i < reader->lock_lists; i++)
        free(reader->locks[i]);
    reader->name_count = 0;
    reader->lock_lists = 0;
    reader->in_report = false;
}

static void report_begin(struct reader *reader, struct span title)
{
    const char *pid = span_find(title, " (pid=");
    if (pid)
        title.length = (size_t)(pid - title.text);
    struct finding *finding = findings_add(reader->findings, defect_of(title));
    finding->message = xstrndup(title.text, title.length);
    finding->raw_line = reader->line;
    reader->in_report = true;
    /* Misuse reports begin with the stack of the fault, without a section line before it. */
    reader->site_stack = finding->defect == DEFECT_MISUSE;
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

static void race_section(struct reader *reader, struct span line)
{
    if (span_starts(line, "Location is "))
        return; /* "heap block of size 24 at 0x... allocated by main thread:" is no access */
    const char *of_size = span_find(line, " of size ");
    const char *by = span_find(line, " by ");
    if (!of_size || !by || by < of_size)
        return;
    bool writes = memmem(line.text, (size_t)(of_size - line.text), "rite", 4) != NULL;
    bool atomic = memmem(line.text, (size_t)(of_size - line.text), "tomic", 5) != NULL;
    reader->site_stack = true;
    reader->act = xasprintf("%s%s", writes ? "writes" : "reads", atomic ? " atomically" : "");
    reader->thread = read_thread(span_from(line, by + 4));
    const char *open = span_find(line, "(mutexes: ");
    if (reader->lock_lists < 2) {
        const char *close =
            open ? memchr(open, ')', line.length - (size_t)(open - line.text)) : NULL;
        reader->locks[reader->lock_lists++] =
            close ? xstrndup(open + 10, (size_t)(close - open - 10)) : xstrdup("");
    }
}

/* "M0 (0x000001875288) => M1 (0x...) => M0": numbers and addresses of the locks in the cycle. */
static void read_cycle(struct reader *reader, struct span line)
{
    const char *end = line.text + line.length;
    for (const char *at = line.text; at < end && reader->name_count < MAX_LOCKS;) {
        const char *open = memmem(at, (size_t)(end - at), " (0x", 4);
        if (!open)
            break;
        const char *label = open;
        while (label > line.text && label[-1] != ' ')
            label--;
        struct lock_name *name = &reader->names[reader->name_count];
        size_t length = (size_t)(open - label);
        if (length > 0 && length < sizeof(name->label)) {
            memcpy(name->label, label, length);
            name->label[length] = '\0';
            uint64_t address = strtoull(open + 2, NULL, 16);
            name->symbol = reader->program ? elf_symbol_at(reader->program, address) : NULL;
            reader->name_count++;
        }
        at = open + 4;
    }
}

/* The lock that a section line begins with ("Mutex M1 ..."), by symbol where there is one. */
static char *read_lock_act(const struct reader *reader, struct span line)
{
    const char *label = line.text + strlen("Mutex ");
    size_t length = 0;
    while (label + length < line.text + line.length && label[length] != ' ')
        length++;
    for (size_t i = 0; i < reader->name_count; i++) {
        const struct lock_name *name = &reader->names[i];
        if (name->symbol && strlen(name->label) == length &&
            memcmp(name->label, label, length) == 0)
            return xasprintf("locks `%s`", name->symbol);
    }
    return xasprintf("locks %.*s", (int)length, label);
}

static void lock_order_section(struct reader *reader, struct span line)
{
    struct finding *finding = current(reader);
    if (span_find(line, " acquired here while holding mutex ")) {
        const char *in = span_find(line, " in ");
        reader->site_stack = true;
        reader->act = read_lock_act(reader, line);
        reader->thread = in ? read_thread(span_from(line, in + 4)) : NULL;
    } else if (span_find(line, " previously acquired by the same thread here")) {
        const struct site *inner =
            finding->site_count > 0 ? &finding->sites[finding->site_count - 1] : NULL;
        reader->site_stack = true;
        reader->act = read_lock_act(reader, line);
        reader->thread = inner && inner->thread ? xstrdup(inner->thread) : NULL;
    }
}

/* A two-blank line opens a section: what the stack below it means. */
static void section_begin(struct reader *reader, struct span line)
{
    struct finding *finding = current(reader);
    section_end(reader);
    if (span_starts(line, "Location is global '")) {
        const char *name = line.text + strlen("Location is global '");
        const char *quote = memchr(name, '\'', line.length - (size_t)(name - line.text));
        if (quote && !finding->object)
            finding->object = xstrndup(name, (size_t)(quote - name));
    } else if (span_starts(line, "Cycle in lock order graph: ")) {
        read_cycle(reader, line);
    } else if (finding->defect == DEFECT_LOCK_ORDER && span_starts(line, "Mutex ")) {
        lock_order_section(reader, line);
    } else if (finding->defect == DEFECT_LEAK && span_find(line, " created by ")) {
        reader->site_stack = true;
        reader->thread = read_thread(span_from(line, span_find(line, " created by ") + 12));
        reader->act = xstrdup("makes a thread that nobody joins");
    } else if (finding->defect == DEFECT_RACE || finding->defect == DEFECT_MISUSE) {
        race_section(reader, line);
    }
}

/* "    #1 main /src/a.c:28:5 (a.tsan+0x4cf139) (BuildId: ce55...)" */
static void read_frame(struct reader *reader, struct span line)
{
    const char *space = memchr(line.text, ' ', line.length);
    if (!space)
        return;
    line = span_from(line, space + 1);
    const char *build_id = span_find(line, " (BuildId: ");
    if (build_id)
        line.length = (size_t)(build_id - line.text);
    if (line.length > 0 && line.text[line.length - 1] == ')') {
        const char *module = memrchr(line.text, '(', line.length);
        if (module && module > line.text)
            line.length = (size_t)(module - 1 - line.text);
    }
    struct frame *frame = stack_push(&reader->stack);
    reader->frames++;
    const char *file = span_find(line, " /");
    if (!file)
        file = memrchr(line.text, ' ', line.length);
    if (!file)
        return;
    frame->function = xstrndup(line.text, (size_t)(file - line.text));
    struct span place = span_from(line, file + 1);
    /* FILE:LINE:COLUMN or FILE:LINE; a file's own name may hold colons. */
    int numbers[2] = {0, 0};
    int found = 0;
    while (found < 2) {
        const char *colon = memrchr(place.text, ':', place.length);
        size_t digits = colon ? place.length - (size_t)(colon + 1 - place.text) : 0;
        if (digits == 0 || digits > 9 || strspn(colon + 1, "0123456789") < digits)
            break;
        numbers[found++] = (int)strtol(colon + 1, NULL, 10);
        place.length = (size_t)(colon - place.text);
    }
    if (found > 0) {
        frame->file = xstrndup(place.text, place.length);
        frame->line = numbers[found - 1];
        reader->frames_resolved++;
    }
}

static char *read_line(struct reader *reader, struct span line, bool *ran)
{
    if (span_starts(line, "WARNING: ThreadSanitizer: ")) {
        if (reader->in_report)
            return xasprintf("line %zu: a report begins inside another one", reader->line);
        report_begin(reader, span_from(line, line.text + 26));
    } else if (span_find(line, "FATAL: ThreadSanitizer") ||
               span_find(line, "ThreadSanitizer: CHECK failed") ||
               span_starts(line, "ThreadSanitizer:DEADLYSIGNAL")) {
        return xasprintf("ThreadSanitizer itself failed: %.*s",
                         (int)(line.length < 200 ? line.length : 200), line.text);
    } else if (span_starts(line, "***** Running under ThreadSanitizer")) {
        *ran = true;
    } else if (!reader->in_report) {
        return NULL;
    } else if (span_starts(line, "SUMMARY: ThreadSanitizer: ")) {
        report_end(reader);
    } else if (span_starts(line, "    #")) {
        read_frame(reader, span_from(line, line.text + 5));
    } else if (span_starts(line, "  ")) {
        section_begin(reader, span_from(line, line.text + 2));
    } else if (line.length == 0) {
        section_end(reader);
    }
    return NULL;
}

char *tsan_read_text(const char *text, size_t length, const char *own_source, const char *program,
                     struct findings *findings, bool *ran)
{
    struct reader reader = {.own_source = own_source, .program = program, .findings = findings};
    char *trouble = NULL;
    for (size_t at = 0; at < length && !trouble;) {
        const char *newline = memchr(text + at, '\n', length - at);
        struct span line = {text + at, newline ? (size_t)(newline - text) - at : length - at};
        reader.line++;
        trouble = read_line(&reader, line, ran);
        at += line.length + 1;
    }
    if (reader.in_report) {
        size_t begun = current(&reader)->raw_line;
        report_end(&reader);
        if (!trouble)
            trouble = xasprintf("the report that begins at line %zu is cut off before its SUMMARY; "
                                "was the disk full, or the program ended from outside?",
                                begun);
    }
    if (!trouble && reader.frames > 0 && reader.frames_resolved == 0)
        trouble = xstrdup("ThreadSanitizer gave no file and line: install llvm-symbolizer "
                          "(Debian's package llvm) and build with -g");
    return trouble;
}
