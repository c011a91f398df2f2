#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/reports.h"

static void make_file(const char *directory, const char *name, size_t size)
{
    char path[300];
    static const char bytes[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

/* A directory with files, one below, and links to a file and a directory outside. */
static void make_tree(char directory[64], const char *outside)
{
    char path[300];
    char target[300];
    snprintf(directory, 64, "/tmp/racelab-reports-XXXXXX");
    assert_non_null(mkdtemp(directory));
    make_file(directory, "one", 100);
    make_file(directory, "two", 23);
    snprintf(path, sizeof path, "%s/below", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    make_file(path, "three", 1000);
    snprintf(path, sizeof path, "%s/below/dir-link", directory);
    assert_int_equal(symlink(outside, path), 0);
    snprintf(path, sizeof path, "%s/file-link", directory);
    snprintf(target, sizeof target, "%s/kept", outside);
    assert_int_equal(symlink(target, path), 0);
}

static void size_and_removal(void **state)
{
    char outside[] = "/tmp/racelab-outside-XXXXXX";
    char directory[64];
    char kept[300];
    struct stat status;
    uint64_t size;
    (void)state;
    assert_non_null(mkdtemp(outside));
    make_file(outside, "kept", 4000);
    make_tree(directory, outside);
    assert_int_equal(reports_size(directory, &size), 0);
    assert_int_equal(size, 1123);

    int fd = reports_open(directory);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(reports_remove(fd, directory), 0);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(lstat(directory, &status), -1);
    snprintf(kept, sizeof kept, "%s/kept", outside);
    assert_int_equal(stat(kept, &status), 0);
    unlink(kept);
    rmdir(outside);
}

/* Another directory of the same name stays. */
static void renamed(void **state)
{
    char directory[64];
    char moved[80];
    struct stat status;
    (void)state;
    make_tree(directory, "/nowhere");
    int fd = reports_open(directory);
    snprintf(moved, sizeof moved, "%s.moved", directory);
    assert_int_equal(rename(directory, moved), 0);
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(reports_remove(fd, directory), 0);
    assert_int_equal(stat(directory, &status), 0);
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(rmdir(moved), 0);
}

static void no_directory(void **state)
{
    char directory[64];
    char link[80];
    uint64_t size = 7;
    (void)state;
    assert_int_equal(reports_open("/nowhere"), -ENOENT);
    assert_int_equal(reports_size("/nowhere", &size), -ENOENT);
    assert_int_equal(size, 0);
    make_tree(directory, "/nowhere");
    snprintf(link, sizeof link, "%s.link", directory);
    assert_int_equal(symlink(directory, link), 0);
    assert_true(reports_open(link) < 0);
    unlink(link);
    assert_int_equal(reports_remove(reports_open(directory), directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_and_removal),
        cmocka_unit_test(renamed),
        cmocka_unit_test(no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
