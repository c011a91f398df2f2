#include "cli/cli.h"
#include "cli/runner.h"
#include "detect/ending.h"
#include "model/memory.h"
#include "present/hang.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct argp_option options[] = {
    {"detector", 'd', "NAME", 0, "The detector whose report is shown (required)", 0},
    {"fixed", 'F', 0, 0, "Run the fixed twin instead of the buggy one", 0},
    {0},
};

struct arguments {
    const struct detector *detector;
    enum polarity polarity;
    char *name;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->detector = detector_find(argument);
        if (!arguments->detector) {
            char *known = cli_detector_list();
            argp_error(state, "unknown detector `%s`; known are %s", argument, known);
            free(known);
        }
        return 0;
    case 'F':
        arguments->polarity = FIXED;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->name)
            argp_error(state, "raw takes one CASE");
        arguments->name = argument;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->name)
            argp_error(state, "raw takes one CASE; `racelab list` shows all");
        if (!arguments->detector)
            argp_error(state, "--detector is required");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "CASE",
    "Runs one twin under one detector and shows the tool's own report. A line that names a place "
    "with a promise is marked with it.",
    NULL,
    NULL,
    NULL,
};

struct printing {
    const struct pair *pair;
    enum polarity polarity;
    struct style style;
    struct target target;
};

/* The line number of the pair's source that this report line names ("x.c:14"), or 0. */
static int named_line(const struct pair *pair, const char *text, size_t length)
{
    char *place = xasprintf("%s.c:", pair->name);
    const char *found = memmem(text, length, place, strlen(place));
    int line = 0;
    for (const char *at = found ? found + strlen(place) : NULL;
         at && at < text + length && *at >= '0' && *at <= '9' && line < 1000000; at++)
        line = line * 10 + (*at - '0');
    free(place);
    return line;
}

static void print_marks(const struct printing *printing, int line)
{
    const struct promises *promises =
        &printing->pair->twin[printing->polarity].annotations.promises;
    for (size_t i = 0; line > 0 && i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (!promise_has_line(promise, line))
            continue;
        char *label = promise_label(promise);
        printf("  %s<== %s: %s%s", style_verdict(&printing->style, VERDICT_KEPT),
               promise->kind == PROMISE_BUG ? "bug" : "alarm", label, style_end(&printing->style));
        free(label);
    }
}

static void print_marked(const struct printing *printing, const struct run_output *output)
{
    const char *at = output->text;
    const char *end = output->text + output->length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        print_inert(stdout, at, length);
        print_marks(printing, named_line(printing->pair, at, length));
        putchar('\n');
        at += length + 1;
    }
    if (output->dropped > 0)
        printf("(%zu more bytes are not shown)\n", output->dropped);
}

static void on_outcome(const struct run_outcome *outcome, struct explanation *explanation,
                       void *user)
{
    const struct printing *printing = user;
    struct report report = {.explanation = *explanation};
    *explanation = (struct explanation){0};
    print_marked(printing, &outcome->out);
    print_marked(printing, &outcome->err);
    ending_read(&printing->target, outcome, &report);
    printf("%s%s of %s: %s", style_bold(&printing->style), polarity_word(printing->polarity),
           printing->pair->id, run_end_word(outcome->end));
    if (outcome->end == RUN_EXITED || outcome->end == RUN_SIGNALED)
        printf(" %d", outcome->status);
    puts(style_end(&printing->style));
    for (size_t i = 0; i < report.findings.count; i++) {
        char *sentence = finding_sentence(&report.findings.items[i], NULL);
        print_wrapped(stdout, &printing->style, 0, sentence);
        free(sentence);
    }
    if (report.explanation.thread_count > 0)
        hang_print_threads(stdout, &printing->style, &report.explanation);
    if (report.trouble)
        print_wrapped(stdout, &printing->style, 0, report.trouble);
    report_release(&report);
}

static int show_raw(const struct lab *lab, const struct arguments *arguments,
                    const struct pair *pair)
{
    const struct detector *detector = arguments->detector;
    char *program = cli_program(lab, pair, detector->flavour, arguments->polarity);
    struct printing printing = {
        .pair = pair,
        .polarity = arguments->polarity,
        .style = style_for(stdout),
        .target = {.program = program, .own_source = pair->twin[arguments->polarity].path},
    };
    int status = STATUS_KEPT;
    char *unavailable = detector_unavailable(detector);
    char *unfit = unavailable ? NULL : detector_unfit(detector, &printing.target);
    if (unavailable || unfit) {
        cli_error("%s", unavailable ? unavailable : unfit);
        status = unavailable ? STATUS_SKIPPED : STATUS_FAILED;
    } else {
        int result = runner_readable(lab, detector, &printing.target, RUN_TIME_LIMIT_MS, on_outcome,
                                     &printing);
        if (result < 0)
            cli_error("cannot run %s: %s", program, strerror(-result));
        status = result < 0 ? STATUS_FAILED : result > 0 ? 128 + result : STATUS_KEPT;
    }
    free(unavailable);
    free(unfit);
    free(program);
    return status;
}

int cli_raw(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_one(&corpus, arguments.name, "raw", &selection);
    if (!status)
        status = cli_need_programs(lab);
    if (!status)
        status = show_raw(lab, &arguments, selection.pairs[0]);
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
