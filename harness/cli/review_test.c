/* racelab review from outside, on a pseudo-terminal, by keyboard alone. RACELAB is the command, SUBJECTS the folder of its
 * corpus: compile definitions. Which round is what, the engine tells, from the same seed. */
#include "cli/sandbox.h"
#include "cli/terminal.h"
#include "model/memory.h"
#include "review/draw.h"
#include "review/session.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOT SUBJECTS "/review"

/* Rounds of a session; of a seed that has what a test needs among the first of them. */
enum { ROUNDS = 3 };

static char folder[] = "/tmp/racelab-review-XXXXXX";
static struct corpus corpus;
static struct rounds rounds;
static char seed[24];
static const char *root = ROOT;

static int open_workshop(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    shell("mkdir %s/tmp", folder);
    return corpus_load(ROOT, detector_names(), &corpus);
}

static int close_workshop(void **state)
{
    (void)state;
    rounds_release(&rounds);
    corpus_release(&corpus);
    shell("rm -rf %s", folder);
    return 0;
}

/* Nothing is left of the sessions before. */
static int begin(void **state)
{
    (void)state;
    shell("rm -rf %s/state", folder);
    return 0;
}

static int nothing_is_left(void **state)
{
    (void)state;
    char *tmp = xasprintf("%s/tmp", folder);
    DIR *opened = opendir(tmp);
    struct dirent *entry = NULL;
    assert_non_null(opened);
    while ((entry = readdir(opened))) {
        if (entry->d_name[0] != '.')
            fail_msg("left behind: %s", entry->d_name);
    }
    closedir(opened);
    free(tmp);
    return 0;
}

/* Chooses a seed whose first round is a bug, of this form, and whose second is none; or the other way round. */
static void choose_seed_of(const struct corpus *of, enum polarity first, enum review_form form)
{
    const struct pair *pair = &of->pairs[0];
    bool patches = of->change_count > 0;
    for (uint64_t s = 1; s < 1000; s++) {
        const struct draw_options how = {
            .pairs = &pair, .pair_count = 1, .seed = s, .rounds = ROUNDS};
        rounds_release(&rounds);
        draw_rounds(of, &how, &rounds);
        assert_int_equal(rounds.count, ROUNDS);
        size_t guilty = first == BUGGY ? 0 : 1;
        if (rounds.items[guilty].what.polarity == BUGGY &&
            rounds.items[!guilty].what.polarity == FIXED &&
            (rounds.items[guilty].option_count > 1) == patches &&
            rounds.items[0].what.form == form) {
            snprintf(seed, sizeof(seed), "%llu", (unsigned long long)s);
            return;
        }
    }
    fail_msg("no seed below 1000 gives such rounds");
}

static void choose_seed(enum polarity first, enum review_form form)
{
    choose_seed_of(&corpus, first, form);
}

/* The arguments are ended by NULL; `more` is one NAME=VALUE, or NAME to be taken away, or NULL. */
static struct terminal *review_in(int rows, int columns, const char *more, ...)
{
    static char state[64];
    static char tmp[64];
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state", folder);
    snprintf(tmp, sizeof(tmp), "TMPDIR=%s/tmp", folder);
    const char *const environment[] = {
        state, tmp, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR", more, NULL};
    const char *argv[16] = {RACELAB, "--root", root, "review"};
    size_t count = 4;
    va_list args;
    va_start(args, more);
    while ((argv[count] = va_arg(args, const char *)))
        count++;
    va_end(args);
    return terminal_start(rows, columns, environment, argv);
}

#define REVIEW(...) review_in(24, 80, NULL, __VA_ARGS__, NULL)
#define SESSION     "--seed", seed, "--rounds", "3"

static void expect_end(struct terminal *terminal, int status)
{
    int ended = terminal_end(terminal);
    if (ended != status)
        fail_msg("exit status %d, not %d:\n%s", ended, status, terminal_bytes(terminal));
    assert_true(terminal_is_restored(terminal));
    terminal_free(terminal);
}

static void expect_text(const char *text, const char *part)
{
    if (strstr(text, part))
        return;
    fputs(text, stderr); /* cmocka cuts a long message */
    fail_msg("no `%s` in the text above", part);
}

static void leave(struct terminal *terminal)
{
    terminal_press(terminal, "q");
    terminal_await(terminal, "Leave?");
    terminal_press(terminal, "y");
    expect_end(terminal, 0);
}

/* A screen is written from its top to its bottom, and the last row from left to right. */
static void await_detectors(struct terminal *terminal)
{
    terminal_await(terminal, "p program");
    terminal_await_gone(terminal, "checking  n next");
}

/* Pages through the truth from its beginning; all rows, from malloc. */
static char *read_truth(struct terminal *terminal)
{
    char *all = xstrdup("");
    terminal_press(terminal, "g");
    terminal_await(terminal, " 1-");
    for (int next = 1; next > 0;) {
        char *screen = terminal_screen(terminal);
        char *more = xasprintf("%s%s", all, screen);
        unsigned last = 0;
        unsigned count = 0;
        screen[strlen(screen) - 1] = '\0';
        const char *at = strrchr(screen, '\n');
        assert_non_null(at);
        assert_int_equal(sscanf(at, " %*u-%u of %u", &last, &count), 2);
        free(all);
        all = more;
        free(screen);
        next = last < count;
        if (next) {
            char *then = xasprintf(" %u-", last + 20 <= count ? last : count - 20);
            terminal_press(terminal, "f");
            terminal_await(terminal, then);
            free(then);
        }
    }
    return all;
}

/* Marks the lines that take part, from the first line on. */
static void mark_wanted(struct terminal *terminal, const struct round *round)
{
    terminal_press(terminal, "g");
    for (size_t i = 0; i < round->program.line_count; i++) {
        bool wanted = round->parts[i] == LINE_WANTED;
        terminal_press(terminal, wanted ? " " : "j");
        char *marked = xasprintf("*%4zu ", i + 1);
        if (wanted)
            terminal_await(terminal, marked);
        free(marked);
    }
}

static int right_class(const struct round *round)
{
    int defect = 0;
    while (!round->classes[defect])
        defect++;
    return defect;
}

static void name_class(struct terminal *terminal, const struct round *round)
{
    char *keys = xasprintf("%d\r", right_class(round) + 1);
    terminal_press(terminal, keys);
    free(keys);
}

static void pick_patch(struct terminal *terminal, const struct round *round)
{
    char *patch = xasprintf("%c", (int)('A' + round->right_option));
    char *shown = xasprintf("[patch %s]", patch);
    terminal_press(terminal, patch);
    terminal_await(terminal, shown);
    terminal_press(terminal, "\r");
    free(shown);
    free(patch);
}

static void a_bug_is_found_by_keyboard_alone(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    const struct round *round = &rounds.items[0];
    struct terminal *terminal = REVIEW(SESSION);
    terminal_await(terminal, "Accept or reject");
    terminal_await(terminal, seed);
    terminal_press(terminal, "r");
    terminal_await(terminal, "Mark the lines");
    mark_wanted(terminal, round);
    terminal_press(terminal, "\r");
    terminal_await(terminal, "What is it?");
    name_class(terminal, round);
    terminal_await(terminal, "Which patch");
    pick_patch(terminal, round);
    terminal_await(terminal, "100 of 100 points");
    await_detectors(terminal);
    char *truth = read_truth(terminal);
    expect_text(truth, "There is a bug, and you rejected it");
    expect_text(truth, "Class: right, a data race");
    expect_text(truth, "found ");
    expect_text(truth, "What it was");
    expect_text(truth, "race/tally");
    expect_text(truth, "seen by");
    expect_text(truth, "helgrind in 1 of 1");
    expect_text(truth, "step by step");
    expect_text(truth, "pthread_create");
    expect_text(truth, "the bug is gone with the concurrency");
    free(truth);
    terminal_press(terminal, "n");
    terminal_await(terminal, "round 2 of 3");
    leave(terminal);
}

static void what_is_right_is_accepted(void **state)
{
    (void)state;
    choose_seed(FIXED, REVIEW_DIFF);
    struct terminal *terminal = REVIEW(SESSION);
    terminal_await(terminal, "[the change]");
    terminal_press(terminal, "\t");
    terminal_await(terminal, "[the program]");
    terminal_press(terminal, "a");
    terminal_await(terminal, "There is no bug, and you accepted it: 100 of 100 points");
    await_detectors(terminal);
    char *truth = read_truth(terminal);
    expect_text(truth, "No bug was seen");
    free(truth);
    leave(terminal);
}

static void a_session_comes_to_its_end(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_DIFF);
    struct terminal *terminal = REVIEW(SESSION, "--no-run");
    for (int i = 0; i < ROUNDS; i++) {
        terminal_await(terminal, "Accept or reject");
        terminal_press(terminal, "a");
        terminal_await(terminal, "and you accepted it");
        terminal_press(terminal, "n");
    }
    terminal_await_said(terminal, "The same rounds again: racelab review --seed ");
    expect_end(terminal, 0);
    terminal = REVIEW("--continue");
    terminal_await_said(terminal, "no session was left");
    expect_end(terminal, 2);
    terminal = REVIEW("--stats");
    terminal_await_said(terminal, "3 rounds");
    expect_end(terminal, 0);
}

/* Goes to a stage of the first round, which is a bug. */
static void go_to(struct terminal *terminal, enum stage stage)
{
    static const char *const questions[STAGE_COUNT] = {
        "Accept or reject", "Mark the lines", "What is it?", "Which patch", "The truth",
    };
    static const char *const answers[STAGE_COUNT] = {"r", " \r", "1\r", "\r"};
    for (enum stage s = STAGE_VERDICT; s <= stage; s++) {
        terminal_await(terminal, questions[s]);
        if (s < stage)
            terminal_press(terminal, answers[s]);
    }
}

static void an_interrupt_loses_nothing(void **state)
{
    (void)state;
    static const char *const asked[STAGE_COUNT] = {
        "Accept or reject", "Mark the lines", "What is it?", "Which patch", "The truth",
    };
    choose_seed(BUGGY, REVIEW_PROGRAM);
    for (enum stage stage = STAGE_LINES; stage <= STAGE_TRUTH; stage++) {
        begin(NULL);
        struct terminal *terminal = REVIEW(SESSION);
        go_to(terminal, stage);
        terminal_press(terminal, "\x03");
        terminal_await_said(terminal, "racelab review --continue");
        expect_end(terminal, 130);
        terminal = REVIEW("--continue");
        terminal_await(terminal, asked[stage]);
        terminal_await(terminal, "round 1 of 3");
        terminal_await(terminal, seed);
        leave(terminal);
    }
    begin(NULL);
    struct terminal *terminal = REVIEW(SESSION);
    go_to(terminal, STAGE_VERDICT);
    terminal_press(terminal, "\x03");
    expect_end(terminal, 130);
}

/* Marks that were not answered with yet are kept, too; and the truth of a round is counted once. */
static void what_was_left_goes_on(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    const struct round *round = &rounds.items[0];
    struct terminal *terminal = REVIEW(SESSION, "--no-run");
    go_to(terminal, STAGE_LINES);
    mark_wanted(terminal, round);
    terminal_press(terminal, "\x03");
    expect_end(terminal, 130);
    terminal = REVIEW("--continue", "--no-run");
    terminal_await(terminal, "Mark the lines");
    terminal_press(terminal, "\r");
    terminal_await(terminal, "What is it?");
    name_class(terminal, round);
    terminal_await(terminal, "Which patch");
    pick_patch(terminal, round);
    terminal_await(terminal, "100 of 100 points");
    leave(terminal);
    terminal = REVIEW("--continue", "--no-run");
    terminal_await(terminal, "100 of 100 points");
    leave(terminal);
    terminal = REVIEW("--stats");
    terminal_await_said(terminal, "1 round");
    expect_end(terminal, 0);
}

static void a_signal_ends_what_is_at_work(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    struct terminal *terminal = REVIEW(SESSION);
    terminal_await(terminal, "Accept or reject");
    terminal_press(terminal, "a");
    terminal_await(terminal, "checking  n next  p program  Tab next part");
    terminal_signal(terminal, SIGTERM);
    terminal_await_said(terminal, "racelab review --continue");
    expect_end(terminal, 143);
}

static void leaving_is_asked_for(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    struct terminal *terminal = REVIEW(SESSION);
    terminal_await(terminal, "Accept or reject");
    terminal_press(terminal, "q");
    terminal_await(terminal, "Leave?");
    terminal_press(terminal, "n");
    terminal_await_gone(terminal, "Leave?");
    static const char *const ways_back[] = {"x", "q"};
    for (size_t i = 0; i < 2; i++) {
        terminal_press(terminal, "?");
        terminal_await(terminal, "[help]");
        terminal_press(terminal, ways_back[i]);
        terminal_await(terminal, "[the program]");
    }
    leave(terminal);
}

static void any_size_will_do(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    struct terminal *terminal = REVIEW(SESSION, "--no-run");
    terminal_await(terminal, " 1-21 of");
    terminal_resize(terminal, 50, 120);
    terminal_await(terminal, "return 0;");
    terminal_await(terminal, "? help  q quit");
    terminal_resize(terminal, 10, 40);
    terminal_await_gone(terminal, "return 0;");
    terminal_await(terminal, "? help  q quit");
    terminal_press(terminal, "G");
    terminal_await(terminal, "return 0;");
    terminal_resize(terminal, 3, 10);
    terminal_await(terminal, "The termin");
    terminal_resize(terminal, 24, 80);
    terminal_await(terminal, "? help  q quit");
    leave(terminal);
}

static void hints_have_their_price(void **state)
{
    (void)state;
    choose_seed(FIXED, REVIEW_PROGRAM);
    struct terminal *terminal = REVIEW(SESSION, "--no-run");
    terminal_await(terminal, "h hint (-10)");
    terminal_press(terminal, "h");
    terminal_await(terminal, "Hint 1: Look at `sum`");
    terminal_await(terminal, "h hint (-20)");
    terminal_press(terminal, "ha");
    terminal_await(terminal, "70 of 100 points");
    leave(terminal);
}

/* Whether a Select Graphic Rendition in these bytes chooses a colour (ECMA-48, 8.3.117: 30 to 49; and 90 to 107). */
static bool has_colour(const char *bytes)
{
    for (const char *at = bytes; (at = strstr(at, "\033["));) {
        at += 2;
        const char *end = at + strspn(at, "0123456789;");
        bool sets = *end == 'm';
        while (sets && at < end) {
            long value = strtol(at, (char **)&at, 10);
            at += *at == ';';
            if ((value >= 30 && value <= 49) || (value >= 90 && value <= 107))
                return true;
        }
    }
    return false;
}

static void no_color_means_none(void **state)
{
    (void)state;
    choose_seed(FIXED, REVIEW_DIFF);
    for (int coloured = 0; coloured <= 1; coloured++) {
        struct terminal *terminal =
            review_in(24, 80, coloured ? NULL : "NO_COLOR=1", SESSION, "--no-run", NULL);
        terminal_await(terminal, "[the change]");
        terminal_press(terminal, "r");
        terminal_await(terminal, "0 of 100 points");
        terminal_press(terminal, "q");
        terminal_await(terminal, "Leave?");
        terminal_press(terminal, "y");
        assert_int_equal(terminal_end(terminal), 0);
        assert_int_equal(has_colour(terminal_bytes(terminal)), coloured);
        terminal_free(terminal);
    }
}

/* Neither annotations nor names, in the change, the program and the help, whichever round it is. */
static void the_screen_does_not_tell_the_answer(void **state)
{
    (void)state;
    static const char *const telling[] = {"tally", "bug:",  "/*",       "//",      "buggy",
                                          "fixed", "race/", "own_lock", "in_turn", "at_once"};
    choose_seed(FIXED, REVIEW_DIFF);
    struct terminal *terminal = review_in(60, 100, NULL, SESSION, NULL);
    for (size_t i = 0; i < rounds.count; i++) {
        char *round = xasprintf("round %zu of 3", i + 1);
        terminal_await(terminal, round);
        /* The last row is written last. */
        terminal_await(terminal, "a accept");
        for (int view = 0; view < 2; view++) {
            char *screen = terminal_screen(terminal);
            for (size_t t = 0; t < sizeof(telling) / sizeof(*telling); t++) {
                if (strstr(screen, telling[t]))
                    fail_msg("`%s` stands in\n%s", telling[t], screen);
            }
            free(screen);
            if (view == 0 && rounds.items[i].diff) {
                terminal_press(terminal, "\t");
                terminal_await(terminal, "[the program]");
            }
        }
        terminal_press(terminal, "a");
        terminal_await(terminal, "What it was");
        if (i + 1 < rounds.count)
            terminal_press(terminal, "n");
        free(round);
    }
    leave(terminal);
}

static void without_a_temporary_folder_it_goes_on(void **state)
{
    (void)state;
    choose_seed(FIXED, REVIEW_PROGRAM);
    struct terminal *terminal = review_in(24, 80, "TMPDIR=/nonexistent", SESSION, NULL);
    terminal_await(terminal, "Accept or reject");
    terminal_press(terminal, "a");
    terminal_await(terminal, "no temporary folder");
    terminal_press(terminal, "n");
    terminal_await(terminal, "round 2 of 3");
    leave(terminal);
}

/* What it prints is no table of steps. */
static void a_program_that_floods_is_told(void **state)
{
    (void)state;
    struct corpus flood;
    char *place = xasprintf("%s/flood", folder);
    shell("for twin in buggy fixed; do mkdir -p %s/$twin/race && sed "
          "'s/^#include <stddef.h>/#include <stdio.h>/; s/^    return 0;/    return 0 * "
          "puts(\"\");/; "
          "s/^    assert/    for (int i = 0; i < 50000; i++) puts(\"ballots are being "
          "counted\");\\n&/' "
          "%s/$twin/race/tally.c >%s/$twin/race/tally.c || exit 1; done",
          place, ROOT, place);
    assert_int_equal(corpus_load(place, detector_names(), &flood), 0);
    choose_seed_of(&flood, BUGGY, REVIEW_PROGRAM);
    root = place;
    struct terminal *terminal = REVIEW(SESSION);
    root = ROOT;
    terminal_await(terminal, "Accept or reject");
    terminal_press(terminal, "a");
    terminal_await(terminal, "and you accepted it");
    await_detectors(terminal);
    char *truth = read_truth(terminal);
    expect_text(truth, "prints more than 1 MiB");
    assert_null(strstr(truth, "ballots are being counted\nballots"));
    free(truth);
    leave(terminal);
    rounds_release(&rounds);
    corpus_release(&flood);
    free(place);
}

static void a_terminal_that_goes_ends_all(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    struct terminal *terminal = REVIEW(SESSION);
    terminal_await(terminal, "Accept or reject");
    terminal_press(terminal, "r");
    terminal_await(terminal, "Mark the lines");
    terminal_hang_up(terminal);
    assert_int_equal(terminal_end(terminal), 128 + SIGHUP);
    terminal_free(terminal);
    terminal = REVIEW("--continue", "--no-run");
    terminal_await(terminal, "Mark the lines");
    leave(terminal);
}

static void where_nobody_reads_it_ends(void **state)
{
    (void)state;
    shell(
        "cd %s && yes show | head -n 10000 | { XDG_STATE_HOME=%s/state TMPDIR=%s/tmp %s --root %s "
        "review 2>err; echo $? >status; } | head -c 10 >out && grep -qx 5 status && "
        "grep -q 'standard output' err",
        folder, folder, folder, RACELAB, ROOT);
}

static void type(struct terminal *terminal, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = xvasprintf(format, args);
    va_end(args);
    terminal_press(terminal, line);
    terminal_press(terminal, "\n");
    free(line);
}

static void type_marks(struct terminal *terminal, const struct round *round)
{
    char *line = xstrdup("mark");
    for (size_t i = 0; i < round->program.line_count; i++) {
        if (round->parts[i] != LINE_WANTED)
            continue;
        char *more = xasprintf("%s %zu", line, i + 1);
        free(line);
        line = more;
    }
    type(terminal, "%s", line);
    free(line);
}

static void whole_rounds_line_by_line(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    const struct round *round = &rounds.items[0];
    struct terminal *terminal = REVIEW(SESSION, "--plain");
    terminal_await_said(terminal, "Round 1 of 3, seed ");
    terminal_await_said(terminal, "   1   #include <assert.h>");
    terminal_await_said(terminal, "Type accept or reject, hint (10 points)");
    type(terminal, "help");
    terminal_await_said(terminal, "quit: leaves");
    type(terminal, "no such word");
    terminal_await_said(terminal, "is no answer here");
    type(terminal, "rej");
    terminal_await_said(terminal, "Mark the lines");
    type(terminal, "mark 1000");
    terminal_await_said(terminal, "`1000` is no line");
    type_marks(terminal, round);
    terminal_await_said(terminal, "1 a data race");
    terminal_await_said(terminal, "What is it?");
    type(terminal, "class %d", right_class(round) + 1);
    terminal_await_said(terminal, "Patch B:");
    terminal_await_said(terminal, "Which patch");
    type(terminal, "%c", (int)('a' + round->right_option));
    terminal_await_said(terminal, "100 of 100 points");
    terminal_await_said(terminal, "Type wait for the detectors");
    type(terminal, "wait");
    terminal_await_said(terminal, "helgrind in 1 of 1");
    terminal_await_said(terminal, "\n1. main, program.c:");
    terminal_await_said(terminal, "The truth of this round.");
    type(terminal, "next");
    terminal_await_said(terminal, "Round 2 of 3");
    type(terminal, "1000");
    terminal_await_said(terminal, "is no answer here");
    type(terminal, "accept");
    terminal_await_said(terminal, "There is no bug, and you accepted it: 100 of 100 points.");
    type(terminal, "quit");
    terminal_await_said(terminal, "racelab review --continue");
    assert_int_equal(terminal_end(terminal), 0);
    assert_null(strchr(terminal_bytes(terminal), '\033'));
    terminal_free(terminal);
}

static void a_dumb_terminal_is_read_line_by_line(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    struct terminal *terminal = review_in(24, 80, "TERM=dumb", SESSION, "--no-run", NULL);
    terminal_await_said(terminal, "Type accept or reject");
    type(terminal, "reject");
    terminal_await_said(terminal, "Mark the lines");
    terminal_press(terminal, "\x03");
    terminal_await_said(terminal, "racelab review --continue");
    assert_int_equal(terminal_end(terminal), 130);
    assert_null(strchr(terminal_bytes(terminal), '\033'));
    terminal_free(terminal);
    terminal = REVIEW("--continue", "--plain", "--no-run");
    terminal_await_said(terminal, "Mark the lines");
    terminal_press(terminal, "\x04");
    expect_end(terminal, 0);
}

static void the_end_of_input_is_leaving(void **state)
{
    (void)state;
    choose_seed(BUGGY, REVIEW_PROGRAM);
    char *out = xasprintf("%s/out", folder);
    shell(
        "cd %s && printf 'reject\\nmark none' | XDG_STATE_HOME=%s/state TMPDIR=%s/tmp %s --root %s "
        "review --seed %s --rounds 3 >out",
        folder, folder, folder, RACELAB, ROOT, seed);
    char *text = read_text(out);
    expect_text(text, "What is it?");
    expect_text(text, "racelab review --continue");
    free(text);
    shell(
        "cd %s && XDG_STATE_HOME=%s/state %s --root %s review --continue --no-run </dev/null >out",
        folder, folder, RACELAB, ROOT);
    text = read_text(out);
    expect_text(text, "What is it?");
    free(text);
    free(out);
}

static void wrong_usage_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *argument[3];
        const char *said;
    } wrong[] = {
        {{"--rounds", "0"}, "--rounds: `0` is no whole number"},
        {{"--seed", "x"}, "--seed: `x` is no whole number"},
        {{"--continue", "race"}, "--continue goes on"},
        {{"--stats", "--plain"}, "--stats stands alone"},
        {{"--continue"}, "no session was left"},
        {{"nowhere"}, "no case or family `nowhere`"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct terminal *terminal = review_in(24, 200, NULL, wrong[i].argument[0],
                                              wrong[i].argument[1], wrong[i].argument[2], NULL);
        terminal_await_said(terminal, wrong[i].said);
        assert_int_equal(terminal_end(terminal), 2);
        terminal_free(terminal);
    }
}

#define ROUND_TEST(test) cmocka_unit_test_setup_teardown(test, begin, nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUND_TEST(a_bug_is_found_by_keyboard_alone),
        ROUND_TEST(what_is_right_is_accepted),
        ROUND_TEST(a_session_comes_to_its_end),
        ROUND_TEST(an_interrupt_loses_nothing),
        ROUND_TEST(what_was_left_goes_on),
        ROUND_TEST(a_signal_ends_what_is_at_work),
        ROUND_TEST(leaving_is_asked_for),
        ROUND_TEST(any_size_will_do),
        ROUND_TEST(hints_have_their_price),
        ROUND_TEST(no_color_means_none),
        ROUND_TEST(the_screen_does_not_tell_the_answer),
        ROUND_TEST(without_a_temporary_folder_it_goes_on),
        ROUND_TEST(a_program_that_floods_is_told),
        ROUND_TEST(a_terminal_that_goes_ends_all),
        ROUND_TEST(where_nobody_reads_it_ends),
        ROUND_TEST(whole_rounds_line_by_line),
        ROUND_TEST(a_dumb_terminal_is_read_line_by_line),
        ROUND_TEST(the_end_of_input_is_leaving),
        ROUND_TEST(wrong_usage_is_told),
    };
    return cmocka_run_group_tests(tests, open_workshop, close_workshop);
}
