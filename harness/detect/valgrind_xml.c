/* The reader of Valgrind's XML (protocol 4, docs/internals/xml-output-protocol4.txt of 3.19). */
#include "detect/valgrind.h"
#include "detect/valgrind_report.h"
#include "detect/witness.h"
#include "model/memory.h"
#include "model/utf8.h"
#include "model/version.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define PIECE    ((size_t)1 << 20)
#define MAX_TEXT 4096      /* of one element; longer ones are cut */
#define MAX_LINE 999999999 /* of a source; what is more is no line */

/* How often an error occurred is told at the end, by its number. */
struct occurrence {
    uint64_t unique;
    size_t finding; /* index */
};

struct count {
    uint64_t unique;
    size_t times;
};

struct reader {
    XML_Parser parser;
    const char *own_source;
    const char *program;
    struct findings *findings;
    struct valgrind_proof *proof;
    size_t begun_at; /* line of the <error> being read */
    bool in_error;
    bool in_message; /* <clientmsg>: what the program said through a client request */
    bool in_frame;
    bool in_preamble;
    bool in_observed; /* <first_observed_at>: a lock by kind and address, then its stack */
    bool stack_open;  /* the last text has its stack: a further one belongs to nothing told */
    bool first_frame; /* of its stack */
    char *next_stack; /* what the next stack is, told by the element around it; NULL: by its text */
    char *thread_name; /* of the error's thread; NULL: none */
    uint64_t unique;
    struct count count;
    struct occurrence *occurrences;
    size_t occurrence_count;
    struct count *counts;
    size_t count_count;
    struct valgrind_error error;
    struct valgrind_error *announcement; /* being read; NULL: none */
    struct valgrind_threads threads;
    struct frame frame;
    char *directory;
    char *address;
    char text[MAX_TEXT];
    size_t text_length;
    bool message_has_line;
};

static void error_clear(struct reader *reader)
{
    valgrind_error_clear(&reader->error);
    free(reader->next_stack);
    free(reader->thread_name);
    reader->next_stack = NULL;
    reader->thread_name = NULL;
    reader->in_observed = false;
    reader->stack_open = false;
}

/* A text of the error, as a line for people too: Valgrind sets off what opens another stack. */
static void error_text(struct reader *reader, const char *text, bool headline)
{
    bool another = strncmp(text, "This conflicts with ", 20) == 0 ||
                   strncmp(text, "Required order was ", 19) == 0 ||
                   strncmp(text, "followed by a later ", 20) == 0;
    if (another)
        valgrind_error_raw(&reader->error, "", 0);
    char *line = xasprintf("%s%s", headline || another ? "" : " ", text);
    valgrind_error_raw(&reader->error, line, strlen(line));
    free(line);
    valgrind_error_text(&reader->error, text, strlen(text));
    reader->stack_open = false;
}

static void error_end(struct reader *reader)
{
    if (reader->thread_name && reader->error.part_count > 0) {
        unsigned long number = valgrind_thread_in(reader->error.parts[0].text, NULL);
        if (number > 0)
            valgrind_threads_name(&reader->threads, number, reader->thread_name);
    }
    struct finding *finding = valgrind_error_finding(
        &reader->error, &reader->threads, reader->own_source, reader->program, reader->findings);
    if (!finding)
        return;
    finding->raw_line = reader->begun_at;
    struct occurrence *occurrence = xappend(
        (void **)&reader->occurrences, &reader->occurrence_count, sizeof(*reader->occurrences));
    occurrence->unique = reader->unique;
    occurrence->finding = reader->findings->count - 1;
}

static int by_unique(const void *left, const void *right)
{
    const struct occurrence *a = left;
    const struct occurrence *b = right;
    return a->unique < b->unique ? -1 : a->unique > b->unique;
}

/* Counts may be told several times during a run: the last ones hold. */
static void count_occurrences(struct reader *reader)
{
    if (reader->occurrence_count == 0)
        return;
    qsort(reader->occurrences, reader->occurrence_count, sizeof(*reader->occurrences), by_unique);
    for (size_t i = 0; i < reader->count_count; i++) {
        struct occurrence key = {.unique = reader->counts[i].unique};
        const struct occurrence *found =
            bsearch(&key, reader->occurrences, reader->occurrence_count,
                    sizeof(*reader->occurrences), by_unique);
        if (found && reader->counts[i].times > 0)
            reader->findings->items[found->finding].times = reader->counts[i].times;
    }
}

static void announcement_begin(struct reader *reader)
{
    unsigned long number = strtoul(reader->text, NULL, 10);
    if (number == 0)
        return;
    reader->announcement = valgrind_threads_announce(&reader->threads, number);
    char *text = number == 1 ? xstrdup("Thread #1 is the program's root thread")
                             : xasprintf("Thread #%lu was created", number);
    valgrind_error_text(reader->announcement, text, strlen(text));
    valgrind_error_raw(reader->announcement, text, strlen(text));
    free(text);
}

static void XMLCALL element_begin(void *user, const XML_Char *name, const XML_Char **attributes)
{
    static const char *const wrappers[][2] = {
        {"other_segment_start", "Other segment start"},
        {"other_segment_end", "Other segment end"},
        {"acquired_at", "Acquired at:"},
    };
    struct reader *reader = user;
    (void)attributes;
    reader->text_length = 0;
    if (strcmp(name, "error") == 0) {
        error_clear(reader);
        reader->announcement = NULL;
        reader->in_error = true;
        reader->begun_at = XML_GetCurrentLineNumber(reader->parser);
    } else if (strcmp(name, "clientmsg") == 0) {
        reader->in_message = true;
        reader->message_has_line = false;
    } else if (strcmp(name, "preamble") == 0) {
        reader->in_preamble = true;
    } else if (strcmp(name, "frame") == 0) {
        reader->in_frame = true;
    } else if (strcmp(name, "first_observed_at") == 0) {
        reader->in_observed = true;
    } else if (strcmp(name, "stack") == 0) {
        reader->first_frame = true;
        if (!reader->in_error)
            return;
        /* A stack without a text of its own belongs to nothing we know: keep it apart. */
        if (reader->next_stack)
            error_text(reader, reader->next_stack, true);
        else if (reader->error.part_count == 0 || reader->stack_open)
            valgrind_error_text(&reader->error, "", 0);
        free(reader->next_stack);
        reader->next_stack = NULL;
        reader->stack_open = true;
    } else if (reader->in_error) {
        for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers); i++) {
            if (strcmp(name, wrappers[i][0]) == 0) {
                free(reader->next_stack);
                reader->next_stack = xstrdup(wrappers[i][1]);
            }
        }
    }
}

/* "   at 0x4013AC: gate (unlocked_counter.c:27)" */
static void frame_raw(const struct reader *reader, struct valgrind_error *error)
{
    const struct frame *frame = &reader->frame;
    char *place = frame->file && frame->line > 0 ? xasprintf(" (%s:%d)", frame->file, frame->line)
                  : frame->file                  ? xasprintf(" (%s)", frame->file)
                  : frame->module                ? xasprintf(" (in %s)", frame->module)
                                                 : xstrdup("");
    char *line = xasprintf("   %s %s: %s%s", reader->first_frame ? "at" : "by",
                           reader->address ? reader->address : "0x0",
                           frame->function ? frame->function : "???", place);
    valgrind_error_raw(error, line, strlen(line));
    free(line);
    free(place);
}

static void frame_clear(struct reader *reader)
{
    free(reader->frame.function);
    free(reader->frame.file);
    free(reader->frame.module);
    free(reader->directory);
    free(reader->address);
    reader->frame = (struct frame){0};
    reader->directory = NULL;
    reader->address = NULL;
}

static void frame_end(struct reader *reader)
{
    reader->in_frame = false;
    struct frame *frame = &reader->frame;
    if (reader->in_message && frame->line > 0 && frame->file && frame->function &&
        strcmp(frame->function, WITNESS_SPEAKS) == 0)
        reader->message_has_line = true;
    struct valgrind_error *error = reader->announcement ? reader->announcement
                                   : reader->in_error   ? &reader->error
                                                        : NULL;
    if (error)
        frame_raw(reader, error);
    struct frame *kept = error ? valgrind_error_frame(error) : NULL;
    if (kept) {
        if (frame->file && frame->file[0] != '/' && reader->directory) {
            char *file = xasprintf("%s/%s", reader->directory, frame->file);
            free(frame->file);
            frame->file = file;
        }
        *kept = *frame;
        *frame = (struct frame){0};
    }
    frame_clear(reader);
    reader->first_frame = false;
}

static void frame_member(struct reader *reader, const char *name)
{
    struct frame *frame = &reader->frame;
    char **target = strcmp(name, "fn") == 0     ? &frame->function
                    : strcmp(name, "dir") == 0  ? &reader->directory
                    : strcmp(name, "file") == 0 ? &frame->file
                    : strcmp(name, "obj") == 0  ? &frame->module
                    : strcmp(name, "ip") == 0   ? &reader->address
                                                : NULL;
    if (target) {
        free(*target);
        *target = xstrdup(reader->text);
    } else if (strcmp(name, "line") == 0) {
        long line = strtol(reader->text, NULL, 10);
        frame->line = line > 0 && line <= MAX_LINE ? (int)line : 0;
    }
}

/* A member of <error>, or of what stands in it. */
static void error_member(struct reader *reader, const char *name)
{
    if (strcmp(name, "unique") == 0) {
        reader->unique = strtoull(reader->text, NULL, 16);
    } else if (strcmp(name, "threadname") == 0) {
        free(reader->thread_name);
        reader->thread_name = xstrdup(reader->text);
    } else if (reader->in_observed) {
        if (strcmp(name, "first_observed_at") == 0)
            reader->in_observed = false;
        char *before = reader->next_stack;
        if (strcmp(name, "what") == 0)
            reader->next_stack = xstrdup(reader->text);
        else if (strcmp(name, "address") == 0 && (!before || strlen(before) < MAX_TEXT))
            reader->next_stack =
                xasprintf("%s %s was first observed at:", before ? before : "lock", reader->text);
        if (reader->next_stack != before)
            free(before);
    } else if (strcmp(name, "what") == 0 || strcmp(name, "text") == 0 ||
               strcmp(name, "auxwhat") == 0) {
        /* The stack of a DRD block stands in an element of its own, which says what the text does not. */
        const char *offset = strstr(reader->text, " is at offset ");
        char *block = offset ? xasprintf("%s Allocation context:", reader->text) : NULL;
        bool headline = strcmp(name, "auxwhat") != 0 && reader->error.part_count == 0;
        error_text(reader, block ? block : reader->text, headline);
        free(block);
    }
}

static void XMLCALL element_end(void *user, const XML_Char *name)
{
    struct reader *reader = user;
    reader->text[reader->text_length] = '\0';
    if (strcmp(name, "frame") == 0) {
        frame_end(reader);
    } else if (reader->in_frame) {
        frame_member(reader, name);
    } else if (strcmp(name, "error") == 0) {
        if (reader->in_error)
            error_end(reader);
        error_clear(reader);
        reader->in_error = false;
    } else if (reader->in_error) {
        error_member(reader, name);
    } else if (strcmp(name, "hthreadid") == 0) {
        announcement_begin(reader);
    } else if (strcmp(name, "announcethread") == 0) {
        if (reader->announcement)
            valgrind_error_raw(reader->announcement, "", 0);
        reader->announcement = NULL;
    } else if (strcmp(name, "clientmsg") == 0) {
        reader->in_message = false;
        reader->proof->has_lines = reader->proof->has_lines || reader->message_has_line;
    } else if (strcmp(name, "state") == 0) {
        reader->proof->finished = reader->proof->finished || strcmp(reader->text, "FINISHED") == 0;
    } else if (reader->in_preamble) {
        if (!reader->proof->version)
            reader->proof->version =
                version_behind(reader->text, reader->text_length, "Using Valgrind-");
        reader->in_preamble = strcmp(name, "preamble") != 0;
    } else if (strcmp(name, "count") == 0) {
        reader->count.times = strtoull(reader->text, NULL, 10);
    } else if (strcmp(name, "unique") == 0) {
        reader->count.unique = strtoull(reader->text, NULL, 16);
        struct count *count =
            xappend((void **)&reader->counts, &reader->count_count, sizeof(*reader->counts));
        *count = reader->count;
    }
    reader->text_length = 0;
}

static void XMLCALL character_data(void *user, const XML_Char *text, int length)
{
    struct reader *reader = user;
    size_t room = MAX_TEXT - 1 - reader->text_length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    /* One line whatever it holds: XML has no control characters but those of white space. */
    for (size_t i = 0; i < taken; i++)
        reader->text[reader->text_length++] = (char)((unsigned char)text[i] < ' ' ? ' ' : text[i]);
}

/*
 * Valgrind escapes `<`, `>` and `&` in the names and arguments that it tells, and nothing else. What XML 1.0
 * forbids (2.2: most control characters, what is no UTF-8) becomes `?`, so that one odd file name does not
 * cost the report.
 */
static void copy_as_xml(const char *text, size_t length, char *to)
{
    for (size_t at = 0; at < length;) {
        size_t whole = utf8_length(text + at, length - at);
        unsigned char lead = (unsigned char)text[at];
        bool forbidden = whole == 0 || (lead < 0x20 && !strchr("\t\n\r", lead)) || lead == '\0' ||
                         (whole == 3 && lead == 0xef && memcmp(text + at + 1, "\xbf\xbe", 2) >= 0);
        if (forbidden) {
            whole = whole ? whole : 1;
            memset(to + at, '?', whole);
        } else {
            memcpy(to + at, text + at, whole);
        }
        at += whole;
    }
}

char *valgrind_read_xml(const char *text, size_t length, bool cut_short, const char *own_source,
                        const char *program, struct findings *findings,
                        struct valgrind_proof *proof)
{
    struct reader *reader = xcalloc(1, sizeof(*reader));
    reader->parser = XML_ParserCreate(NULL);
    reader->own_source = own_source;
    reader->program = program;
    reader->findings = findings;
    reader->proof = proof;
    char *trouble = NULL;
    if (!reader->parser) {
        trouble = xstrdup("expat could not be started");
        goto out;
    }
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, element_begin, element_end);
    XML_SetCharacterDataHandler(reader->parser, character_data);

    /* expat takes lengths as int; a report is fed in pieces, none of which cuts a sequence of UTF-8. */
    enum XML_Status status = XML_STATUS_OK;
    size_t at = 0;
    char *piece = xcalloc(PIECE, 1);
    do {
        size_t take = length - at < PIECE ? length - at : PIECE;
        for (int i = 0; i < 3 && at + take < length && (text[at + take] & 0xc0) == 0x80; i++)
            take--;
        copy_as_xml(text + at, take, piece);
        at += take;
        status = XML_Parse(reader->parser, piece, (int)take, at == length);
    } while (status == XML_STATUS_OK && at < length);
    free(piece);
    if (status == XML_STATUS_ERROR) {
        enum XML_Error error = XML_GetErrorCode(reader->parser);
        bool just_stops = error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
                          error == XML_ERROR_PARTIAL_CHAR;
        if (!(cut_short && just_stops))
            trouble = xasprintf("Valgrind's XML is %s at line %lu: %s",
                                just_stops ? "cut off" : "unreadable",
                                XML_GetCurrentLineNumber(reader->parser), XML_ErrorString(error));
    }
out:
    count_occurrences(reader);
    error_clear(reader);
    frame_clear(reader);
    valgrind_threads_clear(&reader->threads);
    free(reader->occurrences);
    free(reader->counts);
    XML_ParserFree(reader->parser);
    free(reader);
    return trouble;
}
