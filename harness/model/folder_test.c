#include "model/folder.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *below(const char *folder, const char *name)
{
    return xasprintf("%s/%s", folder, name);
}

static void make_file(const char *folder, const char *name)
{
    char *path = below(folder, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    free(path);
}

static bool is_there(const char *folder, const char *name)
{
    struct stat status;
    char *path = below(folder, name);
    bool there = lstat(path, &status) == 0;
    free(path);
    return there;
}

/* A file, a folder in a folder, and a link to a folder outside. */
static void fill(const char *folder, const char *outside)
{
    char *inner = below(folder, "inner");
    char *link = below(inner, "link");
    make_file(folder, "file");
    assert_int_equal(mkdir(inner, 0700), 0);
    make_file(inner, ".hidden");
    assert_int_equal(symlink(outside, link), 0);
    free(link);
    free(inner);
}

static void what_is_below_goes_and_links_are_not_followed(void **state)
{
    char folder[] = "/tmp/racelab-folder-XXXXXX";
    char outside[] = "/tmp/racelab-outside-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_non_null(mkdtemp(outside));
    make_file(outside, "kept");

    fill(folder, outside);
    assert_int_equal(folder_clear(folder), 0);
    assert_false(is_there(folder, "file"));
    assert_false(is_there(folder, "inner"));
    assert_true(is_there(folder, "."));

    fill(folder, outside);
    assert_int_equal(folder_remove(folder), 0);
    assert_false(is_there(folder, "."));
    assert_true(is_there(outside, "kept"));
    assert_int_equal(folder_remove(outside), 0);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    assert_int_equal(folder_clear("/tmp/racelab-no-such-folder"), -ENOENT);
    assert_int_equal(folder_remove("/tmp/racelab-no-such-folder"), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_below_goes_and_links_are_not_followed),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
