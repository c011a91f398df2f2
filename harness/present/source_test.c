#include "present/source.h"

#include "model/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
    char *root;
    struct inspection inspection;
};

static char *path_in(const struct scene *scene, const char *name)
{
    return xasprintf("%s/%s", scene->root, name);
}

static void put(const struct scene *scene, const char *name, const char *text, size_t length)
{
    char *path = path_in(scene, name);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
    free(path);
}

static void make_folder(const struct scene *scene, const char *name)
{
    char *path = path_in(scene, name);
    assert_int_equal(mkdir(path, 0700), 0);
    free(path);
}

/* A finding whose site is in this file. */
static void name_file(struct scene *scene, const char *name)
{
    struct inspected *detector = inspection_get(&scene->inspection, "tsan");
    struct inspected_run *run = inspected_add_run(detector);
    struct finding *finding = findings_add(&run->report.findings, DEFECT_RACE);
    finding_add_site(finding)->file = path_in(scene, name);
}

static int setup(void **state)
{
    static struct scene scene;
    scene = (struct scene){0};
    scene.root = xstrdup("/tmp/racelab-source-XXXXXX");
    assert_non_null(mkdtemp(scene.root));
    scene.inspection.root = xstrdup(scene.root);
    *state = &scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    char *command = xasprintf("rm -r '%s'", scene->root);
    int result = system(command);
    free(command);
    free(scene->root);
    inspection_release(&scene->inspection);
    return result;
}

static void expect_line(struct sources *sources, const char *file, int line, const char *wanted)
{
    char *got = sources_line(file, line, sources);
    if (!wanted)
        assert_null(got);
    else if (!got)
        fail_msg("%s:%d is not there", file, line);
    else
        assert_string_equal(got, wanted);
    free(got);
}

static void expect_line_in(struct sources *sources, const struct scene *scene, const char *name,
                           const char *wanted)
{
    char *path = path_in(scene, name);
    expect_line(sources, path, 1, wanted);
    free(path);
}

static void lines_are_counted_from_one(void **state)
{
    struct scene *scene = *state;
    put(scene, "a.c", "one\r\n\ttwo\n\nfour", 15);
    put(scene, "empty.c", "", 0);
    struct sources *sources = sources_new(&scene->inspection);
    expect_line(sources, "a.c", 1, "one");
    expect_line(sources, "a.c", 2, "\ttwo");
    expect_line(sources, "a.c", 3, "");
    expect_line(sources, "a.c", 4, "four");
    expect_line(sources, "a.c", 5, NULL);
    expect_line(sources, "a.c", 0, NULL);
    expect_line(sources, "a.c", -1, NULL);
    expect_line(sources, "a.c", INT32_MAX, NULL);
    expect_line(sources, "empty.c", 1, NULL);
    expect_line(sources, "", 1, NULL);
    expect_line(sources, NULL, 1, NULL);
    sources_free(sources);
}

static void a_long_line_is_cut(void **state)
{
    struct scene *scene = *state;
    size_t length = (size_t)SOURCE_LINE_MOST * 2;
    char *text = xcalloc(length + 1, 1);
    memset(text, 'x', length);
    put(scene, "a.c", text, length);
    struct sources *sources = sources_new(&scene->inspection);
    char *line = sources_line("a.c", 1, sources);
    assert_int_equal(strlen(line), SOURCE_LINE_MOST);
    free(line);
    sources_free(sources);
    free(text);
}

static void a_file_is_read_once(void **state)
{
    struct scene *scene = *state;
    put(scene, "a.c", "first\n", 6);
    struct sources *sources = sources_new(&scene->inspection);
    expect_line(sources, "a.c", 1, "first");
    put(scene, "a.c", "other\n", 6);
    expect_line(sources, "a.c", 1, "first");
    sources_free(sources);
}

static void a_name_is_looked_for_where_others_are(void **state)
{
    struct scene *scene = *state;
    make_folder(scene, "src");
    make_folder(scene, "lib");
    make_folder(scene, "hidden");
    put(scene, "top.c", "top\n", 4);
    put(scene, "src/a.c", "a in src\n", 9);
    put(scene, "src/b.c", "b in src\n", 9);
    put(scene, "src/twice.c", "src\n", 4);
    put(scene, "lib/twice.c", "lib\n", 4);
    put(scene, "hidden/c.c", "c\n", 2);
    name_file(scene, "src/a.c");
    name_file(scene, "lib/x.c");
    struct sources *sources = sources_new(&scene->inspection);
    expect_line(sources, "top.c", 1, "top");
    expect_line(sources, "src/a.c", 1, "a in src");
    expect_line(sources, "./src/a.c", 1, "a in src");
    expect_line(sources, "b.c", 1, "b in src");
    expect_line(sources, "/built/elsewhere/b.c", 1, "b in src");
    expect_line(sources, "twice.c", 1, NULL); /* which? */
    expect_line(sources, "src/twice.c", 1, "src");
    expect_line(sources, "c.c", 1, NULL); /* nobody named that folder */
    expect_line_in(sources, scene, "hidden/c.c", "c");
    sources_free(sources);
}

static void what_is_no_source_is_not_there(void **state)
{
    struct scene *scene = *state;
    make_folder(scene, "folder");
    char *fifo = path_in(scene, "fifo");
    char *loop = path_in(scene, "loop");
    char *to_fifo = path_in(scene, "to-fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink(loop, loop), 0);
    assert_int_equal(symlink(fifo, to_fifo), 0);
    put(scene, "binary", "a\0b\n", 4);
    /* Lines alone, so that nothing but its size keeps it out. */
    size_t length = SOURCE_MOST + 2;
    char *text = xcalloc(length, 1);
    memset(text, '\n', length);
    put(scene, "big.c", text, length);
    put(scene, "fits.c", text, SOURCE_MOST);
    free(text);
    struct sources *sources = sources_new(&scene->inspection);
    static const char *const names[] = {"folder", "fifo", "loop", "to-fifo", "binary", "big.c"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        expect_line_in(sources, scene, names[i], NULL);
    expect_line_in(sources, scene, "fits.c", "");
    expect_line(sources, "/dev/zero", 1, NULL);
    expect_line(sources, "/dev/tty", 1, NULL);
    expect_line(sources, "/nowhere/at/all.c", 1, NULL);
    expect_line(sources, "/", 1, NULL);
    /* A regular file whose size is told as 0 and is not. */
    char *line = sources_line("/proc/self/status", 1, sources);
    assert_non_null(line);
    free(line);
    sources_free(sources);
    free(fifo);
    free(loop);
    free(to_fifo);
}

static void no_more_is_kept_than_there_is_room_for(void **state)
{
    struct scene *scene = *state;
    char *text = xcalloc(SOURCE_MOST, 1);
    memset(text, '\n', SOURCE_MOST); /* with its lines, 80 MiB of the 128 */
    put(scene, "a.c", text, SOURCE_MOST);
    put(scene, "b.c", text, SOURCE_MOST);
    put(scene, "c.c", "c\n", 2);
    free(text);
    struct sources *sources = sources_new(&scene->inspection);
    expect_line(sources, "a.c", SOURCE_MOST, "");
    expect_line(sources, "b.c", 1, "");
    expect_line(sources, "c.c", 1, NULL);
    expect_line(sources, "a.c", 1, "");
    sources_free(sources);
    sources = sources_new(&scene->inspection);
    expect_line(sources, "c.c", 1, "c");
    sources_free(sources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_counted_from_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_line_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_read_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_is_looked_for_where_others_are, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_source_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(no_more_is_kept_than_there_is_room_for, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
