/*
 * detect/log.h, by a descriptor: text and XML. What is added around the lines makes no difference: time
 * stamps, carriage returns, colours. Which of them is tried is told by the input's size.
 */
#include "detect/log.h"

#include "detect/text_lines.h"

#include "fuzz/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Reads the bytes from the same file each time: making one costs more than reading it. */
static int read_log(const void *data, size_t size, struct log *log, char **problem)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("log", MFD_CLOEXEC);
    assert(fd >= 0);
    int cut = ftruncate(fd, 0);
    ssize_t written = pwrite(fd, data, size, 0);
    off_t at = lseek(fd, 0, SEEK_SET);
    assert(cut == 0 && written == (ssize_t)size && at == 0);
    return log_read_fd(fd, "the log", log, problem);
}

static void check_log(const struct log *log, int result, const char *problem, size_t size,
                      size_t lines)
{
    assert(result == 0 || result == -ENOMSG || result == -ENODATA || result == -EILSEQ ||
           result == -EBADMSG);
    assert((result == 0) == (problem == NULL));
    assert((result == 0) == (log->count > 0));
    assert(log->count <= LOG_TOOLS);
    for (size_t i = 0; i < log->count; i++) {
        const struct log_part *part = &log->parts[i];
        bool xml = part->findings.count > lines;
        fuzz_check_findings(&part->findings, xml ? size : lines);
        for (size_t k = 0; k < part->findings.count; k++)
            assert(part->findings.items[k].raw_line >= 1 &&
                   part->findings.items[k].raw_line <= lines);
        for (size_t k = 0; k < i; k++)
            assert(strcmp(part->detector, log->parts[k].detector) != 0);
    }
}

/* Whether the lines have nothing of their own that is taken for what a CI adds. */
static bool is_bare(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool begins = i == 0 || text[i - 1] == '\n';
        if (text[i] == '\0' || text[i] == '\r' || text[i] == '\033' ||
            (begins && strchr("[0123456789<\xef", text[i])))
            return false;
    }
    return true;
}

/* Every line with `before` and `after` around it. */
static char *dressed(const char *text, size_t size, const char *before, const char *after,
                     size_t *length)
{
    char *dress = NULL;
    FILE *out = open_memstream(&dress, length);
    assert(out);
    struct span rest = {text, size};
    while (rest.length > 0) {
        bool ends = memchr(rest.text, '\n', rest.length) != NULL;
        struct span line = span_line(&rest);
        fprintf(out, "%s", before);
        fwrite(line.text, 1, line.length, out);
        fprintf(out, "%s%s", after, ends ? "\n" : "");
    }
    fclose(out);
    return dress;
}

static void check_dressed(const char *text, size_t size, const struct log *log)
{
    static const char *const around[][2] = {
        {"2026-11-22T12:00:00.1234567Z ", ""},
        {"[2026-11-22 12:00:00] ", "\r"},
        {"\033[1;31m", "\033[0m"},
        {"", "\r"},
    };
    const char *const *chosen = around[size % (sizeof(around) / sizeof(*around))];
    size_t length = 0;
    char *dress = dressed(text, size, chosen[0], chosen[1], &length);
    struct log other;
    char *problem = NULL;
    read_log(dress, length, &other, &problem);
    assert(log->count == other.count);
    for (size_t i = 0; i < log->count; i++) {
        const struct log_part *a = &log->parts[i];
        const struct log_part *b = &other.parts[i];
        assert(strcmp(a->detector, b->detector) == 0);
        fuzz_check_same_text(a->version, b->version);
        fuzz_check_same_text(a->trouble, b->trouble);
        fuzz_check_same(&a->findings, &b->findings);
    }
    log_release(&other);
    free(problem);
    free(dress);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct log log;
    char *problem = NULL;
    fuzz_memory_begin();
    int result = read_log(data, size, &log, &problem);
    fuzz_memory_end(size);
    check_log(&log, result, problem, size, fuzz_lines(data, size));
    bool text = result == 0 || result == -ENOMSG;
    if (text && size < TEXT_LINE_ROOM / 2 && is_bare((const char *)data, size))
        check_dressed((const char *)data, size, &log);
    log_release(&log);
    free(problem);
    return 0;
}
