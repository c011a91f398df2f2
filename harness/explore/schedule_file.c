#include "explore/schedule_file.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST ((off_t)256 << 20) /* of a file to read */

static const struct {
    enum wire_plan_flag flag;
    const char *word;
} flags[] = {{WIRE_SPURIOUS, "spurious"}, {WIRE_BUFFERED, "buffered"}};
enum { FLAGS = sizeof(flags) / sizeof(*flags) };

static json_t *text_or_null(const char *text)
{
    /* A path or an argument need not be UTF-8. */
    json_t *string = text ? json_string(text) : NULL;
    return string ? string : json_null();
}

static json_t *schedule_json(const struct schedule *schedule)
{
    json_t *arguments = json_array();
    json_t *words = json_array();
    json_t *turns = json_array();
    for (size_t i = 0; schedule->arguments && schedule->arguments[i]; i++)
        json_array_append_new(arguments, text_or_null(schedule->arguments[i]));
    for (size_t i = 0; i < FLAGS; i++) {
        if (schedule->flags & flags[i].flag)
            json_array_append_new(words, json_string(flags[i].word));
    }
    for (size_t i = 0; i < schedule->turn_count; i++)
        json_array_append_new(turns, json_pack("[I,I]", (json_int_t)schedule->turns[i].thread,
                                               (json_int_t)schedule->turns[i].until));
    return json_pack(
        "{s:s, s:i, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:I, s:I, s:b, s:o}", "format",
        SCHEDULE_FORMAT, "version", SCHEDULE_VERSION, "program", text_or_null(schedule->program),
        "arguments", arguments, "flavour", text_or_null(schedule->flavour), "build",
        text_or_null(schedule->build), "seed", (json_int_t)schedule->seed, "number",
        (json_int_t)schedule->number, "strategy", text_or_null(schedule->strategy), "flags", words,
        "preemptions", (json_int_t)schedule->preemptions, "found_preemptions",
        (json_int_t)schedule->found_preemptions, "fewest", (int)schedule->fewest, "turns", turns);
}

/* Header by line, and the turns in one: a schedule of thousands is not to be paged through. */
static int dump(FILE *file, json_t *json)
{
    const char *key;
    json_t *value;
    bool first = true;
    fputs("{", file);
    json_object_foreach(json, key, value)
    {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (!text)
            return -ENOMEM;
        fprintf(file, "%s\n  \"%s\": %s", first ? "" : ",", key, text);
        first = false;
        free(text);
    }
    fputs("\n}\n", file);
    return ferror(file) ? -EIO : 0;
}

int schedule_write(const char *path, const struct schedule *schedule)
{
    char *beside = xasprintf("%s.%d.new", path, (int)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    int error = file ? 0 : -errno;
    json_t *json = schedule_json(schedule);
    if (file) {
        errno = 0;
        error = dump(file, json);
        if (fclose(file) != 0)
            error = errno ? -errno : -EIO;
        if (!error && rename(beside, path) != 0)
            error = -errno;
        if (error)
            unlink(beside);
    }
    json_decref(json);
    free(beside);
    return error;
}

/* What of a file is read; the first thing that is wrong with it stays. */
struct reading {
    const char *path;
    json_t *json;
    char *trouble;
};

static void complain(struct reading *reading, const char *what, const char *key)
{
    if (!reading->trouble)
        reading->trouble =
            xasprintf("%s is no schedule that can be run: %s `%s`", reading->path, what, key);
}

static char *get_text(struct reading *reading, const char *key)
{
    const json_t *value = json_object_get(reading->json, key);
    if (!json_is_string(value))
        complain(reading, "there is no text", key);
    return json_is_string(value) ? xstrdup(json_string_value(value)) : NULL;
}

static json_int_t get_number(struct reading *reading, const char *key)
{
    const json_t *value = json_object_get(reading->json, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        complain(reading, "there is no whole number of 0 or more", key);
        return 0;
    }
    return json_integer_value(value);
}

static const json_t *get_array(struct reading *reading, const char *key)
{
    const json_t *value = json_object_get(reading->json, key);
    if (!json_is_array(value)) {
        complain(reading, "there is no array", key);
        return NULL;
    }
    return value;
}

static void get_arguments(struct reading *reading, struct schedule *schedule)
{
    const json_t *array = get_array(reading, "arguments");
    size_t count = json_array_size(array);
    schedule->arguments = xcalloc(count + 1, sizeof(*schedule->arguments));
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (!text)
            complain(reading, "there is what is no text in", "arguments");
        schedule->arguments[i] = xstrdup(text ? text : "");
    }
}

static void get_flags(struct reading *reading, struct schedule *schedule)
{
    const json_t *array = get_array(reading, "flags");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        unsigned known = 0;
        for (size_t f = 0; text && f < FLAGS; f++)
            known |= strcmp(text, flags[f].word) == 0 ? flags[f].flag : 0;
        if (!known)
            complain(reading, "there is what this racelab does not know in", "flags");
        schedule->flags |= known;
    }
}

static void get_turns(struct reading *reading, struct schedule *schedule)
{
    const json_t *array = get_array(reading, "turns");
    size_t count = json_array_size(array);
    schedule->turns = xcalloc(count + 1, sizeof(*schedule->turns));
    for (size_t i = 0; i < count; i++) {
        const json_t *turn = json_array_get(array, i);
        const json_t *thread = json_array_get(turn, 0);
        const json_t *until = json_array_get(turn, 1);
        bool fits = json_array_size(turn) == 2 && json_is_integer(thread) &&
                    json_is_integer(until) && json_integer_value(thread) >= 0 &&
                    json_integer_value(thread) < WIRE_THREADS && json_integer_value(until) >= 0 &&
                    json_integer_value(until) <= UINT32_MAX;
        if (!fits) {
            complain(reading, "there is what is no pair of a thread and a count in", "turns");
            return;
        }
        schedule->turns[schedule->turn_count++] = (struct schedule_turn){
            (size_t)json_integer_value(thread), (uint32_t)json_integer_value(until)};
    }
}

static void get_all(struct reading *reading, struct schedule *schedule)
{
    const char *format = json_string_value(json_object_get(reading->json, "format"));
    if (!format || strcmp(format, SCHEDULE_FORMAT) != 0) {
        reading->trouble =
            xasprintf("%s is JSON, but no schedule of racelab explore", reading->path);
        return;
    }
    json_int_t version = get_number(reading, "version");
    if (version != SCHEDULE_VERSION) {
        if (!reading->trouble)
            reading->trouble =
                xasprintf("%s is of version %lld of the format, and this racelab reads %d",
                          reading->path, (long long)version, SCHEDULE_VERSION);
        return;
    }
    schedule->program = get_text(reading, "program");
    get_arguments(reading, schedule);
    schedule->flavour = get_text(reading, "flavour");
    schedule->build = get_text(reading, "build");
    schedule->seed = (uint64_t)get_number(reading, "seed");
    schedule->number = (size_t)get_number(reading, "number");
    schedule->strategy = get_text(reading, "strategy");
    get_flags(reading, schedule);
    schedule->preemptions = (size_t)get_number(reading, "preemptions");
    schedule->found_preemptions = (size_t)get_number(reading, "found_preemptions");
    schedule->fewest = json_is_true(json_object_get(reading->json, "fewest"));
    get_turns(reading, schedule);
}

char *schedule_read(const char *path, struct schedule *schedule)
{
    json_error_t error;
    struct reading reading = {.path = path};
    *schedule = (struct schedule){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return xasprintf("%s: %s", path, strerror(errno));
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0 || size > LARGEST || lseek(fd, 0, SEEK_SET) < 0) {
        close(fd);
        return xasprintf("%s is no schedule: %s", path,
                         size > LARGEST ? "it is too large" : "it is no plain file");
    }
    reading.json = json_loadfd(fd, JSON_REJECT_DUPLICATES, &error);
    close(fd);
    if (!reading.json)
        return xasprintf("%s is no schedule: line %d: %s", path, error.line, error.text);
    get_all(&reading, schedule);
    json_decref(reading.json);
    return reading.trouble;
}

struct wire_segment *schedule_guide(const struct schedule *schedule)
{
    struct wire_segment *guide = xcalloc(schedule->turn_count + 1, sizeof(*guide));
    for (size_t i = 0; i < schedule->turn_count; i++)
        guide[i] = (struct wire_segment){.thread = (uint16_t)schedule->turns[i].thread,
                                         .until = schedule->turns[i].until};
    return guide;
}
