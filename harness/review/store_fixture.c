#include "review/store_fixture.h"

#include "corpus/file.h"
#include "model/folder.h"
#include "model/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char state_calls[256];
int state_fsync_error;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

static void note(const char *word)
{
    size_t length = strlen(state_calls);
    snprintf(state_calls + length, sizeof(state_calls) - length, "%s", word);
}

int __wrap_fsync(int fd)
{
    struct stat status;
    bool folder = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    note(folder ? "folder " : "file ");
    if (!folder && state_fsync_error) {
        errno = state_fsync_error;
        return -1;
    }
    return __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    note("rename ");
    return __real_rename(from, to);
}

int state_home_make(void **state)
{
    struct state_home *home = xcalloc(1, sizeof(*home));
    home->folder = xstrdup("/tmp/racelab-store-XXXXXX");
    assert_non_null(mkdtemp(home->folder));
    setenv("XDG_STATE_HOME", home->folder, 1);
    state_fsync_error = 0;
    state_calls[0] = '\0';
    *state = home;
    return 0;
}

int state_home_remove(void **state)
{
    struct state_home *home = *state;
    folder_remove(home->folder);
    free(home->folder);
    free(home);
    return 0;
}

struct store *open_store(void)
{
    struct store *store = NULL;
    char *message = NULL;
    if (store_open(&store, &message))
        fail_msg("%s", message);
    return store;
}

struct record make_record(int64_t at)
{
    return (struct record){.at = at,
                           .seed = 42,
                           .pair = xstrdup("race/counter"),
                           .marks = {.verdict_right = true, .points = 100},
                           .ms = 1000};
}

void append(struct store *store, int64_t at)
{
    struct record record = make_record(at);
    char *message = NULL;
    if (store_append(store, &record, &message))
        fail_msg("%s", message);
    record_release(&record);
}

struct records read_history(struct store *store)
{
    struct records records;
    char *message = NULL;
    if (store_history(store, &records, &message))
        fail_msg("%s", message);
    return records;
}

static void expect_marks(const struct marks *got, const struct marks *wanted)
{
    assert_int_equal(got->guilty, wanted->guilty);
    assert_int_equal(got->verdict_right, wanted->verdict_right);
    assert_int_equal(got->wanted, wanted->wanted);
    assert_int_equal(got->marked, wanted->marked);
    assert_int_equal(got->hit, wanted->hit);
    assert_float_equal(got->precision, wanted->precision, 1e-9);
    assert_float_equal(got->recall, wanted->recall, 1e-9);
    assert_int_equal(got->class_right, wanted->class_right);
    assert_int_equal(got->patch_asked, wanted->patch_asked);
    assert_int_equal(got->patch_right, wanted->patch_right);
    assert_int_equal(got->price, wanted->price);
    assert_int_equal(got->points, wanted->points);
}

void expect_record(const struct record *got, const struct record *wanted)
{
    assert_int_equal(got->at, wanted->at);
    assert_true(got->seed == wanted->seed);
    assert_string_equal(got->pair, wanted->pair);
    assert_int_equal(got->change != NULL, wanted->change != NULL);
    if (got->change)
        assert_string_equal(got->change, wanted->change);
    assert_int_equal(got->form, wanted->form);
    assert_int_equal(got->hints, wanted->hints);
    assert_int_equal(got->ms, wanted->ms);
    expect_marks(&got->marks, &wanted->marks);
}

void expect_told(char **message, const char *text)
{
    assert_non_null(*message);
    if (!strstr(*message, text))
        fail_msg("`%s` is not in: %s", text, *message);
    free(*message);
    *message = NULL;
}

void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

char *read_file(const struct state_home *home, const char *name)
{
    char *path = xasprintf("%s/racelab/%s", home->folder, name);
    char *text = NULL;
    size_t length = 0;
    if (file_read(path, &text, &length))
        fail_msg("%s cannot be read", path);
    free(path);
    return text;
}

void write_file(const struct state_home *home, const char *name, const char *text)
{
    char *path = xasprintf("%s/racelab/%s", home->folder, name);
    write_text(path, text);
    free(path);
}

void expect_file(const struct state_home *home, const char *name, const char *text)
{
    char *got = read_file(home, name);
    assert_string_equal(got, text);
    free(got);
}

char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (!at)
        fail_msg("`%s` is not in: %s", from, text);
    return xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static const struct pair pair = {.id = "race/counter", .family = "race", .name = "counter"};
static const struct pair change = {.id = "race/counter.one_side", .of = &pair};

static struct shown make_shown(const char *text, size_t lines)
{
    return (struct shown){.text = xstrdup(text),
                          .length = strlen(text),
                          .line_count = lines,
                          .sources = xcalloc(lines, sizeof(int))};
}

static struct round make_round(enum polarity polarity, const char *text)
{
    struct round round = {.what = {.pair = &pair, .polarity = polarity, .form = REVIEW_PROGRAM},
                          .program = make_shown(text, 3),
                          .parts = xcalloc(3, sizeof(*round.parts))};
    round.parts[1] = polarity == BUGGY ? LINE_WANTED : LINE_NONE;
    round.classes[DEFECT_RACE] = polarity == BUGGY;
    for (size_t i = 0; i < REVIEW_HINTS; i++)
        round.hints[i] = xstrdup("Look.");
    return round;
}

void make_session(struct session *session)
{
    struct rounds rounds = {.items = xcalloc(3, sizeof(*rounds.items)), .count = 3};
    rounds.items[0] = make_round(BUGGY, "a\nb\nc\n");
    rounds.items[1] = make_round(FIXED, "a\nB\nc\n");
    rounds.items[2] = make_round(BUGGY, "x\ny\nz\n");
    rounds.items[2].what.change = &change;
    rounds.items[0].options = xcalloc(2, sizeof(*rounds.items[0].options));
    rounds.items[0].option_count = 2;
    for (size_t i = 0; i < 2; i++)
        rounds.items[0].options[i] =
            (struct patch_option){.program = make_shown(i ? "a\nB\nc\n" : "b\n", i ? 3 : 1),
                                  .diff = xstrdup("-b\n"),
                                  .right = i};
    rounds.items[0].right_option = 1;
    session_init(session, &rounds);
}

void save_session(struct store *store, const struct session *session)
{
    char *names[] = {"race", "waiting/lost_wakeup", NULL};
    const struct session_origin origin = {.seed = 42, .rounds = 10, .names = names};
    char *message = NULL;
    if (store_save(store, &origin, session, &message))
        fail_msg("%s", message);
}
