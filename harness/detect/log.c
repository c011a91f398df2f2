#include "detect/log.h"

#include "detect/go_text.h"
#include "detect/log_strip.h"
#include "detect/tsan.h"
#include "detect/valgrind.h"
#include "detect/valgrind_text.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE     ((size_t)256 * 1024)
#define LOOKED_AT ((size_t)8192) /* bytes of the beginning that tell what kind of file it is */

struct source {
    int fd;
    const char *name;
    char *piece; /* PIECE bytes */
    size_t got;  /* of them */
};

struct readers {
    struct tsan_reader *tsan;
    struct go_reader *go;
    struct valgrind_text *valgrind;
    struct log_strip strip;
    struct text_lines lines;
    size_t line;
    struct findings tsan_findings, go_findings;
    bool tsan_spoke, go_spoke;
};

static struct log_part *add_part(struct log *log, const char *detector)
{
    struct log_part *part = &log->parts[log->count++];
    part->detector = detector;
    return part;
}

void log_release(struct log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        findings_release(&log->parts[i].findings);
        free(log->parts[i].version);
        free(log->parts[i].trouble);
    }
    *log = (struct log){0};
}

/* Fills the piece from `source->got` on as far as `wanted`. */
static int fill(struct source *source, size_t wanted)
{
    while (source->got < wanted) {
        ssize_t n = read(source->fd, source->piece + source->got, PIECE - source->got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        source->got += (size_t)n;
    }
    return 0;
}

static void take_line(struct span line, void *user)
{
    struct readers *readers = user;
    readers->line++;
    line = log_strip_line(&readers->strip, line);
    /* It counts the lines itself and so is given all; of ThreadSanitizer's frames, which are most of a long
     * log, nothing is Valgrind's. */
    bool frame = span_starts(line, "    #");
    if (valgrind_text_feed(readers->valgrind, line.text, frame ? 0 : line.length))
        return;
    if (tsan_reader_line(readers->tsan, line, readers->line))
        readers->tsan_spoke = true;
    else if (go_reader_line(readers->go, line, readers->line))
        readers->go_spoke = true;
}

static void add_valgrind(struct log *log, const char *detector, struct valgrind_log *said)
{
    if (said->processes > 0) {
        struct log_part *part = add_part(log, detector);
        part->findings = said->findings;
        part->version = said->version;
        if (said->finished < said->processes)
            part->trouble = xasprintf(
                "%zu of %zu processes did not come to their ERROR SUMMARY; were they ended "
                "from outside, or is the log cut off?",
                said->processes - said->finished, said->processes);
        said->findings = (struct findings){0};
        said->version = NULL;
    }
    valgrind_log_release(said);
}

static void end_readers(struct readers *readers, struct log *log)
{
    bool ran = false;
    text_lines_end(&readers->lines, take_line, readers);
    char *tsan_trouble = tsan_reader_end(readers->tsan, &ran);
    char *go_trouble = go_reader_end(readers->go);
    if (readers->tsan_spoke) {
        struct log_part *part = add_part(log, "tsan");
        part->findings = readers->tsan_findings;
        part->trouble = tsan_trouble;
    }
    if (readers->go_spoke) {
        struct log_part *part = add_part(log, "go");
        part->findings = readers->go_findings;
        part->trouble = go_trouble;
    }
    struct valgrind_log helgrind;
    struct valgrind_log drd;
    valgrind_text_end(readers->valgrind, &helgrind, &drd);
    add_valgrind(log, "helgrind", &helgrind);
    add_valgrind(log, "drd", &drd);
    log_strip_release(&readers->strip);
}

static int read_text(struct source *source, struct log *log, char **problem)
{
    struct readers readers = {0};
    int result = 0;
    readers.tsan = tsan_reader_new(NULL, NULL, &readers.tsan_findings);
    readers.go = go_reader_new(NULL, &readers.go_findings);
    readers.valgrind = valgrind_text_new(NULL, NULL);
    while (result == 0 && source->got > 0) {
        text_lines_feed(&readers.lines, source->piece, source->got, take_line, &readers);
        source->got = 0;
        result = fill(source, 1);
    }
    end_readers(&readers, log);
    if (result != 0) {
        *problem = xasprintf("%s: %s", source->name, strerror(-result));
    } else if (log->count == 0) {
        result = -ENOMSG;
        *problem =
            xasprintf("%s: no report of ThreadSanitizer, Go's race detector, Helgrind or DRD in "
                      "its %zu line%s",
                      source->name, readers.line, readers.line == 1 ? "" : "s");
    }
    return result;
}

/* The text between <TAG> and </TAG>, or NULL. */
static char *xml_text(struct span text, const char *begin, const char *end)
{
    const char *from = span_find(text, begin);
    if (!from)
        return NULL;
    struct span rest = span_from(text, from + strlen(begin));
    const char *to = span_find(rest, end);
    return to ? xstrndup(rest.text, (size_t)(to - rest.text)) : NULL;
}

static int parse_xml(struct span text, const char *name, struct log *log, char **problem)
{
    /* The tool is named in the preamble, before anything of the program's. */
    struct span preamble = {text.text, text.length < PIECE ? text.length : PIECE};
    char *tool = xml_text(preamble, "<protocoltool>", "</protocoltool>");
    const char *detector = NULL;
    if (tool && strcmp(tool, "helgrind") == 0)
        detector = "helgrind";
    else if (tool && strcmp(tool, "drd") == 0)
        detector = "drd";
    if (!detector) {
        *problem = tool
                       ? xasprintf("%s: XML of Valgrind's %s; only Helgrind and DRD look for races",
                                   name, tool)
                       : xasprintf("%s: XML, but not of Valgrind", name);
        free(tool);
        return -EBADMSG;
    }
    struct valgrind_proof proof = {0};
    struct log_part *part = add_part(log, detector);
    part->trouble =
        valgrind_read_xml(text.text, text.length, false, NULL, NULL, &part->findings, &proof);
    part->version = proof.version;
    free(tool);
    return 0;
}

static int read_xml(struct source *source, struct log *log, char **problem)
{
    size_t room = PIECE;
    size_t length = 0;
    char *text = xcalloc(room, 1);
    int result = 0;
    while (result == 0 && source->got > 0) {
        if (length + source->got > LOG_XML_ROOM) {
            result = -EFBIG;
            *problem =
                xasprintf("%s: XML of more than %zu MB; let Valgrind write one file a process "
                          "(--xml-file=NAME.%%p), or text (--log-file)",
                          source->name, LOG_XML_ROOM / 1024 / 1024);
            goto out;
        }
        if (length + source->got > room) {
            char *larger = xcalloc(2, room);
            memcpy(larger, text, length);
            free(text);
            text = larger;
            room *= 2;
        }
        memcpy(text + length, source->piece, source->got);
        length += source->got;
        source->got = 0;
        result = fill(source, 1);
    }
    if (result != 0)
        *problem = xasprintf("%s: %s", source->name, strerror(-result));
    else
        result = parse_xml((struct span){text, length}, source->name, log, problem);
out:
    free(text);
    return result;
}

static int read_source(struct source *source, struct log *log, char **problem)
{
    int result = fill(source, LOOKED_AT);
    if (result != 0) {
        *problem = xasprintf("%s: %s", source->name, strerror(-result));
        return result;
    }
    if (source->got == 0) {
        *problem = xasprintf("%s: it is empty", source->name);
        return -ENODATA;
    }
    struct span begin = {source->piece, source->got < LOOKED_AT ? source->got : LOOKED_AT};
    bool compressed = span_starts(begin, "\x1f\x8b") || span_starts(begin, "\x28\xb5\x2f\xfd") ||
                      span_starts(begin, "PK\x03\x04") ||
                      span_starts(begin, "\xfd"
                                         "7zXZ");
    if (compressed || memchr(begin.text, '\0', begin.length)) {
        *problem = compressed ? xasprintf("%s: it is compressed; unpack it first", source->name)
                              : xasprintf("%s: a binary file, no log", source->name);
        return -EILSEQ;
    }
    if (span_starts(begin, "\xef\xbb\xbf"))
        begin = span_from(begin, begin.text + 3);
    return span_starts(begin, "<?xml") ? read_xml(source, log, problem)
                                       : read_text(source, log, problem);
}

int log_read_fd(int fd, const char *name, struct log *log, char **problem)
{
    struct stat status;
    *log = (struct log){0};
    *problem = NULL;
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        *problem = xasprintf("%s: a folder; name the logs in it", name);
        return -EISDIR;
    }
    struct source source = {.fd = fd, .name = name, .piece = xcalloc(PIECE, 1)};
    int result = read_source(&source, log, problem);
    if (result != 0)
        log_release(log);
    free(source.piece);
    return result;
}

int log_read(const char *path, struct log *log, char **problem)
{
    *log = (struct log){0};
    /* O_NONBLOCK: a FIFO that nobody writes into must not hang the tool. It is read as usual. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        int error = errno;
        *problem = xasprintf("%s: %s", path, strerror(error));
        return -error;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    int result = log_read_fd(fd, path, log, problem);
    close(fd);
    return result;
}
