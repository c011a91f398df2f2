/*
 * The reader of Valgrind's text reports (see valgrind_text.h).
 *
 * Helgrind begins each report with a line of hyphens and lets blank lines stand within it; a report of
 * DRD begins without a mark and ends at a blank line. Old versions (3.4) have the violating stack of a
 * lock order directly below its headline, as the XML does, and no locks held.
 */
#include "detect/valgrind_text.h"

#include "detect/valgrind_line.h"
#include "detect/valgrind_report.h"
#include "model/memory.h"
#include "model/version.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE      (64 << 10) /* bytes; longer ones are cut */
#define MAX_PROCESSES 64 /* whose reports may be open at once; the one silent longest goes */

enum tool { UNKNOWN, HELGRIND, DRD, OTHER };

enum state {
    IDLE,
    ANNOUNCING, /* below "---Thread-Announcement---" */
    EXPECTING,  /* below Helgrind's hyphens: the next text begins a report */
    CANDIDATE,  /* in DRD a text that is a report if a stack follows */
    REPORTING,
};

struct process {
    unsigned long pid;
    size_t used; /* the line of its last word */
    enum tool tool;
    enum state state;
    bool blank;    /* the last line was empty */
    bool finished; /* it said its summary, which -s makes it say twice */
    bool headed;   /* the report has its headline, which the locks held stand before */
    size_t begun;  /* line of the report being read */
    size_t taken;  /* bytes of it */
    size_t times;  /* the next report is told as having occurred so often; 0: it is a new one */
    struct valgrind_error error;
    struct valgrind_error *announcement; /* NULL: none is being read */
    struct valgrind_threads threads;
};

/* A report that was said before. */
struct known {
    char *key;
    size_t finding; /* index in the tool's findings */
};

struct valgrind_text {
    const char *own_source;
    const char *program;
    size_t line;
    struct process processes[MAX_PROCESSES];
    size_t process_count;
    struct valgrind_log logs[OTHER]; /* by tool; UNKNOWN's stays empty */
    void *known[OTHER];              /* trees of search.h: logarithmic whatever the log says */
};

static int by_key(const void *left, const void *right)
{
    const struct known *a = left;
    const struct known *b = right;
    return strcmp(a->key, b->key);
}

static void known_free(void *node)
{
    struct known *known = node;
    free(known->key);
    free(known);
}

struct valgrind_text *valgrind_text_new(const char *own_source, const char *program)
{
    struct valgrind_text *reader = xcalloc(1, sizeof(*reader));
    reader->own_source = own_source;
    reader->program = program;
    return reader;
}

static void set_tool(struct valgrind_text *reader, struct process *process, enum tool tool)
{
    if (process->tool == tool)
        return;
    process->tool = tool;
    if (tool == HELGRIND || tool == DRD)
        reader->logs[tool].processes++;
}

/* Writes a text without what differs between two sayings of the same: addresses, and the numbers of
 * threads and owners. */
static void write_steady(FILE *out, const char *text)
{
    static const char *const before[] = {"hread ", "hread #", "owner ", " during ", NULL};
    for (const char *at = text; *at;) {
        size_t skip = 0;
        size_t taken = 1;
        if (at[0] == '0' && at[1] == 'x') {
            taken = 2;
            skip = strspn(at + 2, "0123456789abcdefABCDEF");
        }
        for (size_t i = 0; before[i]; i++) {
            size_t length = strlen(before[i]);
            size_t digits =
                strncmp(at, before[i], length) == 0 ? strspn(at + length, "0123456789") : 0;
            if (digits > 0) {
                taken = length;
                skip = digits;
            }
        }
        fwrite(at, 1, taken, out);
        at += taken + skip;
    }
    fputc('\n', out);
}

/* What makes two reports the same. From malloc. */
static char *key_of(const struct valgrind_error *error)
{
    char *key = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&key, &length);
    if (!out)
        return xstrdup("");
    for (size_t i = 0; i < error->part_count; i++) {
        const struct valgrind_part *part = &error->parts[i];
        write_steady(out, part->text);
        write_steady(out, part->locks ? part->locks : "");
        for (size_t k = 0; k < part->stack.count; k++) {
            const struct frame *frame = &part->stack.frames[k];
            fprintf(out, "%s|%s:%d|%s\n", frame->function ? frame->function : "",
                    frame->file ? frame->file : "", frame->line,
                    frame->module ? frame->module : "");
        }
    }
    fclose(out);
    return key ? key : xstrdup("");
}

/* The report becomes a finding, or one that is known occurred again. */
static void report_end(struct valgrind_text *reader, struct process *process)
{
    enum tool tool = process->tool;
    if (tool != HELGRIND && tool != DRD) {
        valgrind_error_clear(&process->error);
        return;
    }
    struct findings *findings = &reader->logs[tool].findings;
    struct known *node = xcalloc(1, sizeof(*node));
    node->key = key_of(&process->error);
    node->finding = findings->count;
    struct known **place = tsearch(node, &reader->known[tool], by_key);
    if (place && *place != node) {
        /* The list at the end of -s counts the first saying again. */
        findings->items[(*place)->finding].times += process->times > 0 ? process->times - 1 : 1;
        known_free(node);
        valgrind_error_clear(&process->error);
    } else {
        struct finding *finding = valgrind_error_finding(
            &process->error, &process->threads, reader->own_source, reader->program, findings);
        if (finding) {
            finding->raw_line = process->begun;
            finding->times = process->times > 0 ? process->times : 1;
        }
        if (!place)
            known_free(node);
    }
    process->times = 0;
}

static void close_report(struct valgrind_text *reader, struct process *process)
{
    if (process->announcement)
        valgrind_error_raw(process->announcement, "", 0);
    process->announcement = NULL;
    if (process->state == REPORTING && process->error.part_count > 0)
        report_end(reader, process);
    else
        valgrind_error_clear(&process->error);
    process->state = IDLE;
}

static void process_end(struct valgrind_text *reader, struct process *process)
{
    close_report(reader, process);
    valgrind_threads_clear(&process->threads);
}

static struct process *process_of(struct valgrind_text *reader, unsigned long pid)
{
    struct process *oldest = NULL;
    for (size_t i = 0; i < reader->process_count; i++) {
        struct process *process = &reader->processes[i];
        if (process->pid == pid)
            return process;
        if (!oldest || process->used < oldest->used)
            oldest = process;
    }
    if (reader->process_count < MAX_PROCESSES)
        oldest = &reader->processes[reader->process_count++];
    else
        process_end(reader, oldest);
    *oldest = (struct process){.pid = pid};
    return oldest;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool begins_any(const char *text, const char *const *with)
{
    for (size_t i = 0; with[i]; i++) {
        if (begins(text, with[i]))
            return true;
    }
    return false;
}

/* Of which tool's report this is the first line, told by its wording alone. */
static enum tool headline_tool(const char *text)
{
    static const char *const drd_objects[] = {
        ": mutex 0x",   ": cond 0x",   ": condition variable 0x", ": semaphore 0x",
        ": barrier 0x", ": rwlock 0x", ": spinlock 0x",           NULL};
    static const char *const drd[] = {"Conflicting load by thread ", "Conflicting store by thread ",
                                      "The object at address 0x",
                                      "Probably a race condition: ", NULL};
    if (begins(text, "Possible data race during "))
        return HELGRIND;
    if (begins(text, "Thread #") && !strstr(text, " was created") && !strstr(text, "root thread"))
        return HELGRIND;
    if (begins_any(text, drd))
        return DRD;
    for (size_t i = 0; drd_objects[i]; i++) {
        if (strstr(text, drd_objects[i]))
            return DRD;
    }
    return UNKNOWN;
}

/* What stands below a blank line in a report of Helgrind and belongs to it. */
static bool continues(const char *text)
{
    static const char *const with[] = {"This conflicts with a previous ",
                                       "Observed (incorrect) order is: ",
                                       "Required order was established ",
                                       "followed by a later acquisition ",
                                       "Lock at 0x",
                                       "Address 0x",
                                       NULL};
    return begins_any(text, with);
}

/* Whether a text goes on with the report being read. */
static bool belongs(const struct process *process, const char *text)
{
    if (headline_tool(text) != UNKNOWN)
        return !process->headed;
    return !process->blank || continues(text);
}

/* The core's own words, some of which have a stack. */
static bool is_core(const char *text)
{
    static const char *const with[] = {"Process terminating ",
                                       "Warning: ",
                                       "WARNING: ",
                                       "valgrind: ",
                                       "Open file descriptor ",
                                       "Open AF_",
                                       "FILE DESCRIPTORS: ",
                                       "[",
                                       "Your program ",
                                       "Copyright ",
                                       "Command: ",
                                       "Parent PID: ",
                                       "For lists of ",
                                       "For counts of ",
                                       "Use --history-level",
                                       "Thread ",
                                       "File descriptor ",
                                       NULL};
    return begins_any(text, with);
}

/* The first lines of a run. True where this is one that tells the tool. */
static bool read_preamble(struct valgrind_text *reader, struct process *process, const char *text)
{
    static const char *const others[] = {"Memcheck, ", "Cachegrind, ", "Callgrind, ",
                                         "Massif, ",   "DHAT, ",       "Lackey, ",
                                         "Nulgrind, ", "exp-",         NULL};
    bool helgrind = begins(text, "Helgrind, a thread error detector");
    bool drd = strcasestr(text, "drd, a thread error detector") == text;
    if (!helgrind && !drd && !begins_any(text, others))
        return false;
    /* The number may have been another process's before; one that executes another program says its
     * preamble again. */
    process_end(reader, process);
    unsigned long pid = process->pid;
    *process = (struct process){.pid = pid};
    set_tool(reader, process, helgrind ? HELGRIND : drd ? DRD : OTHER);
    return true;
}

/* "20000 errors in context 1 of 2:", of the list at the end that -s and -v ask for. */
static size_t context_count(const char *text)
{
    char *behind = NULL;
    size_t count = strtoul(text, &behind, 10);
    return behind != text && begins(behind, " error") && strstr(behind, " in context ") ? count : 0;
}

static void report_begin(struct valgrind_text *reader, struct process *process, enum state state)
{
    valgrind_error_clear(&process->error);
    process->state = state;
    process->begun = reader->line;
    process->taken = 0;
    process->headed = false;
}

/* Adds a line to what is being read; `text` is without indentation. */
static void take(struct process *process, const char *text, const struct valgrind_line *line)
{
    struct valgrind_error *error = process->announcement ? process->announcement : &process->error;
    process->taken += line->length + 1;
    if (process->taken > VALGRIND_RAW_LIMIT)
        return;
    if (process->blank && error->part_count > 0)
        valgrind_error_raw(error, "", 0);
    valgrind_error_raw(error, line->text, line->length);
    if (!valgrind_line_is_frame(line->text, line->length)) {
        valgrind_error_text(error, text, line->length - (size_t)(text - line->text));
        process->headed = process->headed || !valgrind_is_prologue(text);
        return;
    }
    struct frame *frame = valgrind_error_frame(error);
    if (frame)
        valgrind_line_frame(line->text, line->length, frame);
}

static void read_frame(struct valgrind_text *reader, struct process *process,
                       const struct valgrind_line *line)
{
    if (process->blank && !process->announcement) {
        close_report(reader, process); /* a stack follows its text at once: this is of another */
        return;
    }
    if (process->state == CANDIDATE)
        process->state = REPORTING;
    if (process->state == REPORTING || process->announcement)
        take(process, line->text, line);
}

static void read_blank(struct valgrind_text *reader, struct process *process)
{
    bool ends = process->announcement || process->state == CANDIDATE ||
                (process->state == REPORTING && process->tool == DRD);
    if (ends)
        close_report(reader, process);
    process->blank = true;
}

static void read_text(struct valgrind_text *reader, struct process *process, const char *text,
                      const struct valgrind_line *line)
{
    size_t hyphens = strspn(text, "-");
    if (read_preamble(reader, process, text))
        return;
    if (begins(text, "Using Valgrind-")) {
        struct valgrind_log *log = &reader->logs[process->tool == OTHER ? UNKNOWN : process->tool];
        if (!log->version && log != &reader->logs[UNKNOWN])
            log->version = version_behind(text, strlen(text), "Using Valgrind-");
    } else if (begins(text, "ERROR SUMMARY: ")) {
        close_report(reader, process);
        if ((process->tool == HELGRIND || process->tool == DRD) && !process->finished)
            reader->logs[process->tool].finished++;
        process->finished = true;
    } else if (context_count(text) > 0) {
        close_report(reader, process);
        process->times = context_count(text);
    } else if (begins(text, "---Thread-Announcement---")) {
        close_report(reader, process);
        process->state = ANNOUNCING;
    } else if (hyphens >= 32 && text[hyphens] == '\0') {
        close_report(reader, process);
        if (process->tool == UNKNOWN)
            set_tool(reader, process, HELGRIND);
        if (process->tool == HELGRIND)
            process->state = EXPECTING;
    } else if (process->state == ANNOUNCING && !process->announcement) {
        unsigned long number = valgrind_thread_in(text, NULL);
        if (number > 0) {
            process->announcement = valgrind_threads_announce(&process->threads, number);
            process->taken = 0;
            process->blank = false;
            take(process, text, line);
        }
    } else if (process->state == EXPECTING) {
        report_begin(reader, process, REPORTING);
        process->blank = false;
        take(process, text, line);
    } else if (process->state == REPORTING && belongs(process, text)) {
        take(process, text, line);
    } else {
        close_report(reader, process);
        enum tool tool = process->tool == OTHER ? UNKNOWN : headline_tool(text);
        if (tool != UNKNOWN && process->tool == UNKNOWN)
            set_tool(reader, process, tool);
        bool sure = tool != UNKNOWN && tool == process->tool;
        if (sure || (process->tool == DRD && !is_core(text))) {
            report_begin(reader, process, sure ? REPORTING : CANDIDATE);
            process->blank = false;
            take(process, text, line);
        }
    }
}

bool valgrind_text_feed(struct valgrind_text *reader, const char *line, size_t length)
{
    struct valgrind_line parsed;
    reader->line++;
    if (!valgrind_line_parse(line, length < MAX_LINE ? length : MAX_LINE, &parsed))
        return false;
    struct process *process = process_of(reader, parsed.pid);
    process->used = reader->line;
    if (parsed.mark == '-')
        return true; /* what the core says of its own work comes between any two lines */
    if (parsed.mark == '*') {
        close_report(reader, process); /* a stack behind it is the program's request */
        return true;
    }
    char *copy = xstrndup(parsed.text, parsed.length);
    parsed.text = copy;
    parsed.length = strlen(copy);
    for (char *at = copy; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?'; /* no byte of a log shall move a terminal's cursor */
    }
    const char *text = copy + strspn(copy, " ");
    if (*text == '\0') {
        read_blank(reader, process);
    } else if (process->tool != OTHER || strstr(text, "detector")) {
        if (valgrind_line_is_frame(copy, parsed.length))
            read_frame(reader, process, &parsed);
        else
            read_text(reader, process, text, &parsed);
        process->blank = false;
    }
    free(copy);
    return true;
}

void valgrind_text_end(struct valgrind_text *reader, struct valgrind_log *helgrind,
                       struct valgrind_log *drd)
{
    for (size_t i = 0; i < reader->process_count; i++)
        process_end(reader, &reader->processes[i]);
    for (enum tool tool = HELGRIND; tool < OTHER; tool++)
        tdestroy(reader->known[tool], known_free);
    *helgrind = reader->logs[HELGRIND];
    *drd = reader->logs[DRD];
    free(reader);
}

void valgrind_log_release(struct valgrind_log *log)
{
    findings_release(&log->findings);
    free(log->version);
    *log = (struct valgrind_log){0};
}
