/*
 * Everything behind the readers: logs, one behind each NUL, are merged into bugs (judge/bug.h), and these are
 * written as JSON, SARIF, JUnit and for a terminal.
 */
#include "detect/log.h"
#include "judge/bug.h"
#include "model/memory.h"
#include "present/check.h"
#include "present/json_check.h"
#include "present/junit.h"
#include "present/sarif.h"

#include "fuzz/fuzz.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_LOGS = 4 };

static int a_file(void)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(fd >= 0);
    return fd;
}

/* As `racelab read` does. */
static void add_log(struct inspection *inspection, const void *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = a_file();
    int cut = ftruncate(fd, 0);
    ssize_t written = pwrite(fd, data, size, 0);
    off_t at = lseek(fd, 0, SEEK_SET);
    assert(cut == 0 && written == (ssize_t)size && at == 0);
    struct log log;
    char *problem = NULL;
    log_read_fd(fd, "a log", &log, &problem);
    for (size_t i = 0; i < log.count; i++) {
        struct log_part *part = &log.parts[i];
        struct inspected_run *run = inspected_add_run(inspection_get(inspection, part->detector));
        run->end = RUN_EXITED;
        run->report.findings = part->findings;
        run->report.version = part->version;
        run->report.trouble = part->trouble;
        *part = (struct log_part){0};
    }
    log_release(&log);
    free(problem);
}

/* Every other line of a source can be had. */
static char *source_line(const char *file, int line, void *unused)
{
    (void)unused;
    assert(file);
    return line > 0 && line % 2 == 0 ? xasprintf("\tvalue = %d; // \xff\033[31m", line / 8) : NULL;
}

/* A value that is written, and read again the same. */
static void check_json(json_t *value)
{
    json_error_t error;
    assert(value);
    char *text = json_dumps(value, JSON_COMPACT);
    assert(text);
    json_t *again = json_loads(text, 0, &error);
    assert(again && json_equal(value, again));
    json_decref(again);
    json_decref(value);
    free(text);
}

static void check_terminal(const struct inspection *inspection, const struct bugs *bugs, bool raw)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out);
    const struct style style = {.colour = false, .width = 80};
    const struct check_options options = {.raw = raw, .line = source_line};
    check_print(out, &style, inspection, bugs, &options);
    fclose(out);
    fuzz_check_inert(text, length);
    free(text);
}

/* Well-formed, as expat has it. */
static void check_junit(const struct inspection *inspection, const struct bugs *bugs)
{
    char path[64];
    snprintf(path, sizeof(path), "/dev/shm/racelab-fuzz.%ld.xml", (long)getpid());
    int error = junit_write(path, inspection, bugs, source_line, NULL);
    assert(error == 0);
    FILE *in = fopen(path, "re");
    assert(in);
    unlink(path);
    XML_Parser parser = XML_ParserCreate("UTF-8");
    enum XML_Status status = XML_STATUS_OK;
    bool end = false;
    while (!end && status == XML_STATUS_OK) {
        char piece[4096];
        size_t got = fread(piece, 1, sizeof(piece), in);
        end = got < sizeof(piece);
        status = XML_Parse(parser, piece, (int)got, end);
    }
    assert(status == XML_STATUS_OK);
    XML_ParserFree(parser);
    fclose(in);
}

static void check_bugs(const struct inspection *inspection, const struct bugs *bugs)
{
    size_t findings = 0;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        for (size_t k = 0; k < inspection->detectors[i].run_count; k++)
            findings += inspection->detectors[i].runs[k].report.findings.count;
    }
    assert(bugs->count <= findings && (bugs->count > 0) == (findings > 0));
    for (size_t i = 0; i < bugs->count; i++) {
        const struct bug *bug = &bugs->items[i];
        assert(bug->finding && bug->sentence && bug->sentence[0]);
        assert(strspn(bug->fingerprint, "0123456789abcdef") == 32 && !bug->fingerprint[32]);
        for (size_t k = 0; k < i; k++)
            assert(strcmp(bug->fingerprint, bugs->items[k].fingerprint) != 0);
        size_t seen = 0;
        for (size_t k = 0; k < inspection->detector_count; k++) {
            const struct sighting *sighting = &bug->sightings[k];
            assert((sighting->first != NULL) == (sighting->reports > 0));
            assert(sighting->runs <= sighting->reports);
            assert(sighting->runs <= inspection->detectors[k].run_count);
            seen += sighting->runs;
        }
        assert(seen > 0);
    }
}

/* Neither the bugs nor their order depend on the order of detectors and runs. */
static void check_turned(struct inspection *inspection, const struct bugs *bugs)
{
    for (size_t i = 0, k = inspection->detector_count; i + 1 < k; i++) {
        struct inspected kept = inspection->detectors[--k];
        inspection->detectors[k] = inspection->detectors[i];
        inspection->detectors[i] = kept;
    }
    for (size_t d = 0; d < inspection->detector_count; d++) {
        struct inspected *detector = &inspection->detectors[d];
        for (size_t i = 0, k = detector->run_count; i + 1 < k; i++) {
            struct inspected_run kept = detector->runs[--k];
            detector->runs[k] = detector->runs[i];
            detector->runs[i] = kept;
        }
    }
    struct bugs turned;
    bugs_merge(inspection, source_line, NULL, &turned);
    assert(turned.count == bugs->count);
    for (size_t i = 0; i < turned.count; i++)
        assert(strcmp(turned.items[i].fingerprint, bugs->items[i].fingerprint) == 0);
    bugs_release(&turned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sarif_options sarif = {.baseline = size % 2 == 0};
    struct inspection inspection = {
        .program = xstrdup("logs"), .root = xstrdup("/lab"), .logs = true};
    struct bugs bugs;
    size_t logs = 0;
    for (size_t at = 0; at < size && logs < MOST_LOGS; logs++) {
        const uint8_t *end = logs + 1 < MOST_LOGS ? memchr(data + at, 0, size - at) : NULL;
        size_t length = end ? (size_t)(end - data) - at : size - at;
        add_log(&inspection, data + at, length);
        at += length + 1;
    }
    fuzz_memory_begin();
    bugs_merge(&inspection, source_line, NULL, &bugs);
    fuzz_memory_end(size);
    check_bugs(&inspection, &bugs);
    if (bugs.count > 0 && size % 3 == 0) {
        char *known = bugs.items[0].fingerprint;
        size_t marked = bugs_mark_known(&bugs, &known, 1);
        assert(marked == 1 && bugs.items[0].known);
    }
    check_json(json_check(&inspection, &bugs));
    check_json(sarif_json(&inspection, &bugs, &sarif));
    check_terminal(&inspection, &bugs, size % 2 == 0);
    if (size % 8 == 0) /* the only one that needs a file */
        check_junit(&inspection, &bugs);
    if (inspection.detector_count > 0)
        check_turned(&inspection, &bugs);
    bugs_release(&bugs);
    inspection_release(&inspection);
    return 0;
}
