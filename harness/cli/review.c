#include "cli/review.h"

#include "cli/review_export.h"
#include "cli/review_stats.h"
#include "model/memory.h"
#include "present/review_key.h"
#include "present/review_stats.h"
#include "present/style.h"
#include "review/draw.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 6

/* Short enough to be read out to a class. */
static uint64_t seed_by_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) % 1000000;
}

/* After a message. */
static int told(int error, char *message)
{
    cli_error("%s", message ? message : strerror(-error));
    free(message);
    return error == -EBUSY || error == -EBADMSG || error == -ESTALE ? STATUS_FAILED : STATUS_OUTPUT;
}

/* What the session is made of: given, or as that which was left has it. */
static int find_origin(struct review *review, const struct review_arguments *arguments)
{
    struct session_origin *origin = &review->origin;
    char *message = NULL;
    if (arguments->goes_on) {
        int error = store_origin(review->store, origin, &message);
        if (error == -ENOENT) {
            free(message);
            cli_error("no session was left to go on with; `racelab review` begins one");
            return STATUS_USAGE;
        }
        return error ? told(error, message) : STATUS_KEPT;
    }
    origin->seed = arguments->seeded ? arguments->seed : seed_by_clock();
    origin->rounds = arguments->rounds;
    origin->names = xcalloc(arguments->name_count + 1, sizeof(*origin->names));
    for (size_t i = 0; i < arguments->name_count; i++)
        origin->names[i] = xstrdup(arguments->names[i]);
    return STATUS_KEPT;
}

static int draw(struct review *review, const struct corpus *corpus, bool goes_on)
{
    struct session_origin *origin = &review->origin;
    struct selection selection;
    struct rounds rounds = {0};
    size_t names = 0;
    while (origin->names[names])
        names++;
    int status = selection_make(corpus, origin->names, names, &selection);
    if (!status && selection_complain(&selection, corpus) > 0)
        status = STATUS_CORPUS;
    if (!status) {
        const struct draw_options how = {.pairs = selection.pairs,
                                         .pair_count = selection.count,
                                         .seed = origin->seed,
                                         .rounds = origin->rounds};
        draw_rounds(corpus, &how, &rounds);
    }
    session_init(&review->session, &rounds);
    if (!status && review->session.rounds.count == 0) {
        cli_error("nothing of these pairs can be shown for review");
        status = STATUS_USAGE;
    }
    char *message = NULL;
    int error = !status && goes_on ? store_resume(review->store, &review->session, &message) : 0;
    selection_release(&selection);
    return error ? told(error, message) : status;
}

static void on_changed(void *user)
{
    struct review *review = user;
    review->events.pending[EVENT_CHANGED] = true;
}

/* Where it cannot be had, the session goes on without. A table of steps is made for the terminal as it is now; line by
 * line its steps are sentences. */
static void open_truth(const struct lab *lab, struct review *review, bool plain)
{
    enum { SENTENCES = 59, MARGIN = 2 };
    struct style style = style_for(stdout);
    const struct truth_spec spec = {
        .lab = lab,
        .loop = &review->events.loop,
        .columns = plain || style.width <= SENTENCES ? SENTENCES : (unsigned)style.width - MARGIN,
        .changed = on_changed,
        .user = review,
    };
    int error = truth_open(&spec, &review->truth);
    if (error)
        review->no_truth = xasprintf("The detectors are not run: no temporary folder: %s (TMPDIR, "
                                     "or /tmp).",
                                     strerror(-error));
}

/* What the trainee is told before the first round. */
static void take_notice(struct review *review, bool goes_on)
{
    struct session_origin before = {0};
    char *message = NULL;
    if (store_is_second(review->store))
        review->notice = xstrdup("Another review is under way: this one cannot be gone on with.");
    else if (!goes_on && store_origin(review->store, &before, &message) == 0)
        review->notice = xstrdup("A session was left before its end. To go on with that one: quit, "
                                 "and `racelab review --continue`.");
    session_origin_release(&before);
    free(message);
}

static void print_origin(const struct session_origin *origin)
{
    printf("The same rounds again: racelab review --seed %llu --rounds %zu",
           (unsigned long long)origin->seed, origin->rounds);
    for (size_t i = 0; origin->names[i]; i++)
        printf(" %s", origin->names[i]);
    putchar('\n');
}

static void summarise(struct review *review, const struct corpus *corpus)
{
    struct session *session = &review->session;
    struct records finished = {0};
    struct records history = {0};
    char *message = NULL;
    for (size_t i = 0; i < session->rounds.count; i++) {
        struct record *record =
            xappend((void **)&finished.items, &finished.count, sizeof(*finished.items));
        const struct round *round = &session->rounds.items[i];
        struct marks marks;
        answer_mark(round, &session->answers[i], &marks);
        record_fill(record, time(NULL), review->origin.seed, round, &session->answers[i], &marks);
    }
    int error = store_history(review->store, &history, &message);
    if (error)
        cli_error("%s", message ? message : strerror(-error));
    struct style style = style_for(stdout);
    review_summary_print(stdout, &style, corpus, &finished, error ? &finished : &history);
    putchar('\n');
    print_origin(&review->origin);
    free(message);
    records_release(&finished);
    records_release(&history);
}

/* The terminal is as it was. Returns the exit status. */
static int take_leave(struct review *review, const struct corpus *corpus, enum review_end end)
{
    char *message = NULL;
    if (end == REVIEW_STRUCK && review->events.signal == SIGHUP)
        return 128 + SIGHUP; /* the terminal has gone: nothing can be told */
    if (end == REVIEW_DONE) {
        int error = store_forget_session(review->store, &message);
        if (error && !review->unkept)
            review->unkept = message;
        else
            free(message);
        summarise(review, corpus);
    } else if (store_is_second(review->store) || review->unkept) {
        print_origin(&review->origin);
    } else if (review_begun(review)) {
        puts("To go on with this session: racelab review --continue");
    }
    fflush(stdout);
    if (review->unkept)
        cli_error("%s", review->unkept);
    if (end == REVIEW_STRUCK)
        return 128 + review->events.signal;
    return review->unkept ? STATUS_OUTPUT : STATUS_KEPT;
}

static bool has_screen(bool plain)
{
    const char *term = getenv("TERM");
    return !plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
           strcmp(term, "dumb") != 0;
}

static int hold_session(const struct lab *lab, struct review *review, const struct corpus *corpus,
                        const struct review_arguments *arguments)
{
    bool screen = has_screen(arguments->plain);
    enum review_end end = REVIEW_UNFIT;
    take_notice(review, arguments->goes_on);
    if (!arguments->no_run)
        open_truth(lab, review, !screen);
    if (screen)
        end = review_screen(review);
    if (end == REVIEW_UNFIT)
        end = review_plain(review);
    review_leave(review);
    int status = take_leave(review, corpus, end);
    events_mute(&review->events);
    review_unask(review);
    truth_close(review->truth);
    return status;
}

static int review_corpus(const struct lab *lab, struct review *review,
                         const struct review_arguments *arguments)
{
    struct corpus corpus;
    char *message = NULL;
    int status = cli_load(lab, &corpus);
    if (!status) {
        int error = store_open(&review->store, &message);
        status = error ? told(error, message) : STATUS_KEPT;
    }
    if (!status)
        status = find_origin(review, arguments);
    if (!status) {
        status = draw(review, &corpus, arguments->goes_on);
        if (!status)
            status = hold_session(lab, review, &corpus, arguments);
        session_release(&review->session);
    }
    session_origin_release(&review->origin);
    store_close(review->store);
    corpus_release(&corpus);
    return status;
}

static int print_handed_out(const struct review *review, const struct review_arguments *arguments)
{
    const struct rounds *rounds = &review->session.rounds;
    int status = arguments->export ? review_export(rounds, arguments->export) : STATUS_KEPT;
    if (status)
        return status;
    if (arguments->export)
        printf("%s: rounds 1 to %zu are its branches round-1 to round-%zu; README.md there says "
               "how to go about "
               "them.\n\n",
               arguments->export, rounds->count, rounds->count);
    if (arguments->answers) {
        struct style style = style_for(stdout);
        review_key_print(stdout, &style, rounds);
        putchar('\n');
    }
    print_origin(&review->origin);
    return STATUS_KEPT;
}

/* What whoever leads a class needs: the rounds for the others, and the key to them. No session is begun. */
static int hand_out(const struct lab *lab, struct review *review,
                    const struct review_arguments *arguments)
{
    struct corpus corpus;
    int status = cli_load(lab, &corpus);
    if (!status)
        status = find_origin(review, arguments);
    if (!status) {
        status = draw(review, &corpus, false);
        if (!status)
            status = print_handed_out(review, arguments);
        session_release(&review->session);
    }
    session_origin_release(&review->origin);
    corpus_release(&corpus);
    return status;
}

int cli_review(const struct lab *lab, int argc, char **argv)
{
    struct review_arguments arguments = {.rounds = ROUNDS};
    struct review review = {0};
    argp_parse(&review_argp, argc, argv, 0, NULL, &arguments);
    int status;
    setlocale(LC_CTYPE, "");
    if (arguments.stats) {
        status = review_stats(lab);
    } else if (arguments.reset) {
        status = review_reset();
    } else if (arguments.export || arguments.answers) {
        status = hand_out(lab, &review, &arguments);
    } else {
        int error = events_open(&review.events);
        if (error)
            cli_error("no event loop: %s", strerror(-error));
        status = error ? STATUS_FAILED : review_corpus(lab, &review, &arguments);
        events_close(&review.events);
    }
    free(review.no_truth);
    free(review.unkept);
    free(review.notice);
    free(arguments.names);
    return status;
}
