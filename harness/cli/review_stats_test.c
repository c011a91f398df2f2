/* --stats and --reset as the command calls them: the real corpus, a history in a folder of its own, and a process for each
 * call, whose output is read. */
#include "cli/review_stats.h"

#include "corpus/file.h"
#include "model/folder.h"
#include "model/memory.h"
#include "review/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct lab lab = {.root = RACELAB_ROOT, .programs = ""};
static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = xstrdup("/tmp/racelab-stats-XXXXXX");
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    free(folder);
    return 0;
}

static int stats(void)
{
    return review_stats(&lab);
}

/* What it writes to both outputs (from malloc), and what it returns. */
static char *call(int (*function)(void), int *status)
{
    char *path = xasprintf("%s/output", folder);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
            _exit(99);
        int result = function();
        fflush(stdout);
        _exit(result);
    }
    assert_int_equal(waitpid(child, status, 0), child);
    assert_true(WIFEXITED(*status));
    *status = WEXITSTATUS(*status);
    char *text = NULL;
    size_t length = 0;
    assert_int_equal(file_read(path, &text, &length), 0);
    free(path);
    return text;
}

static void expect(int (*function)(void), int status, const char *part)
{
    int got = 0;
    char *text = call(function, &got);
    if (got != status || !strstr(text, part))
        fail_msg("exit %d, wanted %d with `%s`: %s", got, status, part, text);
    free(text);
}

static void append_round(void)
{
    struct store *store = NULL;
    char *message = NULL;
    if (store_open(&store, &message))
        fail_msg("%s", message);
    struct record record = {.at = 1793534400,
                            .pair = "race/unlocked_counter",
                            .marks = {.verdict_right = true, .points = 100}};
    assert_int_equal(store_append(store, &record, &message), 0);
    store_close(store);
}

static void stats_tell_of_the_history(void **state)
{
    (void)state;
    expect(stats, STATUS_KEPT, "No round is finished yet");
    append_round();
    append_round();
    expect(stats, STATUS_KEPT,
           "\n  2 rounds, 100 points a round, 2 of 2 innocent accepted, 0 hints\n");
    expect(stats, STATUS_KEPT, "\nrace: too few rounds to tell; 2 rounds");
}

static void stats_tell_of_a_broken_history(void **state)
{
    (void)state;
    append_round();
    char *command = xasprintf("echo '{}' >>%s/racelab/history.jsonl", folder);
    assert_int_equal(system(command), 0);
    expect(stats, STATUS_FAILED, "racelab/history.jsonl:2: this line is no finished round");
    free(command);
}

static void stats_tell_of_a_torn_line(void **state)
{
    (void)state;
    append_round();
    char *command = xasprintf("printf '{' >>%s/racelab/history.jsonl", folder);
    assert_int_equal(system(command), 0);
    expect(stats, STATUS_KEPT, "racelab/history.jsonl:2: this last line was cut short");
    expect(stats, STATUS_KEPT, "\n  1 round, 100 points");
    free(command);
}

static void reset_tells_where_to(void **state)
{
    (void)state;
    expect(review_reset, STATUS_KEPT, "there is no progress to move aside");
    append_round();
    expect(review_reset, STATUS_KEPT, "/racelab/history.jsonl is now history.jsonl.2");
    expect(stats, STATUS_KEPT, "No round is finished yet");
}

static void reset_waits_for_the_session(void **state)
{
    (void)state;
    append_round();
    struct store *store = NULL;
    char *message = NULL;
    assert_int_equal(store_open(&store, &message), 0);
    expect(review_reset, STATUS_FAILED, "a session is under way");
    expect(stats, STATUS_KEPT, "1 round, "); /* reading waits for nobody */
    store_close(store);
    expect(review_reset, STATUS_KEPT, "history.jsonl is now");
}

static void reset_needs_a_place(void **state)
{
    (void)state;
    char *command = xasprintf("touch %s/racelab", folder);
    assert_int_equal(system(command), 0);
    free(command);
    expect(review_reset, STATUS_OUTPUT, "/racelab: the folder cannot be made: Not a directory");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(stats_tell_of_the_history),   IN_FOLDER(stats_tell_of_a_broken_history),
        IN_FOLDER(stats_tell_of_a_torn_line),   IN_FOLDER(reset_tells_where_to),
        IN_FOLDER(reset_waits_for_the_session), IN_FOLDER(reset_needs_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
