/*
 * That neither the size nor the place of anything tells the answer: of the whole corpus, or of that below the folder that
 * is named as the only argument.
 */
#include "review/pool.h"
#include "review/whole_corpus.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What can be counted without reading: of a round, the numbers that stand on the screen. */
enum count { LINES, BASE_LINES, ADDED, REMOVED, CHANGED, GROWN, COUNTS };
static const char *const count_names[] = {"lines",   "lines before", "added",
                                          "removed", "changed",      "grown"};
enum { MOST = 512, ZERO = MOST / 2 };

static size_t count_of(const struct candidate *what, enum count count)
{
    long counts[] = {
        [LINES] = (long)what->lines,
        [BASE_LINES] = (long)(what->lines + what->removed - what->added),
        [ADDED] = (long)what->added,
        [REMOVED] = (long)what->removed,
        [CHANGED] = (long)(what->added + what->removed),
        [GROWN] = (long)what->added - (long)what->removed + ZERO,
    };
    return counts[count] < MOST ? (size_t)counts[count] : MOST - 1;
}

/* How often each count was seen, by polarity. */
struct tally {
    double seen[MOST][2];
    double sum[2];
};

static void tally_add(struct tally *tally, size_t count, enum polarity polarity)
{
    tally->seen[count][polarity]++;
    tally->sum[polarity]++;
}

/*
 * The best that a threshold can do. `youden`: by how much more often it calls a guilty round guilty than an innocent one
 * (or the other way round; 0: it tells nothing, 1: all). `gain`: how many more of all rounds it gets right than one does
 * who calls all of them guilty.
 */
static void best_threshold(const struct tally *tally, double *youden, double *gain)
{
    double below[2] = {0, 0};
    double sum = tally->sum[BUGGY] + tally->sum[FIXED];
    *youden = 0;
    *gain = 0;
    for (size_t i = 0; i < MOST; i++) {
        below[BUGGY] += tally->seen[i][BUGGY];
        below[FIXED] += tally->seen[i][FIXED];
        double apart = below[BUGGY] / tally->sum[BUGGY] - below[FIXED] / tally->sum[FIXED];
        double low = (below[FIXED] - below[BUGGY]) / sum; /* innocent below the threshold */
        double high = (tally->sum[FIXED] - below[FIXED] - tally->sum[BUGGY] + below[BUGGY]) / sum;
        *youden = apart > *youden ? apart : -apart > *youden ? -apart : *youden;
        *gain = low > *gain ? low : high > *gain ? high : *gain;
    }
}

/*
 * Of as many sessions as a class would have in years, with the seeds 1 and up: always the same ones, so that this passes
 * or fails once and for all. 24000 rounds make a Youden index of 0.03 where nothing tells at all; the bound is what is
 * left of the sizes, as they are in the corpus.
 */
enum { SESSIONS = 2000, ROUNDS = 12 };
#define YOUDEN_BOUND 0.08
#define GAIN_BOUND   0.01
#define FORM_BOUND   0.02

static void rounds_tell_nothing(void **state)
{
    (void)state;
    struct tally(*tallies)[COUNTS] = xcalloc(2, sizeof(*tallies));
    size_t wrong = 0;
    double forms[2][2] = {{0}};
    struct pool pool;
    pool_make(&whole.corpus, whole.pairs, whole.corpus.count, &pool);
    for (uint64_t seed = 1; seed <= SESSIONS; seed++) {
        struct dice dice = {seed};
        size_t drawn[ROUNDS];
        pool_draw(&pool, &dice, drawn, ROUNDS);
        for (size_t i = 0; i < ROUNDS; i++) {
            const struct candidate *what = &pool.items[drawn[i]];
            forms[what->form][what->polarity]++;
            for (enum count count = LINES; count < COUNTS; count++)
                tally_add(&tallies[what->form][count], count_of(what, count), what->polarity);
        }
    }
    for (enum review_form form = REVIEW_PROGRAM; form <= REVIEW_DIFF; form++) {
        double sum = forms[form][BUGGY] + forms[form][FIXED];
        if (sum == 0)
            continue;
        double off = forms[form][FIXED] / sum - 1.0 / 3.0;
        print_message("form %d: %.0f rounds, innocent %.4f\n", (int)form, sum,
                      forms[form][FIXED] / sum);
        wrong += off > FORM_BOUND || off < -FORM_BOUND;
        for (enum count count = LINES; count < COUNTS; count++) {
            double youden = 0;
            double gain = 0;
            best_threshold(&tallies[form][count], &youden, &gain);
            print_message("  %-12s Youden index %.3f, gain %.3f\n", count_names[count], youden,
                          gain);
            wrong += youden > YOUDEN_BOUND || gain > GAIN_BOUND;
        }
    }
    pool_release(&pool);
    free(tallies);
    assert_int_equal(wrong, 0);
}

/* What can be measured of an option without reading. */
enum measure { SIZE, ADDS, REMOVES, CHANGES, GROWS, PROGRAM_LINES, PLACES, MEASURES };
static const char *const measure_names[] = {"bytes", "adds",  "removes", "changes",
                                            "grows", "lines", "places"};

static long measure_of(const struct patch_option *option, enum measure measure)
{
    long added = -1; /* the header is no line of it */
    long removed = -1;
    long places = 0;
    for (const char *at = option->diff; *at; at = strchr(at, '\n') + 1) {
        added += *at == '+';
        removed += *at == '-';
        places += *at == '@';
    }
    long measures[] = {
        [SIZE] = (long)strlen(option->diff),
        [ADDS] = added,
        [REMOVES] = removed,
        [CHANGES] = added + removed,
        [GROWS] = added - removed,
        [PROGRAM_LINES] = (long)option->program.line_count,
        [PLACES] = places,
    };
    return measures[measure];
}

/* The chance that the right option is picked by one who takes the largest (of a sign -1 the smallest), and one of equals
 * by chance. */
static double picked(const struct round *round, enum measure measure, long sign)
{
    long right = sign * measure_of(&round->options[round->right_option], measure);
    size_t equals = 0;
    for (size_t i = 0; i < round->option_count; i++) {
        long other = sign * measure_of(&round->options[i], measure);
        if (other > right)
            return 0;
        equals += other == right;
    }
    return 1.0 / (double)equals;
}

/* Such guesses, over all rounds of one form that offer patches. */
struct guesses {
    double picked[MEASURES][2];
    double chance;
    double count;
};

static void guess(struct guesses *guesses, const struct round *round)
{
    for (enum measure measure = SIZE; measure < MEASURES; measure++) {
        guesses->picked[measure][0] += picked(round, measure, 1);
        guesses->picked[measure][1] += picked(round, measure, -1);
    }
    guesses->chance += 1.0 / (double)round->option_count;
    guesses->count++;
}

/* By how much more often than by chance the right patch may be found by its size; the seeds are fixed, as above. */
#define PICK_BOUND 0.10
enum { ORDERS = 20, MOST_OPTIONS = 16 };

static void options_tell_nothing(void **state)
{
    (void)state;
    struct guesses guesses[2] = {{.count = 0}};
    double places[MOST_OPTIONS][MOST_OPTIONS] = {{0}};
    size_t wrong = 0;
    for (size_t i = 0; i < whole.candidate_count; i++) {
        for (uint64_t seed = 0; whole.candidates[i].polarity == BUGGY && seed < ORDERS; seed++) {
            struct round round;
            round_make(&whole.corpus, &whole.candidates[i], i * ORDERS + seed, &round);
            assert_true(round.option_count < MOST_OPTIONS);
            if (round.option_count > 0) {
                guess(&guesses[round.what.form], &round);
                places[round.option_count][round.right_option]++;
            }
            round_release(&round);
        }
    }
    for (size_t count = 2; count < MOST_OPTIONS; count++) {
        double sum = 0;
        double square = 0; /* chi-square: (seen - expected)^2 / expected */
        for (size_t i = 0; i < count; i++)
            sum += places[count][i];
        for (size_t i = 0; i < count && sum > 0; i++) {
            double expected = sum / (double)count;
            square += (places[count][i] - expected) * (places[count][i] - expected) / expected;
        }
        if (sum > 0)
            print_message("%zu options: %.0f rounds, chi-square of the places %.1f\n", count, sum,
                          square);
        wrong += square > 20 + 2 * (double)count; /* chance: below one in 10000 */
    }
    for (enum review_form form = REVIEW_PROGRAM; form <= REVIEW_DIFF; form++) {
        struct guesses *guess = &guesses[form];
        for (enum measure measure = SIZE; measure < MEASURES && guess->count > 0; measure++) {
            double chance = guess->chance / guess->count;
            double most = guess->picked[measure][0] / guess->count;
            double least = guess->picked[measure][1] / guess->count;
            print_message("form %d: %-8s chance %.3f, by the most %.3f, by the least %.3f\n",
                          (int)form, measure_names[measure], chance, most, least);
            wrong += most > chance + PICK_BOUND || least > chance + PICK_BOUND;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_tell_nothing),
        cmocka_unit_test(options_tell_nothing),
    };
    if (argc > 1)
        whole.root = argv[1];
    return cmocka_run_group_tests(tests, whole_load, whole_unload);
}
