/* A review line by line, for screen readers, dumb terminals and pipes (see review.h). */
#include "cli/review_plain.h"
#include "model/memory.h"
#include "present/style.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A longer line is no answer. */
#define MAX_LINE 4096

struct plain {
    struct review *review;
    char typed[MAX_LINE + 1]; /* what was read and not taken yet */
    size_t length;
    bool too_long; /* its rest is skipped */
    bool ended;    /* there is no more input */
    enum review_end end;
    bool over;
};

enum { STAGES_ALL = (1 << STAGE_COUNT) - 1, STAGES_ASKED = (1 << STAGE_TRUTH) - 1 };

struct verb {
    const char *word;
    unsigned stages; /* bits, by enum stage */
    void (*run)(struct plain *plain, char *rest);
    const char *help;
};

static struct session *session_of(struct plain *plain)
{
    return &plain->review->session;
}

static const char *answers_of(struct plain *plain)
{
    static const char *const texts[STAGE_COUNT] = {
        [STAGE_VERDICT] = "accept or reject",
        [STAGE_LINES] = "mark and their numbers, as in: mark 12 14-16",
        [STAGE_CLASS] = "class and its number",
        [STAGE_PATCH] = "patch and its letter",
        [STAGE_TRUTH] = "next",
    };
    if (session_of(plain)->stage == STAGE_TRUTH && review_awaits(plain->review))
        return "wait for the detectors, or next";
    return texts[session_of(plain)->stage];
}

/* The question, and what can be typed. */
static void ask(struct plain *plain)
{
    char *question = review_question(plain->review);
    unsigned price = session_hint_price(session_of(plain));
    char *hint = price > 0 ? xasprintf(", hint (%u points)", price) : xstrdup("");
    printf("%s Type %s%s; show, help or quit.\n", question, answers_of(plain), hint);
    fflush(stdout);
    free(hint);
    free(question);
}

static void announce_round(struct plain *plain)
{
    const struct session *session = session_of(plain);
    const struct round *round = session_round(session_of(plain));
    printf("\nRound %zu of %zu, seed %llu. %s\n", session->at + 1, session->rounds.count,
           (unsigned long long)plain->review->origin.seed,
           round->what.form == REVIEW_DIFF
               ? "A change of program.c, which was correct before; `show program` shows it whole."
               : "The program program.c.");
}

/* After an answer: what the next stage shows and asks. */
static void go_on(struct plain *plain)
{
    struct session *session = session_of(plain);
    if (session->stage == STAGE_OVER) {
        plain->over = true;
        plain->end = REVIEW_DONE;
        return;
    }
    /* The program was just read. */
    if (session->stage != STAGE_LINES)
        plain_print_stage(plain->review);
    ask(plain);
}

static void accept_it(struct plain *plain, char *rest)
{
    (void)rest;
    review_judge(plain->review, REVIEW_ACCEPTED);
    review_ask(plain->review);
    go_on(plain);
}

static void reject_it(struct plain *plain, char *rest)
{
    (void)rest;
    review_judge(plain->review, REVIEW_REJECTED);
    review_ask(plain->review);
    go_on(plain);
}

/* "14" or "14-16". */
static bool read_range(const char *word, size_t count, size_t *first, size_t *last)
{
    char *end = NULL;
    if (!isdigit((unsigned char)*word))
        return false;
    *first = strtoul(word, &end, 10);
    *last = *first;
    if (*end == '-' && isdigit((unsigned char)end[1]))
        *last = strtoul(end + 1, &end, 10);
    return !*end && *first >= 1 && *first <= *last && *last <= count;
}

static void mark(struct plain *plain, char *rest)
{
    struct answer *answer = session_answer(session_of(plain));
    bool *marked = xcalloc(answer->line_count + 1, sizeof(*marked));
    bool any = false;
    char *at = NULL;
    for (char *word = strtok_r(rest, " ,\t", &at); word; word = strtok_r(NULL, " ,\t", &at)) {
        size_t first;
        size_t last;
        any = true;
        if (strcmp(word, "none") == 0)
            continue;
        if (!read_range(word, answer->line_count, &first, &last)) {
            printf("`%s` is no line from 1 to %zu, nor a range of such; nothing was marked.\n",
                   word, answer->line_count);
            free(marked);
            return;
        }
        for (size_t i = first; i <= last; i++)
            marked[i - 1] = true;
    }
    if (any) {
        for (size_t i = 0; i < answer->line_count; i++)
            answer->marked[i] = marked[i];
        review_lines(plain->review);
        go_on(plain);
    } else {
        puts("Which lines? As in: mark 12 14-16. Without any: mark none.");
    }
    free(marked);
}

static void classify(struct plain *plain, char *rest)
{
    size_t first = 0;
    size_t last = 0;
    if (!read_range(rest, DEFECT_COUNT, &first, &last) || first != last ||
        !review_classify(plain->review, (enum defect)(first - 1))) {
        printf("Which class? A number from 1 to %d.\n", DEFECT_COUNT);
        plain_print_classes();
        return;
    }
    go_on(plain);
}

/* "B" or "2"; SIZE_MAX: none. */
static size_t option_of(const struct round *round, const char *text)
{
    size_t first = 0;
    size_t last = 0;
    if (isalpha((unsigned char)*text) && !text[1])
        first = last = (size_t)(toupper((unsigned char)*text) - 'A') + 1;
    else if (!read_range(text, round->option_count, &first, &last))
        return SIZE_MAX;
    return first == last && first <= round->option_count ? first - 1 : SIZE_MAX;
}

static void pick(struct plain *plain, char *rest)
{
    const struct round *round = session_round(session_of(plain));
    size_t option = option_of(round, rest);
    if (option == SIZE_MAX) {
        printf("Which patch? A letter from A to %c.\n", (int)('A' + round->option_count - 1));
        return;
    }
    review_pick(plain->review, option);
    go_on(plain);
}

static void take_hint(struct plain *plain, char *rest)
{
    (void)rest;
    const char *hint = review_hint(plain->review);
    puts(hint ? hint : "There are no more hints.");
    ask(plain);
}

static void show(struct plain *plain, char *rest)
{
    const struct round *round = session_round(session_of(plain));
    size_t length = strlen(rest);
    if (length == 0)
        plain_print_stage(plain->review);
    else if (strncmp(rest, "program", length) == 0)
        plain_print_program(plain->review);
    else if (strncmp(rest, "change", length) == 0 && round->diff)
        plain_print_change(round->diff);
    else if (session_of(plain)->stage >= STAGE_PATCH && option_of(round, rest) != SIZE_MAX)
        plain_print_option(round, option_of(round, rest));
    else
        printf("Show what? Nothing more, or program%s%s.\n", round->diff ? ", change" : "",
               session_of(plain)->stage >= STAGE_PATCH ? ", or a patch's letter" : "");
    ask(plain);
}

static void next(struct plain *plain, char *rest)
{
    (void)rest;
    review_next(plain->review);
    if (session_of(plain)->stage != STAGE_OVER)
        announce_round(plain);
    go_on(plain);
    review_ask(plain->review);
}

/* Until all is there, or a signal. */
static void await(struct plain *plain, char *rest)
{
    (void)rest;
    while (review_awaits(plain->review)) {
        if (events_wait_beside(&plain->review->events) == EVENT_SIGNAL) {
            plain->over = true;
            plain->end = REVIEW_STRUCK;
            return;
        }
    }
    go_on(plain);
}

static void quit(struct plain *plain, char *rest)
{
    (void)rest;
    plain->over = true;
    plain->end = REVIEW_LEFT;
}

static void help(struct plain *plain, char *rest);

static const struct verb verbs[] = {
    {"accept", 1 << STAGE_VERDICT, accept_it, "the program may go in as it is"},
    {"reject", 1 << STAGE_VERDICT, reject_it, "it has a bug"},
    {"mark", 1 << STAGE_LINES, mark, "12 14-16: these lines take part; none: no line"},
    {"class", 1 << STAGE_CLASS, classify, "2: the bug is of this class"},
    {"patch", 1 << STAGE_PATCH, pick, "B: this patch mends it"},
    {"next", 1 << STAGE_TRUTH, next, "the next round"},
    {"wait", 1 << STAGE_TRUTH, await, "until the detectors are done, then shows the truth"},
    {"hint", STAGES_ASKED, take_hint, "costs points, each more than the one before"},
    {"show", STAGES_ALL, show, "again what is asked about; program, change, B: that"},
    {"help", STAGES_ALL, help, "this list"},
    {"quit", STAGES_ALL, quit, "leaves; `racelab review --continue` goes on"},
};

static void help(struct plain *plain, char *rest)
{
    (void)rest;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (verbs[i].stages & 1u << session_of(plain)->stage)
            printf("%s: %s\n", verbs[i].word, verbs[i].help);
    }
    puts("The first letters of a word are enough, and the number or letter of an answer alone.");
    ask(plain);
}

/* A number or a letter alone answers the question. */
static bool answer_alone(struct plain *plain, char *line)
{
    const struct round *round = session_round(session_of(plain));
    enum stage stage = session_of(plain)->stage;
    bool number = isdigit((unsigned char)*line);
    if (stage == STAGE_LINES && number)
        mark(plain, line);
    else if (stage == STAGE_CLASS && number)
        classify(plain, line);
    else if (stage == STAGE_PATCH && option_of(round, line) != SIZE_MAX)
        pick(plain, line);
    else
        return false;
    return true;
}

static void obey(struct plain *plain, char *line)
{
    line += strspn(line, " \t");
    for (size_t n = strlen(line); n > 0 && isspace((unsigned char)line[n - 1]); n--)
        line[n - 1] = '\0';
    if (!*line) {
        ask(plain);
        return;
    }
    if (answer_alone(plain, line))
        return;
    size_t length = strcspn(line, " \t");
    const struct verb *found = NULL;
    bool several = false;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        bool fits = (verbs[i].stages & 1u << session_of(plain)->stage) &&
                    (strncasecmp(verbs[i].word, line, length) == 0 ||
                     (*line == '?' && verbs[i].run == help));
        several = several || (fits && found);
        found = fits && !found ? &verbs[i] : found;
    }
    if (several || !found) {
        char *inert = inert_line(line);
        printf("`%s` %s here.\n", inert, several ? "is more than one word" : "is no answer");
        free(inert);
        ask(plain);
        return;
    }
    char *rest = line + length;
    found->run(plain, rest + strspn(rest, " \t"));
}

/* The next whole line of what was read; false: there is none. */
static bool take_line(struct plain *plain, char line[MAX_LINE + 1])
{
    char *end = memchr(plain->typed, '\n', plain->length);
    if (!end && !(plain->ended && plain->length > 0)) {
        plain->too_long = plain->too_long || plain->length == MAX_LINE;
        plain->length = plain->too_long ? 0 : plain->length;
        return false;
    }
    size_t length = end ? (size_t)(end - plain->typed) : plain->length;
    size_t taken = end ? length + 1 : length;
    memcpy(line, plain->typed, length);
    line[length] = '\0';
    if (plain->too_long)
        line[0] = '\0';
    plain->too_long = false;
    memmove(plain->typed, plain->typed + taken, plain->length - taken);
    plain->length -= taken;
    return true;
}

static void read_more(struct plain *plain)
{
    ssize_t got = read(STDIN_FILENO, plain->typed + plain->length, MAX_LINE - plain->length);
    if (got > 0)
        plain->length += (size_t)got;
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        plain->ended = true;
}

static void on_event(struct plain *plain)
{
    char line[MAX_LINE + 1];
    switch (events_wait(&plain->review->events)) {
    case EVENT_SIGNAL:
        plain->over = true;
        plain->end = REVIEW_STRUCK;
        return;
    case EVENT_CONTINUED:
        review_restart_clock(plain->review);
        return;
    case EVENT_INPUT:
        review_clock(plain->review);
        read_more(plain);
        while (!plain->over && take_line(plain, line))
            obey(plain, line);
        if (plain->ended && !plain->over)
            quit(plain, NULL);
        return;
    case EVENT_RESIZED:
    case EVENT_CHANGED:
        return;
    }
}

enum review_end review_plain(struct review *review)
{
    struct plain plain = {.review = review};
    if (review->notice)
        puts(review->notice);
    if (review->no_truth)
        puts(review->no_truth);
    announce_round(&plain);
    if (session_of(&plain)->stage > STAGE_VERDICT && session_of(&plain)->stage < STAGE_TRUTH)
        plain_print_program(review);
    go_on(&plain);
    fflush(stdout);
    review_restart_clock(review);
    review_ask(review);
    while (!plain.over) {
        on_event(&plain);
        /* main() tells why. */
        if (fflush(stdout) != 0 && !plain.over)
            quit(&plain, NULL);
    }
    return plain.end;
}
