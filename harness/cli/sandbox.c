#include "cli/sandbox.h"

#include "corpus/file.h"
#include "model/folder.h"
#include "model/memory.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

char *read_text(const char *path)
{
    char *text = NULL;
    size_t length = 0;
    int error = file_read(path, &text, &length);
    if (error)
        fail_msg("%s: %s", path, strerror(-error));
    return text;
}

void shell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = xvasprintf(format, args);
    va_end(args);
    int status = system(command);
    if (status != 0)
        fail_msg("status %d: %s", status, command);
    free(command);
}

char *sandbox_source(const struct sandbox *box, enum polarity polarity)
{
    return xasprintf("%s/%s/%s.c", box->folder, polarity_word(polarity), box->id);
}

void sandbox_open(struct sandbox *box, const char *id)
{
    *box = (struct sandbox){.folder = xstrdup("/tmp/racelab-test-XXXXXX"), .id = id};
    assert_non_null(mkdtemp(box->folder));
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *path = xasprintf("%s/%s/%s.c", RACELAB_ROOT, polarity_word(p), id);
        box->text[p] = read_text(path);
        free(path);
    }
    shell("mkdir %s/tmp", box->folder);
}

void sandbox_close(struct sandbox *box)
{
    folder_remove(box->folder);
    free(box->folder);
    free(box->text[BUGGY]);
    free(box->text[FIXED]);
}

void sandbox_mutate(struct sandbox *box, enum polarity polarity, const char *from, const char *to)
{
    char *text = box->text[polarity];
    char *at = strstr(text, from);
    if (!at || strstr(at + 1, from))
        fail_msg("`%s` does not stand in %s/%s exactly once", from, polarity_word(polarity),
                 box->id);
    box->text[polarity] = xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    free(text);
}

void sandbox_write(const struct sandbox *box)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *path = sandbox_source(box, p);
        shell("mkdir -p $(dirname %s)", path);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(box->text[p], file) >= 0);
        assert_int_equal(fclose(file), 0);
        free(path);
    }
}

void sandbox_build(const struct sandbox *box, enum flavour flavour, const char *extra)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *source = sandbox_source(box, p);
        char *program = xasprintf("%s/programs/%s/%s/%s", box->folder, flavour_word(flavour),
                                  polarity_word(p), box->id);
        bool sanitized = strstr(extra, "-fsanitize=thread") != NULL;
        shell("mkdir -p $(dirname %s) && %s %s %s %s %s %s -o %s", program, COMPILER,
              flavour == FLAVOUR_TSAN ? TSAN_FLAGS : PLAIN_FLAGS, extra, source,
              sanitized ? TSAN_WITNESS : PLAIN_WITNESS, LINK_FLAGS, program);
        free(program);
        free(source);
    }
}

void sandbox_build_explore(const struct sandbox *box)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *source = sandbox_source(box, p);
        char *program =
            xasprintf("%s/programs/explore/%s/%s", box->folder, polarity_word(p), box->id);
        shell("mkdir -p $(dirname %s) && %s %s %s -c %s -o %s.o && "
              "%s %s.o %s %s %s -o %s",
              program, COMPILER, TSAN_FLAGS, EXPLORE_FLAGS, source, program, COMPILER, program,
              EXPLORE_WITNESS, LINK_FLAGS, EXPLORE_LINK_FLAGS, program);
        free(program);
        free(source);
    }
}

void sandbox_write_and_build(const struct sandbox *box)
{
    sandbox_write(box);
    sandbox_build(box, FLAVOUR_PLAIN, "");
    sandbox_build(box, FLAVOUR_TSAN, "-fsanitize=thread");
}

struct result sandbox_racelab(const struct sandbox *box, const char *before, const char *format,
                              ...)
{
    va_list args;
    va_start(args, format);
    char *arguments = xvasprintf(format, args);
    va_end(args);
    char *command = xasprintf(
        "TMPDIR=%s/tmp %s %s --root %s --programs %s/programs %s >%s/out 2>%s/err", box->folder,
        before, RACELAB, box->folder, box->folder, arguments, box->folder, box->folder);
    char *out = xasprintf("%s/out", box->folder);
    char *err = xasprintf("%s/err", box->folder);
    int status = system(command);
    struct result result = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(out),
                            read_text(err)};
    free(out);
    free(err);
    free(command);
    free(arguments);
    return result;
}

pid_t sandbox_start(const struct sandbox *box, const char *const *arguments)
{
    enum { MOST = 16 };
    char *programs = xasprintf("%s/programs", box->folder);
    char *tmp = xasprintf("%s/tmp", box->folder);
    const char *argv[MOST] = {"racelab", "--root", box->folder, "--programs", programs};
    for (size_t i = 0; arguments[i]; i++) {
        assert_true(5 + i + 1 < MOST);
        argv[5 + i] = arguments[i];
    }
    pid_t child = fork();
    if (child == 0) {
        setenv("TMPDIR", tmp, 1);
        execv(RACELAB, (char **)argv);
        _exit(127);
    }
    assert_true(child > 0);
    free(programs);
    free(tmp);
    return child;
}

void result_free(struct result *result)
{
    free(result->out);
    free(result->err);
}

void sandbox_expect(const struct sandbox *box, const char *detector, int status,
                    const char *verdict, const char *reason)
{
    struct result result = sandbox_racelab(box, "", "run --detector %s --json -", detector);
    json_error_t error;
    json_t *json = json_loads(result.out, 0, &error);
    if (!json)
        fail_msg("no JSON (%s): %s%s", error.text, result.out, result.err);
    json_t *cell = json_array_get(
        json_object_get(json_array_get(json_object_get(json, "pairs"), 0), "cells"), 0);
    const char *got = json_string_value(json_object_get(cell, "verdict"));
    json_t *remarks = json_object_get(cell, "remarks");
    bool found = reason == NULL;
    for (size_t i = 0; i < json_array_size(remarks); i++) {
        const char *text = json_string_value(json_object_get(json_array_get(remarks, i), "text"));
        found = found || strstr(text, reason);
    }
    if (!got || strcmp(got, verdict) != 0 || !found || result.status != status)
        fail_msg("%s: wanted %s, exit %d with `%s`, got exit %d: %s", detector, verdict, status,
                 reason ? reason : "", result.status, result.out);
    json_decref(json);
    result_free(&result);
}

void sandbox_expect_nothing_left(const struct sandbox *box)
{
    char *path = xasprintf("%s/tmp", box->folder);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    struct dirent *entry = NULL;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] != '.')
            fail_msg("left behind: %s/%s", path, entry->d_name);
    }
    closedir(folder);
    free(path);
}
