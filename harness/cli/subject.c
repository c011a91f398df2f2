#include "cli/subject.h"

#include "cli/choice.h"
#include "model/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_STATUS 255

enum {
    OPTION_CFLAGS = 768,
    OPTION_LDFLAGS,
    OPTION_STDIN,
    OPTION_ENV,
    OPTION_OK_STATUS,
};

static const struct argp_option options[] = {
    {"cflags", OPTION_CFLAGS, "FLAGS", 0, "Compile the sources with these, too", 0},
    {"ldflags", OPTION_LDFLAGS, "FLAGS", 0, "Link them with these, too", 0},
    {"stdin", OPTION_STDIN, "FILE", 0, "Its standard input (default: nothing)", 1},
    {"env", OPTION_ENV, "NAME=VALUE", 0, "Set this for the program; may be given several times", 1},
    {"ok-status", OPTION_OK_STATUS, "N", 0,
     "This exit status is as good as 0; may be given several times", 1},
    {0},
};

static void add_string(const char ***list, size_t *count, const char *text)
{
    const char **slot = xappend((void **)list, count, sizeof(**list));
    *slot = text;
    xappend((void **)list, count, sizeof(**list)); /* NULL, which does not count */
    --*count;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct subject *subject = state->input;
    switch (key) {
    case OPTION_CFLAGS:
        subject->cflags = argument;
        return 0;
    case OPTION_LDFLAGS:
        subject->ldflags = argument;
        return 0;
    case OPTION_STDIN:
        subject->input = argument;
        return 0;
    case OPTION_ENV:
        if (!strchr(argument, '=') || argument[0] == '=')
            argp_error(state, "--env takes NAME=VALUE, not `%s`", argument);
        add_string(&subject->env, &subject->env_count, argument);
        return 0;
    case OPTION_OK_STATUS:
        *(int *)xappend((void **)&subject->ok_status, &subject->ok_status_count,
                        sizeof(*subject->ok_status)) =
            (int)choice_number(state, argument, MAX_STATUS, "--ok-status");
        return 0;
    case ARGP_KEY_END:
        if (subject->input && access(subject->input, R_OK) != 0)
            argp_error(state, "%s: %s", subject->input, strerror(errno));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp subject_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

void subject_add(struct subject *subject, char *argument, struct argp_state *state)
{
    if (state->quoted && state->next > state->quoted) {
        int count = state->argc - state->next + 1;
        subject->arguments = state->argv + state->next - 1;
        subject->arguments[count] = NULL;
        state->next = state->argc;
        return;
    }
    char **slot =
        xappend((void **)&subject->sources, &subject->source_count, sizeof(*subject->sources));
    *slot = argument;
}

bool subject_is_case(const struct subject *subject)
{
    return subject->source_count == 1 && !strchr(subject->sources[0], '.') &&
           access(subject->sources[0], F_OK) != 0;
}

char *subject_locate(const char *name)
{
    char folder[PATH_MAX];
    bool here = strchr(name, '/') || access(name, F_OK) == 0;
    char *found = here ? NULL : find_in_path(name);
    if (found)
        return found;
    return name[0] != '/' && getcwd(folder, sizeof(folder)) ? xasprintf("%s/%s", folder, name)
                                                            : xstrdup(name);
}

static void add_words(char **text, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *longer = xasprintf("%s %s", *text, words[i]);
        free(*text);
        *text = longer;
    }
}

char *subject_describe(const struct subject *subject, const char *program)
{
    size_t given = 0;
    char *text = xstrdup(program ? program : subject->sources[0]);
    while (subject->arguments && subject->arguments[given])
        given++;
    if (subject->source_count > 1)
        add_words(&text, subject->sources + 1, subject->source_count - 1);
    add_words(&text, subject->arguments, given);
    return text;
}

void subject_release(struct subject *subject)
{
    for (int i = 0; i < FLAVOURS; i++) {
        free(subject->program[i]);
        free(subject->no_program[i]);
    }
    free(subject->sources);
    free((void *)subject->env);
    free(subject->ok_status);
    *subject = (struct subject){0};
}
