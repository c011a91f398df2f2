#include "cli/cli.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct argp argp = {
    NULL,
    NULL,
    "CASE|CHANGE",
    "The lesson of a pair, and the diff from its buggy to its fixed "
    "twin; or what a change beside a pair is, and the diff from the twin "
    "that it changes.",
    NULL,
    NULL,
    NULL};

static void print_part(const struct style *style, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    printf("%s%-8s%s ", style_bold(style), key, style_end(style));
    print_wrapped(stdout, style, 9, text);
}

/* diff(1) of the two sources, on our standard output. Returns a status. */
static int print_diff(const struct pair *before, enum polarity before_twin,
                      const struct pair *after, enum polarity after_twin, bool colour)
{
    char *from = xasprintf("--label=%s/%s.c", polarity_word(before_twin), before->id);
    char *to = xasprintf("--label=%s/%s.c", polarity_word(after_twin), after->id);
    char *arguments[] = {
        "diff",
        "-U3",
        colour ? "--color=always" : "--color=never",
        from,
        to,
        "--",
        before->twin[before_twin].path,
        after->twin[after_twin].path,
        NULL,
    };
    pid_t child = 0;
    int wait_status = 0;
    int status = STATUS_KEPT;
    fflush(stdout);
    int error = posix_spawnp(&child, "diff", NULL, NULL, arguments, environ);
    if (error) {
        cli_error("diff could not be started: %s (Debian: apt-get install diffutils)",
                  strerror(error));
        status = STATUS_FAILED;
    } else if (waitpid(child, &wait_status, 0) != child || !WIFEXITED(wait_status) ||
               WEXITSTATUS(wait_status) > 1) {
        cli_error("diff failed");
        status = STATUS_FAILED;
    }
    free(from);
    free(to);
    return status;
}

static void print_title(const struct style *style, const struct pair *pair)
{
    printf("%s%s%s: %s\n\n", style_bold(style), pair->id, style_end(style), pair->lesson.title);
}

static int show_change(const struct pair *change, const struct style *style)
{
    enum polarity polarity = change_polarity(change);
    print_title(style, change);
    print_part(style, "Patch", patch_word(change->patch));
    print_part(style, "Why", change->lesson.why);
    putchar('\n');
    return print_diff(change->of, polarity, change, polarity, style->colour);
}

static void list_changes(const struct corpus *corpus, const struct pair *pair,
                         const struct style *style)
{
    bool any = false;
    for (size_t i = 0; i < corpus->change_count; i++) {
        const struct pair *change = &corpus->changes[i];
        if (change->of != pair)
            continue;
        if (!any)
            printf("\n%sChanges beside it%s, each for `racelab show`:\n", style_bold(style),
                   style_end(style));
        any = true;
        printf("  %s, %s%s\n    ", change->id, change->patch ? "a wrong patch: " : "a refactoring",
               change->patch ? patch_word(change->patch) : "");
        print_wrapped(stdout, style, 4, change->lesson.title);
    }
}

static int show_pair(const struct corpus *corpus, const struct pair *pair,
                     const struct style *style)
{
    print_title(style, pair);
    print_part(style, "Story", pair->lesson.story);
    print_part(style, "Wrong", pair->lesson.wrong);
    print_part(style, "Why", pair->lesson.why);
    print_part(style, "Fix", pair->lesson.fix);
    print_part(style, "Roadmap", pair->lesson.roadmap);
    print_part(style, "CWE", pair->lesson.cwe);
    print_part(style, "CERT", pair->lesson.cert);
    putchar('\n');
    int status = print_diff(pair, BUGGY, pair, FIXED, style->colour);
    list_changes(corpus, pair, style);
    return status;
}

/* A change has a dot in its name, and a case has none. */
static int choose(const struct corpus *corpus, char *name, struct selection *selection)
{
    if (!strchr(name, '.'))
        return selection_one(corpus, name, "show", selection);
    int status = selection_changes(corpus, &name, 1, selection);
    if (!status && selection_complain(selection, corpus) > 0)
        status = STATUS_CORPUS;
    return status;
}

int cli_show(const struct lab *lab, int argc, char **argv)
{
    int first = 0;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);
    if (argc - first != 1) {
        cli_error("show takes one CASE; `racelab list` shows all");
        return STATUS_USAGE;
    }
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = choose(&corpus, argv[first], &selection);
    if (!status) {
        const struct pair *chosen = selection.pairs[0];
        struct style style = style_for(stdout);
        status = chosen->of ? show_change(chosen, &style) : show_pair(&corpus, chosen, &style);
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
