#include "present/save.h"

#include "model/memory.h"
#include "present/check_fixture.h"
#include "present/json_check.h"
#include "present/junit.h"
#include "present/sarif.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
    char *folder;
    char *path;
    struct check_fixture fixture;
};

enum { WRITERS = 3 };

static int write_with(size_t writer, const struct scene *scene, const char *path)
{
    const struct inspection *inspection = &scene->fixture.inspection;
    const struct bugs *bugs = &scene->fixture.bugs;
    struct sarif_options options = {0};
    switch (writer) {
    case 0:
        return json_write_check(path, inspection, bugs);
    case 1:
        return sarif_write(path, inspection, bugs, &options);
    default:
        return junit_write(path, inspection, bugs, NULL, NULL);
    }
}

static int setup(void **state)
{
    static struct scene scene;
    scene.folder = xstrdup("/tmp/racelab-save-XXXXXX");
    assert_non_null(mkdtemp(scene.folder));
    scene.path = xasprintf("%s/result", scene.folder);
    fixture_shop(&scene.fixture);
    *state = &scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    char *command = xasprintf("rm -r '%s'", scene->folder);
    int result = system(command);
    free(command);
    free(scene->folder);
    free(scene->path);
    fixture_release(&scene->fixture);
    return result;
}

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2; /* "." and ".." */
}

static char *content(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    assert_true(getdelim(&text, &room, '\0', in) > 0);
    fclose(in);
    return text;
}

static void a_file_is_whole_and_alone(void **state)
{
    struct scene *scene = *state;
    for (size_t writer = 0; writer < WRITERS; writer++) {
        assert_int_equal(write_with(writer, scene, scene->path), 0);
        assert_int_equal(files_in(scene->folder), 1);
        char *text = content(scene->path);
        size_t length = strlen(text);
        const char *end = writer < 2 ? "}\n" : "</testsuites>\n";
        assert_true(length > 1000);
        assert_string_equal(text + length - strlen(end), end);
        free(text);
    }
}

static void a_full_disk_is_told(void **state)
{
    struct scene *scene = *state;
    for (size_t writer = 0; writer < WRITERS; writer++)
        assert_int_equal(write_with(writer, scene, "/dev/full"), -ENOSPC);
}

static void a_path_that_cannot_be_written_is_told(void **state)
{
    struct scene *scene = *state;
    char *below_file = xasprintf("%s/x", scene->path);
    char *nowhere = xasprintf("%s/none/x", scene->folder);
    assert_int_equal(write_with(0, scene, scene->path), 0);
    for (size_t writer = 0; writer < WRITERS; writer++) {
        assert_int_equal(write_with(writer, scene, nowhere), -ENOENT);
        assert_int_equal(write_with(writer, scene, below_file), -ENOTDIR);
        assert_int_equal(write_with(writer, scene, scene->folder), -EISDIR);
    }
    free(nowhere);
    free(below_file);
}

/* The disk takes a part and no more. */
static void what_stood_there_outlives_a_failure(void **state)
{
    struct scene *scene = *state;
    FILE *out = fopen(scene->path, "we");
    assert_non_null(out);
    fputs("what stood there", out);
    assert_int_equal(fclose(out), 0);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 100, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    int results[WRITERS];
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (size_t writer = 0; writer < WRITERS; writer++)
        results[writer] = write_with(writer, scene, scene->path);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    for (size_t writer = 0; writer < WRITERS; writer++)
        assert_int_equal(results[writer], -EFBIG);
    assert_int_equal(files_in(scene->folder), 1);
    char *text = content(scene->path);
    assert_string_equal(text, "what stood there");
    free(text);
}

static int refuse(FILE *out, const void *document)
{
    (void)document;
    fputs("half", out);
    return -ECANCELED;
}

/* The stream has an error that no later call tells of: it cannot be read. */
static int fail_silently(FILE *out, const void *document)
{
    (void)document;
    (void)fgetc(out);
    fputs("half", out);
    return 0;
}

static void a_writer_may_give_up(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(save(scene->path, refuse, NULL), -ECANCELED);
    assert_int_equal(save(scene->path, fail_silently, NULL), -EBADF);
    assert_int_equal(files_in(scene->folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_whole_and_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_path_that_cannot_be_written_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_stood_there_outlives_a_failure, setup, teardown),
        cmocka_unit_test_setup_teardown(a_writer_may_give_up, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
