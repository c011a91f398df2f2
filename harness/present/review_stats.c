#include "present/review_stats.h"

#include "model/memory.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS         80
#define DAYS            10 /* of the last days a line each */
#define NEXT_OF_ALL     5
#define NEXT_OF_SESSION 3

/* The same lines on a terminal and in a pipe. */
static struct style page_style(const struct style *style)
{
    bool narrow = style->width > 0 && style->width < COLUMNS;
    return (struct style){.colour = style->colour, .width = narrow ? style->width : COLUMNS};
}

/* Text that grows. */
struct text {
    char *text; /* NULL: nothing yet */
};

static void add(struct text *text, const char *before, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* `before` stands before what is added, unless it is the first. */
static void add(struct text *text, const char *before, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *more = xvasprintf(format, args);
    va_end(args);
    char *longer = text->text ? xasprintf("%s%s%s", text->text, before, more) : xstrdup(more);
    free(more);
    free(text->text);
    text->text = longer;
}

/* Prints it after `indent` blanks, and empties it. */
static void flush(FILE *out, const struct style *style, int indent, struct text *text)
{
    fprintf(out, "%*s", indent, "");
    print_wrapped(out, style, indent, text->text ? text->text : "");
    free(text->text);
    text->text = NULL;
}

static void heading(FILE *out, const struct style *style, const char *text)
{
    fprintf(out, "\n%s%s%s\n", style_bold(style), text, style_end(style));
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* "1 h 12 min", "1 min 40 s", "40 s". */
static void add_time(struct text *text, const char *before, uint64_t ms, const char *after)
{
    uint64_t seconds = (ms + 500) / 1000;
    const char *large = seconds >= 3600 ? "h" : "min";
    const char *small = seconds >= 3600 ? "min" : "s";
    uint64_t count = seconds >= 3600 ? seconds / 60 : seconds;
    if (count < 60)
        add(text, before, "%" PRIu64 " %s%s", count, small, after);
    else if (count % 60 == 0)
        add(text, before, "%" PRIu64 " %s%s", count / 60, large, after);
    else
        add(text, before, "%" PRIu64 " %s %" PRIu64 " %s%s", count / 60, large, count % 60, small,
            after);
}

static void add_verdicts(struct text *text, const struct round_sum *sum)
{
    if (sum->guilty > 0)
        add(text, ", ", "%zu of %zu bugs found", sum->found, sum->guilty);
    if (sum->innocent > 0)
        add(text, ", ", "%zu of %zu innocent accepted", sum->accepted, sum->innocent);
}

static void add_marks(struct text *text, const struct round_sum *sum)
{
    if (sum->guilty > 0) {
        add(text, ", ", "lines: precision %u%%, recall %u%%", round_sum_precision(sum),
            round_sum_recall(sum));
        add(text, ", ", "class right %zu of %zu", sum->classes, sum->guilty);
    }
    if (sum->patches_asked > 0)
        add(text, ", ", "patch right %zu of %zu", sum->patches, sum->patches_asked);
}

static void add_trend(struct text *text, const char *before, const struct round_sum *sum)
{
    static const char *const words[] = {
        [TREND_UP] = "better", [TREND_DOWN] = "worse", [TREND_LEVEL] = "level"};
    if (sum->trend != TREND_UNKNOWN)
        add(text, before, "%s: %u points in the last %d rounds, %u in the %d before",
            words[sum->trend], sum->recent, TREND_ROUNDS, sum->before, TREND_ROUNDS);
}

static void add_rounds(struct text *text, const char *before, const struct round_sum *sum)
{
    add(text, before, "%zu round%s, %u points a round", sum->rounds, plural(sum->rounds),
        round_sum_points(sum));
}

static const char *strength_word(enum strength strength)
{
    static const char *const words[] = {
        [STRENGTH_UNKNOWN] = "too few rounds to tell",
        [STRENGTH_WEAK] = "weak",
        [STRENGTH_FAIR] = "fair",
        [STRENGTH_STRONG] = "strong",
    };
    return words[strength];
}

static void print_family(FILE *out, const struct style *style, const struct family_progress *family)
{
    struct text text = {0};
    fprintf(out, "%s%s%s: ", style_bold(style), family->family, style_end(style));
    add(&text, "", "%s", strength_word(round_sum_strength(&family->sum, FAMILY_ROUNDS)));
    add_rounds(&text, "; ", &family->sum);
    add_verdicts(&text, &family->sum);
    add_marks(&text, &family->sum);
    add_time(&text, ", ", family->sum.median_ms, " a round");
    add_trend(&text, "; ", &family->sum);
    print_wrapped(out, style, (int)strlen(family->family) + 2, text.text);
    free(text.text);
}

/* A command for each pair to try, and those that tell more. */
static void print_next(FILE *out, const struct style *style, const struct progress *progress,
                       size_t most)
{
    struct text text = {0};
    size_t count = progress->next_count < most ? progress->next_count : most;
    heading(out, style, "Next");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  racelab review %s\n", progress->next[i]->id);
    add(&text, "", "%s",
        count == 0
            ? "Every pair is mended."
            : "`racelab show CASE` tells the lesson of a pair, `racelab roadmap` all pairs in "
              "the order in which they are learnt.");
    flush(out, style, 2, &text);
}

static void print_standings(FILE *out, const struct style *style, const struct progress *progress)
{
    size_t counts[STANDING_COUNT] = {0};
    for (size_t i = 0; i < progress->pair_count; i++)
        counts[progress->pairs[i].standing]++;
    struct text text = {0};
    heading(out, style, "Pairs");
    add(&text, "", "of %zu pairs %zu mended, %zu tried, %zu met, %zu new", progress->pair_count,
        counts[STANDING_MENDED], counts[STANDING_TRIED], counts[STANDING_MET],
        counts[STANDING_NEW]);
    flush(out, style, 2, &text);
}

void review_stats_print(FILE *out, const struct style *style, const struct progress *progress)
{
    struct style page = page_style(style);
    struct text text = {0};
    const struct round_sum *all = &progress->all;
    if (all->rounds == 0) {
        add(&text, "", "No round is finished yet; `racelab review` begins with the first.");
        flush(out, &page, 0, &text);
        return;
    }
    fprintf(out, "%sAll rounds%s\n", style_bold(&page), style_end(&page));
    add_rounds(&text, "", all);
    add_verdicts(&text, all);
    add_marks(&text, all);
    add(&text, ", ", "%zu hint%s", all->hints, plural(all->hints));
    flush(out, &page, 2, &text);
    add_trend(&text, "", all);
    if (text.text)
        flush(out, &page, 2, &text);
    add_time(&text, "", all->ms, " in all");
    add_time(&text, ", ", all->median_ms, " a round (median)");
    flush(out, &page, 2, &text);

    heading(out, &page, "By family");
    for (size_t i = 0; i < progress->family_count; i++)
        print_family(out, &page, &progress->families[i]);

    heading(out, &page, progress->day_count > DAYS ? "By day, the last ten" : "By day");
    for (size_t i = progress->day_count > DAYS ? progress->day_count - DAYS : 0;
         i < progress->day_count; i++) {
        add(&text, "", "%s: ", progress->days[i].date);
        add_rounds(&text, "", &progress->days[i].sum);
        add_verdicts(&text, &progress->days[i].sum);
        flush(out, &page, 2, &text);
    }
    print_standings(out, &page, progress);
    print_next(out, &page, progress, NEXT_OF_ALL);
}

static void print_round(FILE *out, const struct style *style, size_t number,
                        const struct record *record)
{
    const struct marks *marks = &record->marks;
    struct text text = {0};
    int indent = fprintf(out, "  %zu. ", number);
    add(&text, "", "%s: ", record->change ? record->change : record->pair);
    if (!marks->guilty)
        add(&text, "", "innocent, %s", marks->verdict_right ? "accepted" : "but rejected");
    else if (!marks->verdict_right)
        add(&text, "", "a bug, but accepted");
    else
        add(&text, "", "bug found, lines: precision %.0f%%, recall %.0f%%, class %s",
            100 * marks->precision, 100 * marks->recall, marks->class_right ? "right" : "wrong");
    if (marks->patch_asked && marks->verdict_right)
        add(&text, ", ", "patch %s", marks->patch_right ? "right" : "wrong");
    if (record->hints > 0)
        add(&text, ", ", "%u hint%s", record->hints, plural(record->hints));
    add(&text, ", ", "%u points", marks->points);
    add_time(&text, ", ", record->ms, "");
    print_wrapped(out, style, indent, text.text);
    free(text.text);
    if (marks->points < STRONG_POINTS)
        fprintf(out, "%*slesson: racelab show %s\n", indent, "", record->pair);
}

/* The families of that strength with their points; nothing where there are none. */
static void print_strength(FILE *out, const struct style *style, const struct progress *progress,
                           enum strength strength, const char *word)
{
    struct text text = {0};
    for (size_t i = 0; i < progress->family_count; i++) {
        const struct round_sum *sum = &progress->families[i].sum;
        if (round_sum_strength(sum, 1) == strength)
            add(&text, ", ", "%s (%zu round%s, %u points a round)", progress->families[i].family,
                sum->rounds, plural(sum->rounds), round_sum_points(sum));
    }
    if (!text.text)
        return;
    fprintf(out, "  %s: ", word);
    print_wrapped(out, style, (int)strlen(word) + 4, text.text);
    free(text.text);
}

void review_summary_print(FILE *out, const struct style *style, const struct corpus *corpus,
                          const struct records *session, const struct records *history)
{
    struct style page = page_style(style);
    struct text text = {0};
    struct progress now;
    struct progress always;
    progress_make(corpus, session->items, session->count, &now);
    progress_make(corpus, history->items, history->count, &always);
    fprintf(out, "%sThis session%s\n", style_bold(&page), style_end(&page));
    if (session->count == 0) {
        add(&text, "", "No round was finished.");
        flush(out, &page, 2, &text);
    } else {
        add_rounds(&text, "", &now.all);
        add_verdicts(&text, &now.all);
        add_marks(&text, &now.all);
        flush(out, &page, 2, &text);
        add_time(&text, "", now.all.ms, " in all");
        flush(out, &page, 2, &text);
        heading(out, &page, "Its rounds");
        for (size_t i = 0; i < session->count; i++)
            print_round(out, &page, i + 1, &session->items[i]);
        heading(out, &page, "Its families");
        print_strength(out, &page, &now, STRENGTH_STRONG, "strong");
        print_strength(out, &page, &now, STRENGTH_FAIR, "fair");
        print_strength(out, &page, &now, STRENGTH_WEAK, "weak");
    }
    print_next(out, &page, &always, NEXT_OF_SESSION);
    progress_release(&always);
    progress_release(&now);
}
