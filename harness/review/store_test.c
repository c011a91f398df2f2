/* The folder, two sessions at once, and --reset. */
#include "review/store_fixture.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_folder_is_made_and_is_nobody_elses(void **state)
{
    struct state_home *home = *state;
    char *deep = xasprintf("%s/a/b", home->folder);
    setenv("XDG_STATE_HOME", deep, 1);
    struct store *store = open_store();
    char *folder = xasprintf("%s/racelab", deep);
    struct stat status;
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    store_close(store);
    free(folder);
    free(deep);
}

static void without_xdg_state_home_it_is_below_home(void **state)
{
    struct state_home *home = *state;
    static const char *const no_places[] = {NULL, "", "relative/path"};
    for (size_t i = 0; i < sizeof(no_places) / sizeof(*no_places); i++) {
        if (no_places[i])
            setenv("XDG_STATE_HOME", no_places[i], 1);
        else
            unsetenv("XDG_STATE_HOME");
        setenv("HOME", home->folder, 1);
        struct store *store = open_store();
        char *lock = xasprintf("%s/.local/state/racelab/lock", home->folder);
        assert_int_equal(access(lock, F_OK), 0);
        assert_int_equal(unlink(lock), 0);
        store_close(store);
        free(lock);

        setenv("HOME", "", 1);
        char *message = NULL;
        assert_int_equal(store_open(&store, &message), -EINVAL);
        assert_null(store);
        expect_told(&message, "HOME is not set");
        unsetenv("HOME");
        assert_int_equal(store_open_history(&store, &message), -EINVAL);
        expect_told(&message, "XDG_STATE_HOME");
    }
}

static void a_folder_that_cannot_be_made_is_told(void **state)
{
    struct state_home *home = *state;
    char *file = xasprintf("%s/racelab", home->folder);
    write_text(file, "");
    struct store *store = NULL;
    char *message = NULL;
    assert_int_equal(store_open(&store, &message), -ENOTDIR);
    assert_null(store);
    assert_non_null(strstr(message, file));
    expect_told(&message, "the folder cannot be made: Not a directory; make it yourself, or set");

    char *below = xasprintf("%s/x", file);
    setenv("XDG_STATE_HOME", below, 1);
    assert_int_equal(store_open(&store, &message), -ENOTDIR);
    expect_told(&message, "/racelab/x/racelab: the folder cannot be made");
    free(below);
    free(file);
}

static void reading_makes_nothing(void **state)
{
    struct state_home *home = *state;
    struct store *store = NULL;
    char *message = NULL;
    assert_int_equal(store_open_history(&store, &message), 0);
    struct records records = read_history(store);
    assert_int_equal(records.count, 0);
    store_close(store);
    char *folder = xasprintf("%s/racelab", home->folder);
    assert_int_not_equal(access(folder, F_OK), 0);
    free(folder);
}

static void a_second_session_has_no_file_of_its_own(void **state)
{
    struct state_home *home = *state;
    struct session session;
    make_session(&session);
    struct store *first = open_store();
    save_session(first, &session);
    char *before = read_file(home, "session.json");

    struct store *second = open_store();
    assert_false(store_is_second(first));
    assert_true(store_is_second(second));
    assert_true(session_judge(&session, REVIEW_REJECTED));
    save_session(second, &session);
    char *message = NULL;
    assert_int_equal(store_forget_session(second, &message), 0);
    char *after = read_file(home, "session.json");
    assert_string_equal(before, after);
    struct session_origin origin;
    assert_int_equal(store_origin(second, &origin, &message), -EBUSY);
    expect_told(&message, "another racelab is at this session");
    session_origin_release(&origin);
    assert_int_equal(store_resume(second, &session, &message), -EBUSY);
    expect_told(&message, "another racelab is at this session");
    char *told = NULL;
    assert_int_equal(store_reset(second, &told, &message), -EBUSY);
    assert_null(told);
    expect_told(&message, "a session is under way");

    /* Its rounds count all the same. */
    append(second, 1);
    append(first, 2);
    struct records records = read_history(first);
    assert_int_equal(records.count, 2);
    records_release(&records);
    store_close(first);
    store_close(second);
    struct store *third = open_store();
    assert_false(store_is_second(third));
    store_close(third);
    session_release(&session);
    free(before);
    free(after);
}

static size_t count_aside(const struct state_home *home, const char *name, const char *content)
{
    char *pattern = xasprintf("ls %s/racelab/%s.2* >%s/list 2>/dev/null; true", home->folder, name,
                              home->folder);
    assert_int_equal(system(pattern), 0);
    free(pattern);
    char *path = xasprintf("%s/list", home->folder);
    char *list = NULL;
    size_t length = 0;
    assert_int_equal(file_read(path, &list, &length), 0);
    size_t count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(list, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *text = NULL;
        assert_int_equal(file_read(line, &text, &length), 0);
        count += strcmp(text, content) == 0;
        free(text);
    }
    free(list);
    free(path);
    return count;
}

static void a_reset_moves_everything_aside(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    char *told = NULL;
    char *message = NULL;
    assert_int_equal(store_reset(store, &told, &message), 0);
    expect_told(&told, "there is no progress to move aside");
    static const char *const contents[] = {"broken {", "broken too", "and torn"};
    for (size_t i = 0; i < 3; i++) {
        write_file(home, "session.json", contents[i]);
        write_file(home, "history.jsonl", contents[i]);
        write_file(home, "torn.jsonl", contents[i]);
        assert_int_equal(store_reset(store, &told, &message), 0);
        assert_non_null(strstr(told, "session.json is now session.json.2"));
        expect_told(&told, "/racelab/history.jsonl is now history.jsonl.2");
        struct records records = read_history(store);
        assert_int_equal(records.count, 0);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(count_aside(home, "session.json", contents[i]), 1);
        assert_int_equal(count_aside(home, "history.jsonl", contents[i]), 1);
        assert_int_equal(count_aside(home, "torn.jsonl", contents[i]), 1);
    }
    store_close(store);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, state_home_make, state_home_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(the_folder_is_made_and_is_nobody_elses),
        IN_PLACE(without_xdg_state_home_it_is_below_home),
        IN_PLACE(a_folder_that_cannot_be_made_is_told),
        IN_PLACE(reading_makes_nothing),
        IN_PLACE(a_second_session_has_no_file_of_its_own),
        IN_PLACE(a_reset_moves_everything_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
