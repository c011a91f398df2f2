/* What a search gave, for people and for programs (see explore.h). */
#include "cli/explore.h"
#include "explore/schedule_file.h"
#include "model/memory.h"
#include "present/html.h"
#include "present/json_exploration.h"
#include "present/schedule.h"
#include "present/source.h"

#include <stdlib.h>
#include <string.h>

/* A word as a shell takes it; from malloc. */
static char *quoted(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+:,@%";
    if (*word && word[strspn(word, plain)] == '\0')
        return xstrdup(word);
    char *text = xstrdup("'");
    for (const char *at = word; *at; at++) {
        char *longer = *at == '\'' ? xasprintf("%s'\\''", text) : xasprintf("%s%c", text, *at);
        free(text);
        text = longer;
    }
    char *whole = xasprintf("%s'", text);
    free(text);
    return whole;
}

static void add_word(char **text, const char *option, const char *word)
{
    if (!word)
        return;
    char *quote = quoted(word);
    char *longer = xasprintf("%s%s%s %s", *text, option ? " " : "", option ? option : "", quote);
    free(quote);
    free(*text);
    *text = longer;
}

char *explore_replay_command(const struct explored *explored)
{
    const struct exploring *exploring = explored->exploring;
    const struct subject *subject = &exploring->subject;
    char *text = xstrdup("racelab replay");
    if (exploring->given_plain)
        add_word(&text, NULL, exploring->given_plain);
    for (size_t i = 0; i < subject->source_count; i++)
        add_word(&text, NULL, subject->sources[i]);
    add_word(&text, "--cflags", subject->cflags);
    add_word(&text, "--ldflags", subject->ldflags);
    add_word(&text, "--stdin", subject->input);
    for (size_t i = 0; i < subject->env_count; i++)
        add_word(&text, "--env", subject->env[i]);
    add_word(&text, "--schedule", explored->file);
    return text;
}

int explore_keep(const struct explored *explored)
{
    int error = schedule_write(explored->file, &explored->exploration.schedule);
    if (error)
        cli_error("%s: %s", explored->file, strerror(-error));
    return error;
}

/* The findings are the exploration's from now on. */
static void move_findings(struct explored *explored)
{
    struct exploration *exploration = &explored->exploration;
    struct explanation *replayed = explore_explanation(explored);
    if (replayed) {
        exploration->explanation = *replayed;
        *replayed = (struct explanation){0};
    }
    for (size_t i = 0; i < explored->inspection.detector_count; i++) {
        struct inspected *inspected = &explored->inspection.detectors[i];
        for (size_t r = 0; r < inspected->run_count; r++) {
            struct findings *from = &inspected->runs[r].report.findings;
            for (size_t f = 0; f < from->count; f++) {
                struct findings *to = &exploration->findings;
                *(struct finding *)xappend((void **)&to->items, &to->count, sizeof(*to->items)) =
                    from->items[f];
            }
            from->count = 0;
        }
    }
}

static int written(const char *path, int error, int status)
{
    if (!error)
        return status;
    cli_error("%s: %s", path, strerror(-error));
    return STATUS_OUTPUT;
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static void print_inert_line(FILE *out, const char *text)
{
    print_inert(out, text, strlen(text));
    fputc('\n', out);
}

static void print(struct explored *explored, bool kept)
{
    struct style style = style_for(stdout);
    const struct schedule_options options = schedule_options_for(stdout, &style);
    const struct outputs outputs = {0};
    exploration_print(stdout, &style, &explored->exploration, &options);
    if (explored->inspection.detector_count > 0) {
        fputc('\n', stdout);
        (void)outputs_show(&outputs, &explored->inspection);
    }
    if (kept) {
        char *command = explore_replay_command(explored);
        fputs("\nto run this schedule again (--gdb: in the debugger):\n  ", stdout);
        print_inert_line(stdout, command);
        free(command);
    }
}

static int status_of(const struct explored *explored)
{
    if (explored->exploration.failure != FAILURE_NONE)
        return STATUS_NOT_KEPT;
    return explored->result.trouble ? STATUS_FAILED : STATUS_KEPT;
}

int explore_show(struct explored *explored)
{
    const struct exploring *exploring = explored->exploring;
    struct exploration *exploration = &explored->exploration;
    int status = status_of(explored);
    bool kept = false;
    if (explored->shown) {
        kept = explore_keep(explored) == 0;
        status = kept ? status : STATUS_OUTPUT;
    }
    if (!is_stdout(exploring->json) && !is_stdout(exploring->html))
        print(explored, kept);
    struct sources *sources = sources_new(&explored->inspection);
    move_findings(explored);
    if (exploring->json)
        status =
            written(exploring->json, json_write_exploration(exploring->json, exploration), status);
    if (exploring->html)
        status = written(exploring->html,
                         html_write_exploration(exploring->html, exploration, sources), status);
    sources_free(sources);
    return status;
}
