#include "cli/explore.h"

#include "cli/report_dir.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_quiet(const struct exploring *exploring)
{
    return (exploring->json && strcmp(exploring->json, "-") == 0) ||
           (exploring->html && strcmp(exploring->html, "-") == 0);
}

/* One line that says what is being done. */
static void announce(const struct explored *explored)
{
    char *name = inert_line(explored->name);
    if (!is_quiet(explored->exploring)) {
        printf("exploring %s: threads are switched at %s; seed %llu, %u %s at once\n", name,
               explored->flavour == FLAVOUR_PLAIN ? "synchronisation only, as it is built already"
                                                  : "synchronisation and at accesses to memory",
               (unsigned long long)explored->spec.search.seed, explored->spec.jobs,
               explored->spec.jobs == 1 ? "run" : "runs");
        fflush(stdout);
    }
    free(name);
}

/* The search, the replays, and what they give. The program is there. */
static int run(struct explored *explored)
{
    int status = STATUS_FAILED;
    announce(explored);
    int result = explore_search(explored);
    if (!result)
        result = explore_replay(explored);
    if (result < 0) {
        cli_error("cannot run %s: %s (%s)", explored->name, strerror(-result),
                  explored->lab->keeper);
    } else {
        if (explored->result.trouble)
            cli_error("%s", explored->result.trouble);
        if (!explored->result.trouble || explored->result.schedules > 0) {
            explore_fill(explored, result);
            status = explore_show(explored);
        }
    }
    if (result > 0) {
        cli_error("interrupted; nothing is left running");
        status = 128 + result;
    }
    return status;
}

static int build(struct explored *explored)
{
    const bool wanted[FLAVOURS] = {
        [FLAVOUR_EXPLORE] = true,
        [FLAVOUR_EXPLORE_TSAN] = !explored->exploring->no_tsan,
    };
    int status = subject_build(explored->lab, explored->subject, wanted, explored->folder);
    if (status)
        return status;
    if (!explored->subject->program[FLAVOUR_EXPLORE]) {
        const char *why = explored->subject->no_program[FLAVOUR_EXPLORE];
        cli_error("%s cannot be explored: %s", explored->name, why ? why : "it was not built");
        return STATUS_BUILD;
    }
    if (wanted[FLAVOUR_EXPLORE_TSAN] && !explored->subject->program[FLAVOUR_EXPLORE_TSAN])
        cli_error("data races are not looked for: %s",
                  explored->subject->no_program[FLAVOUR_EXPLORE_TSAN]);
    explored->program = xstrdup(explored->subject->program[FLAVOUR_EXPLORE]);
    return STATUS_KEPT;
}

static int take_built(struct explored *explored)
{
    explored->program = subject_locate(explored->exploring->given_plain);
    char *unfit = explore_unfit(explored->program);
    if (unfit)
        cli_error("%s", unfit);
    free(unfit);
    return unfit ? STATUS_FAILED : STATUS_KEPT;
}

/* Explores one program. `name` is taken over. */
static int explore_one(const struct lab *lab, const struct exploring *exploring,
                       struct subject *subject, char *name, const char *twin)
{
    struct outputs outputs = {0};
    struct explored explored = {
        .lab = lab,
        .exploring = exploring,
        .subject = subject,
        .name = name,
        .flavour = exploring->given_plain ? FLAVOUR_PLAIN : FLAVOUR_EXPLORE,
        .folder = report_dir_make(),
        .file = exploring->schedule_file ? xstrdup(exploring->schedule_file)
                                         : explore_schedule_name(name, twin),
        .inspection = {.program = subject_describe(subject, name), .root = outputs_root(&outputs)},
    };
    int status = STATUS_FAILED;
    if (!explored.folder)
        cli_error("no temporary folder: %s (TMPDIR, or /tmp)", strerror(errno));
    else
        status = exploring->given_plain ? take_built(&explored) : build(&explored);
    if (!status) {
        /* What comes from here on is taken by the session, so that nothing is left behind. */
        explore_hold_signals(true);
        status = explore_prepare(&explored) ? STATUS_FAILED : run(&explored);
    }
    explore_release(&explored);
    explore_hold_signals(false);
    return status;
}

/* "buggy/FAMILY/CASE" of the corpus. */
static int explore_twin(const struct lab *lab, const struct exploring *exploring,
                        const struct pair *pair, enum polarity polarity)
{
    char *source = xasprintf("%s/%s/%s.c", lab->root, polarity_word(polarity), pair->id);
    struct subject subject = exploring->subject;
    subject.sources = &source;
    subject.cflags = subject.cflags ? subject.cflags : EXPLORE_CORPUS_FLAGS;
    int status =
        explore_one(lab, exploring, &subject, xasprintf("%s/%s", polarity_word(polarity), pair->id),
                    polarity == FIXED ? "-fixed" : "");
    for (int i = 0; i < FLAVOURS; i++) {
        free(subject.program[i]);
        free(subject.no_program[i]);
    }
    free(source);
    return status;
}

static int explore_case(const struct lab *lab, const struct exploring *exploring)
{
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_one(&corpus, exploring->subject.sources[0], "explore", &selection);
    if (!status && (exploring->json || exploring->html || exploring->schedule_file)) {
        cli_error("--json, --html and --schedule are for one program, and %s has two: give a "
                  "source, %s/buggy/%s.c",
                  exploring->subject.sources[0], lab->root, exploring->subject.sources[0]);
        status = STATUS_USAGE;
    }
    bool chosen = !status && selection.count == 1;
    if (chosen) {
        status = explore_twin(lab, exploring, selection.pairs[0], BUGGY);
        putchar('\n');
    }
    if (chosen && status <= STATUS_NOT_KEPT) {
        int fixed = explore_twin(lab, exploring, selection.pairs[0], FIXED);
        status = fixed > status ? fixed : status;
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}

int cli_explore(const struct lab *lab, int argc, char **argv)
{
    struct exploring exploring = {
        .search = {.seed = 1, .kind = SEARCH_MIX, .bound = 2},
        .schedules = EXPLORE_SCHEDULES,
        .limit_ms = EXPLORE_LIMIT_MS,
        .progress = true,
    };
    struct subject *subject = &exploring.subject;
    argp_parse(&explore_argp, argc, argv, ARGP_IN_ORDER, NULL, &exploring);
    int status;
    if (subject_is_case(subject))
        status = explore_case(lab, &exploring);
    else
        status = explore_one(
            lab, &exploring, subject,
            xstrdup(exploring.given_plain ? exploring.given_plain : subject->sources[0]), "");
    subject_release(subject);
    return status;
}
