/* The reader of Valgrind's XML (protocol 4, docs/internals/xml-output-protocol4.txt of 3.19). */
#include "detect/elf.h"
#include "detect/valgrind.h"
#include "detect/witness.h"
#include "model/memory.h"
#include "model/version.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT   4096 /* of one element; longer ones are cut */
#define MAX_STACKS 12   /* of one error; Helgrind's largest has six */

/* One text of an error and the stack below it. Readers choose by the text, and leave alone where
 * locks were first seen, memory allocated or segments begun. */
struct part {
    char *text;
    struct stack stack;
};

/* Where Helgrind saw a thread made (<announcethread>). */
struct announcement {
    char *thread; /* as thread_in() names it */
    struct stack stack;
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
    bool in_announcement;
    bool in_preamble;
    struct announcement *announcements;
    size_t announcement_count;
    char *kind;
    struct part parts[MAX_STACKS];
    size_t part_count;
    bool stack_open; /* the last part has its stack: a further one starts a new part */
    struct frame frame;
    char *directory;
    char text[MAX_TEXT];
    size_t text_length;
    bool message_has_line;
};

static void error_clear(struct reader *reader)
{
    for (size_t i = 0; i < reader->part_count; i++) {
        free(reader->parts[i].text);
        stack_clear(&reader->parts[i].stack);
    }
    memset(reader->parts, 0, sizeof(reader->parts));
    reader->part_count = 0;
    reader->stack_open = false;
    free(reader->kind);
    reader->kind = NULL;
}

static struct part *new_part(struct reader *reader, const char *text)
{
    if (reader->part_count == MAX_STACKS)
        return NULL;
    struct part *part = &reader->parts[reader->part_count++];
    part->text = xstrdup(text);
    reader->stack_open = false;
    return part;
}

/* "... by thread #3" or "Thread #5: ..." or DRD's "... by thread 3 at": "thread 3", "main". */
static char *thread_in(const char *text)
{
    const char *at = strcasestr(text, "thread ");
    if (!at)
        return NULL;
    at += strlen("thread ");
    if (*at == '#')
        at++;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0)
        return NULL;
    return digits == 1 && *at == '1' ? xstrdup("main") : xasprintf("thread %.*s", (int)digits, at);
}

static char *lock_at(const struct reader *reader, const char *text, const char *after)
{
    const char *at = strstr(text, after);
    at = at ? strstr(at + strlen(after), "0x") : NULL;
    if (!at)
        return NULL;
    return reader->program ? elf_symbol_at(reader->program, strtoull(at, NULL, 16)) : NULL;
}

static void read_race(struct reader *reader, struct finding *finding)
{
    for (size_t i = 0; i < reader->part_count; i++) {
        struct part *part = &reader->parts[i];
        const char *text = part->text;
        if (strncmp(text, "Possible data race ", 19) != 0 &&
            strncmp(text, "Conflicting ", 12) != 0 &&
            strncmp(text, "This conflicts with a previous ", 31) != 0)
            continue; /* where a lock or a thread was first seen */
        bool writes = strstr(text, "write of size") || strstr(text, "Conflicting store");
        char *thread = thread_in(text);
        finding_add_site_at(finding, &part->stack, reader->own_source, thread,
                            writes ? "writes" : "reads");
        free(thread);
    }
    /* Helgrind names the symbol, DRD only the address. */
    for (size_t i = 0; i < reader->part_count && !finding->object; i++) {
        const char *symbol = strstr(reader->parts[i].text, "inside data symbol \"");
        if (symbol) {
            symbol += strlen("inside data symbol \"");
            finding->object = xstrndup(symbol, strcspn(symbol, "\""));
        }
    }
    if (!finding->object)
        finding->object = lock_at(reader, reader->parts[0].text, " at ");
}

static void read_lock_order(struct reader *reader, struct finding *finding)
{
    char *thread = thread_in(reader->parts[0].text);
    char *earlier = lock_at(reader, reader->parts[0].text, "lock order ");
    char *later = lock_at(reader, reader->parts[0].text, " before ");
    for (size_t i = 0; i < reader->part_count; i++) {
        struct part *part = &reader->parts[i];
        bool violation = i == 0;
        bool set_first = strncmp(part->text, "Required order was established", 30) == 0;
        bool set_second = strncmp(part->text, "followed by a later acquisition", 31) == 0;
        if (!violation && !set_first && !set_second)
            continue;
        const char *lock = set_second ? later : earlier;
        char *act = lock ? xasprintf("locks `%s`", lock) : xstrdup("locks");
        finding_add_site_at(finding, &part->stack, reader->own_source,
                            violation ? thread : "the order set before", act);
        free(act);
    }
    if (earlier && later)
        finding->object = xasprintf("%s, %s", earlier, later);
    free(thread);
    free(earlier);
    free(later);
}

/* The first stack of a report: Helgrind puts the error code of a failed call before it. */
static struct stack *first_stack(struct reader *reader)
{
    size_t at = 0;
    while (at + 1 < reader->part_count && reader->parts[at].stack.count == 0)
        at++;
    return &reader->parts[at].stack;
}

/* The stack of the report itself; where none of it is the program's own (a thread that has returned
 * and still holds a lock), the place where that thread was made. */
static void read_misuse(struct reader *reader, struct finding *finding)
{
    char *thread = thread_in(reader->parts[0].text);
    finding_add_site_at(finding, first_stack(reader), reader->own_source, thread, NULL);
    for (size_t i = 0; thread && finding->site_count == 0 && i < reader->announcement_count; i++) {
        const struct announcement *announcement = &reader->announcements[i];
        struct stack made = {0};
        if (announcement->thread && strcmp(announcement->thread, thread) == 0)
            stack_copy(&announcement->stack, &made);
        finding_add_site_at(finding, &made, reader->own_source, thread, "was made");
        stack_clear(&made);
    }
    free(thread);
}

static void error_end(struct reader *reader)
{
    if (reader->part_count == 0)
        return;
    const char *kind = reader->kind ? reader->kind : "";
    bool race = strcmp(kind, "Race") == 0 || strcmp(kind, "ConflictingAccess") == 0;
    bool order = strcmp(kind, "LockOrder") == 0;
    struct finding *finding = findings_add(reader->findings, race    ? DEFECT_RACE
                                                             : order ? DEFECT_LOCK_ORDER
                                                                     : DEFECT_MISUSE);
    /* DRD ends some of its headlines with a full stop, and ours go on. */
    size_t length = strlen(reader->parts[0].text);
    while (length > 0 && reader->parts[0].text[length - 1] == '.')
        length--;
    finding->message = xstrndup(reader->parts[0].text, length);
    finding->raw_line = reader->begun_at;
    if (race) {
        read_race(reader, finding);
    } else if (order) {
        read_lock_order(reader, finding);
    } else {
        read_misuse(reader, finding);
        finding->object = lock_at(reader, reader->parts[0].text, "");
    }
}

static void XMLCALL element_begin(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = user;
    (void)attributes;
    reader->text_length = 0;
    if (strcmp(name, "error") == 0) {
        error_clear(reader);
        reader->in_error = true;
        reader->begun_at = XML_GetCurrentLineNumber(reader->parser);
    } else if (strcmp(name, "clientmsg") == 0) {
        reader->in_message = true;
        reader->message_has_line = false;
    } else if (strcmp(name, "preamble") == 0) {
        reader->in_preamble = true;
    } else if (strcmp(name, "announcethread") == 0) {
        reader->in_announcement = true;
        xappend((void **)&reader->announcements, &reader->announcement_count,
                sizeof(*reader->announcements));
    } else if (strcmp(name, "frame") == 0) {
        reader->in_frame = true;
    } else if (strcmp(name, "stack") == 0 && reader->in_error) {
        /* A stack without a text of its own belongs to nothing we know: keep it apart. */
        if (reader->part_count == 0 || reader->stack_open)
            new_part(reader, "");
        reader->stack_open = true;
    }
}

static void frame_end(struct reader *reader)
{
    reader->in_frame = false;
    struct frame *frame = &reader->frame;
    if (reader->in_message && frame->line > 0 && frame->file && frame->function &&
        strcmp(frame->function, WITNESS_SPEAKS) == 0)
        reader->message_has_line = true;
    struct stack *stack = NULL;
    if (reader->in_announcement)
        stack = &reader->announcements[reader->announcement_count - 1].stack;
    else if (reader->in_error && reader->part_count > 0)
        stack = &reader->parts[reader->part_count - 1].stack;
    if (stack) {
        struct frame *kept = stack_push(stack);
        *kept = *frame;
        if (frame->file && frame->file[0] != '/' && reader->directory) {
            kept->file = xasprintf("%s/%s", reader->directory, frame->file);
            free(frame->file);
        }
    } else {
        free(frame->function);
        free(frame->file);
        free(frame->module);
    }
    free(reader->directory);
    reader->directory = NULL;
    *frame = (struct frame){0};
}

static void frame_member(struct reader *reader, const char *name)
{
    struct frame *frame = &reader->frame;
    char **target = strcmp(name, "fn") == 0     ? &frame->function
                    : strcmp(name, "dir") == 0  ? &reader->directory
                    : strcmp(name, "file") == 0 ? &frame->file
                    : strcmp(name, "obj") == 0  ? &frame->module
                                                : NULL;
    if (target) {
        free(*target);
        *target = xstrdup(reader->text);
    } else if (strcmp(name, "line") == 0) {
        frame->line = (int)strtol(reader->text, NULL, 10);
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
    } else if (reader->in_announcement) {
        char **thread = &reader->announcements[reader->announcement_count - 1].thread;
        if (strcmp(name, "hthreadid") == 0 && !*thread)
            *thread = xasprintf("thread %s", reader->text);
        else if (strcmp(name, "announcethread") == 0)
            reader->in_announcement = false;
    } else if (strcmp(name, "error") == 0) {
        if (reader->in_error)
            error_end(reader);
        error_clear(reader);
        reader->in_error = false;
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
    } else if (reader->in_error) {
        if (strcmp(name, "kind") == 0) {
            free(reader->kind);
            reader->kind = xstrdup(reader->text);
        } else if (strcmp(name, "what") == 0 || strcmp(name, "text") == 0 ||
                   strcmp(name, "auxwhat") == 0) {
            new_part(reader, reader->text);
        }
    }
    reader->text_length = 0;
}

static void XMLCALL character_data(void *user, const XML_Char *text, int length)
{
    struct reader *reader = user;
    size_t room = MAX_TEXT - 1 - reader->text_length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    memcpy(reader->text + reader->text_length, text, taken);
    reader->text_length += taken;
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

    /* expat takes lengths as int; a report is fed in pieces. */
    const size_t piece = 1 << 20;
    enum XML_Status status = XML_STATUS_OK;
    size_t at = 0;
    do {
        size_t take = length - at < piece ? length - at : piece;
        at += take;
        status = XML_Parse(reader->parser, text + at - take, (int)take, at == length);
    } while (status == XML_STATUS_OK && at < length);
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
    error_clear(reader);
    free(reader->frame.function);
    free(reader->frame.file);
    free(reader->frame.module);
    free(reader->directory);
    for (size_t i = 0; i < reader->announcement_count; i++) {
        free(reader->announcements[i].thread);
        stack_clear(&reader->announcements[i].stack);
    }
    free(reader->announcements);
    XML_ParserFree(reader->parser);
    free(reader);
    return trouble;
}
