#include "cli/cli.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct argp argp = {NULL,
                                 NULL,
                                 "CASE",
                                 "The lesson of a pair, and the diff from its buggy to its fixed "
                                 "twin.",
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
static int print_diff(const struct pair *pair, bool colour)
{
    char *buggy = xasprintf("--label=buggy/%s.c", pair->id);
    char *fixed = xasprintf("--label=fixed/%s.c", pair->id);
    char *arguments[] = {
        "diff",
        "-U3",
        colour ? "--color=always" : "--color=never",
        buggy,
        fixed,
        "--",
        pair->twin[BUGGY].path,
        pair->twin[FIXED].path,
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
    free(buggy);
    free(fixed);
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
        status = selection_one(&corpus, argv[first], "show", &selection);
    if (!status) {
        const struct pair *pair = selection.pairs[0];
        struct style style = style_for(stdout);
        printf("%s%s%s: %s\n\n", style_bold(&style), pair->id, style_end(&style),
               pair->lesson.title);
        print_part(&style, "Story", pair->lesson.story);
        print_part(&style, "Wrong", pair->lesson.wrong);
        print_part(&style, "Why", pair->lesson.why);
        print_part(&style, "Fix", pair->lesson.fix);
        print_part(&style, "Roadmap", pair->lesson.roadmap);
        print_part(&style, "CWE", pair->lesson.cwe);
        print_part(&style, "CERT", pair->lesson.cert);
        putchar('\n');
        status = print_diff(pair, style.colour);
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
