/* The session under way: that it is gone on with where it was left, and what is not the same is refused. */
#include "review/store_fixture.h"

#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect_same(const struct session *got, const struct session *wanted)
{
    assert_int_equal(got->at, wanted->at);
    assert_int_equal(got->stage, wanted->stage);
    for (size_t i = 0; i < wanted->rounds.count; i++) {
        const struct answer *a = &got->answers[i];
        const struct answer *b = &wanted->answers[i];
        assert_int_equal(a->verdict, b->verdict);
        assert_int_equal(a->line_count, b->line_count);
        assert_memory_equal(a->marked, b->marked, b->line_count * sizeof(*b->marked));
        assert_int_equal(a->defect, b->defect);
        assert_int_equal(a->option, b->option);
        assert_int_equal(a->hints, b->hints);
        assert_int_equal(a->ms, b->ms);
    }
}

/* Saves, and checks that a session drawn anew goes on with it. */
static void expect_kept(struct store *store, const struct session *session)
{
    struct session again;
    char *message = NULL;
    save_session(store, session);
    make_session(&again);
    if (store_resume(store, &again, &message))
        fail_msg("%s", message);
    expect_same(&again, session);
    session_release(&again);
}

static void every_answer_is_kept(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    expect_kept(store, &session);
    session.answers[0].ms = 1234;
    assert_non_null(session_hint(&session));
    expect_kept(store, &session);
    assert_true(session_judge(&session, REVIEW_REJECTED));
    expect_kept(store, &session);
    session.answers[0].marked[0] = true;
    session.answers[0].marked[2] = true;
    expect_kept(store, &session);
    assert_true(session_lines(&session));
    expect_kept(store, &session);
    assert_true(session_class(&session, DEFECT_LOCK_ORDER));
    expect_kept(store, &session);
    assert_true(session_patch(&session, 1));
    expect_kept(store, &session);
    assert_true(session_next(&session));
    expect_kept(store, &session);
    assert_true(session_judge(&session, REVIEW_REJECTED)); /* an innocent one */
    expect_kept(store, &session);
    assert_true(session_next(&session));
    assert_true(session_judge(&session, REVIEW_REJECTED));
    assert_true(session_lines(&session));
    assert_true(session_class(&session, DEFECT_LEAK)); /* no patch is offered */
    expect_kept(store, &session);
    assert_true(session_next(&session));
    assert_int_equal(session.stage, STAGE_OVER);
    expect_kept(store, &session);
    session_release(&session);
    store_close(store);
}

static void a_guilty_round_that_was_accepted_is_kept(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    assert_true(session_judge(&session, REVIEW_ACCEPTED));
    expect_kept(store, &session);
    assert_true(session_next(&session));
    expect_kept(store, &session);
    session_release(&session);
    store_close(store);
}

static void its_origin_comes_back(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct session session;
    struct session_origin origin;
    char *message = NULL;
    assert_int_equal(store_origin(store, &origin, &message), -ENOENT);
    expect_told(&message, "session.json: no session is under way");
    session_origin_release(&origin);

    make_session(&session);
    char *names[] = {NULL};
    const struct session_origin all = {.seed = UINT64_MAX, .rounds = 1, .names = names};
    assert_int_equal(store_save(store, &all, &session, &message), 0);
    assert_int_equal(store_origin(store, &origin, &message), 0);
    assert_true(origin.seed == UINT64_MAX);
    assert_int_equal(origin.rounds, 1);
    assert_null(origin.names[0]);
    session_origin_release(&origin);

    save_session(store, &session);
    assert_int_equal(store_origin(store, &origin, &message), 0);
    assert_int_equal(origin.rounds, 10);
    assert_string_equal(origin.names[0], "race");
    assert_string_equal(origin.names[1], "waiting/lost_wakeup");
    assert_null(origin.names[2]);
    session_origin_release(&origin);

    assert_int_equal(store_forget_session(store, &message), 0);
    assert_int_equal(store_origin(store, &origin, &message), -ENOENT);
    free(message);
    session_origin_release(&origin);
    assert_int_equal(store_forget_session(store, &message), 0);
    session_release(&session);
    store_close(store);
}

static void it_is_written_whole_or_not_at_all(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    state_calls[0] = '\0';
    save_session(store, &session);
    assert_string_equal(state_calls, "file rename folder ");
    char *before = read_file(home, "session.json");
    char *beside = xasprintf("%s/racelab/session.json.new", home->folder);
    assert_int_not_equal(access(beside, F_OK), 0);

    assert_true(session_judge(&session, REVIEW_ACCEPTED));
    assert_int_equal(symlink("/dev/full", beside), 0);
    char *names[] = {NULL};
    const struct session_origin origin = {.seed = 1, .rounds = 1, .names = names};
    char *message = NULL;
    assert_int_equal(store_save(store, &origin, &session, &message), -ENOSPC);
    expect_told(&message, "session.json: No space left on device; this answer is not kept");
    expect_file(home, "session.json", before);
    assert_int_not_equal(access(beside, F_OK), 0);

    state_fsync_error = EIO;
    assert_int_equal(store_save(store, &origin, &session, &message), -EIO);
    expect_told(&message, "Input/output error");
    state_fsync_error = 0;
    expect_file(home, "session.json", before);
    free(beside);
    free(before);
    session_release(&session);
    store_close(store);
}

static void what_cannot_be_read_is_not_overwritten(void **state)
{
    struct state_home *home = *state;
    static const struct {
        const char *text;
        const char *told;
    } wrong[] = {
        {"", "line 1"},
        {"{\n\"version\": 1,\n}", "line 3"},
        {"[]", "`version` is no whole number"},
        {"{\"version\": 9}", "it is of version 9, and this racelab knows version 1"},
        {"{\"version\": 1}", "`seed` is no text of digits"},
        {"{\"version\": 1, \"seed\": \"1\", \"rounds\": 0}", "`rounds` is no whole number from 1"},
        {"{\"version\": 1, \"seed\": \"1\", \"rounds\": 1}", "`names` is no list of texts"},
        {"{\"version\": 1, \"seed\": \"1\", \"rounds\": 1, \"names\": [1]}",
         "`names` is no list of texts"},
    };
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    char *names[] = {NULL};
    const struct session_origin origin = {.seed = 1, .rounds = 1, .names = names};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        write_file(home, "session.json", wrong[i].text);
        struct session_origin read;
        char *message = NULL;
        assert_int_equal(store_origin(store, &read, &message), -EBADMSG);
        assert_non_null(strstr(message, "/racelab/session.json: this is no session"));
        assert_non_null(strstr(message, "racelab review --reset"));
        expect_told(&message, wrong[i].told);
        session_origin_release(&read);
        assert_int_equal(store_save(store, &origin, &session, &message), -EBADMSG);
        expect_told(&message, wrong[i].told);
        assert_int_equal(store_forget_session(store, &message), -EBADMSG);
        expect_told(&message, wrong[i].told);
        expect_file(home, "session.json", wrong[i].text);
    }
    char *told = NULL;
    char *message = NULL;
    assert_int_equal(store_reset(store, &told, &message), 0);
    free(told);
    save_session(store, &session);
    session_release(&session);
    store_close(store);
}

static void answers_that_cannot_be_are_refused(void **state)
{
    struct state_home *home = *state;
    static const struct {
        const char *from;
        const char *to;
        const char *told;
    } wrong[] = {
        {"\"at\": 1", "\"at\": 4", "`at` is no whole number from 0 to 3"},
        {"\"at\": 1", "\"at\": 3", "`at` and `stage` do not go together"},
        {"\"at\": 1", "\"at\": 2", "answer 2: what is answered there does not go with"},
        {"\"stage\": \"verdict\"", "\"stage\": \"over\"", "`at` and `stage` do not go together"},
        {"\"stage\": \"verdict\"", "\"stage\": \"lunch\"", "`stage` is not a word"},
        {"\"stage\": \"verdict\"", "\"stage\": \"patch\"", "answer 2: what is answered there"},
        {"\"verdict\": \"rejected\"", "\"verdict\": \"maybe\"",
         "answer 1: `verdict` is not a word"},
        {"\"verdict\": \"rejected\"", "\"verdict\": \"accepted\"", "answer 1: what is answered"},
        {"\"verdict\": \"rejected\"", "\"verdict\": \"undecided\"", "answer 1: what is answered"},
        {"\"marked\": [\n    2\n   ]", "\"marked\": [0]", "answer 1: `marked` is no list of lines"},
        {"\"marked\": [\n    2\n   ]", "\"marked\": [4]", "lines from 1 to 3"},
        {"\"marked\": [\n    2\n   ]", "\"marked\": 2", "answer 1: `marked` is no list of lines"},
        {"\"defect\": \"race\"", "\"defect\": \"bad\"", "answer 1: `defect` is not a word"},
        {"\"defect\": \"race\"", "\"defect\": null", "answer 1: what is answered there"},
        {"\"option\": 0", "\"option\": 2", "answer 1: `option` is no whole number from 0 to 1"},
        {"\"option\": 0", "\"option\": null", "answer 1: what is answered there"},
        {"\"hints\": 0", "\"hints\": 4", "answer 1: `hints` is no whole number from 0 to 3"},
        {"\"ms\": 0", "\"ms\": -1", "answer 1: `ms` is no whole number from 0"},
    };
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    session.answers[0].marked[1] = true;
    assert_true(session_judge(&session, REVIEW_REJECTED) && session_lines(&session) &&
                session_class(&session, DEFECT_RACE) && session_patch(&session, 0) &&
                session_next(&session));
    save_session(store, &session);
    session_release(&session);
    char *good = read_file(home, "session.json");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *bad = replaced(good, wrong[i].from, wrong[i].to);
        write_file(home, "session.json", bad);
        struct session untouched;
        make_session(&session);
        make_session(&untouched);
        char *message = NULL;
        int result = store_resume(store, &session, &message);
        if (result != -EBADMSG)
            fail_msg("%s: %d", wrong[i].to, result);
        expect_told(&message, wrong[i].told);
        expect_same(&session, &untouched);
        session_release(&session);
        session_release(&untouched);
        free(bad);
    }
    free(good);
    store_close(store);
}

/* Of an innocent program no lines are asked for. */
static void an_innocent_round_has_no_lines(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    struct session session;
    make_session(&session);
    assert_true(session_judge(&session, REVIEW_ACCEPTED) && session_next(&session) &&
                session_judge(&session, REVIEW_REJECTED));
    expect_kept(store, &session);
    char *good = read_file(home, "session.json");
    char *bad = replaced(good, "\"stage\": \"truth\"", "\"stage\": \"lines\"");
    write_file(home, "session.json", bad);
    char *message = NULL;
    assert_int_equal(store_resume(store, &session, &message), -EBADMSG);
    expect_told(&message, "answer 2: what is answered there does not go with the stage `lines`");
    free(good);
    free(bad);
    session_release(&session);
    store_close(store);
}

static void rounds_that_are_no_longer_the_same_are_refused(void **state)
{
    (void)state;
    struct store *store = open_store();
    for (int what = 0; what < 8; what++) {
        struct session session;
        make_session(&session);
        save_session(store, &session);
        struct round *first = &session.rounds.items[0];
        static const struct pair other = {.id = "race/other"};
        switch (what) {
        case 0: /* nothing */
            break;
        case 1:
            first->program.text[0] = 'A';
            break;
        case 2:
            first->what.pair = &other;
            break;
        case 3:
            first->parts[0] = LINE_NEUTRAL;
            break;
        case 4:
            first->classes[DEFECT_HANG] = true;
            break;
        case 5:
            first->options[0].right = true;
            break;
        case 6:
            first->options[1].program.text[0] = 'A';
            break;
        default:
            session.rounds.items[2].what.change = NULL;
            break;
        }
        char *message = NULL;
        int result = store_resume(store, &session, &message);
        if (result != (what ? -ESTALE : 0))
            fail_msg("%d: %d", what, result);
        if (what)
            expect_told(&message, "the pairs have changed since this session was begun");
        session_release(&session);
    }
    struct session session;
    make_session(&session);
    save_session(store, &session);
    size_t count = session.rounds.count;
    session.rounds.count = 2; /* fewer than were answered */
    char *message = NULL;
    assert_int_equal(store_resume(store, &session, &message), -ESTALE);
    free(message);
    session.rounds.count = count;
    session_release(&session);
    store_close(store);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, state_home_make, state_home_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(every_answer_is_kept),
        IN_PLACE(a_guilty_round_that_was_accepted_is_kept),
        IN_PLACE(its_origin_comes_back),
        IN_PLACE(it_is_written_whole_or_not_at_all),
        IN_PLACE(what_cannot_be_read_is_not_overwritten),
        IN_PLACE(answers_that_cannot_be_are_refused),
        IN_PLACE(an_innocent_round_has_no_lines),
        IN_PLACE(rounds_that_are_no_longer_the_same_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
