#include "cli/cli.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void cli_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    fputs("racelab: ", stderr);
    print_inert(stderr, text, strlen(text));
    fputc('\n', stderr);
    free(text);
}

int cli_load(const struct lab *lab, struct corpus *corpus)
{
    int error = corpus_load(lab->root, detector_names(), corpus);
    if (error) {
        cli_error("no corpus in %s: buggy/ and fixed/ must both be readable folders (%s); name "
                  "another place with --root",
                  lab->root, strerror(-error));
        return STATUS_CORPUS;
    }
    return STATUS_KEPT;
}

char *cli_detector_list(void)
{
    char *list = xstrdup(detectors[0].name);
    for (size_t i = 1; i < detector_count; i++) {
        char *longer = xasprintf("%s, %s", list, detectors[i].name);
        free(list);
        list = longer;
    }
    return list;
}

static bool chosen_by(const struct pair *pair, const char *name)
{
    return strcmp(pair->id, name) == 0 || strcmp(pair->family, name) == 0 ||
           (pair->of && strcmp(pair->of->id, name) == 0);
}

static int choose(const struct pair *all, size_t all_count, char **names, size_t count,
                  struct selection *selection)
{
    *selection = (struct selection){0};
    for (size_t n = 0; n < count; n++) {
        /* "race/" comes from the shell's completion. */
        size_t length = strlen(names[n]);
        if (length > 1 && names[n][length - 1] == '/')
            names[n][length - 1] = '\0';
        bool known = false;
        for (size_t i = 0; i < all_count; i++)
            known = known || chosen_by(&all[i], names[n]);
        if (!known)
            return (int)n + 1;
    }
    for (size_t i = 0; i < all_count; i++) {
        bool wanted = count == 0;
        for (size_t n = 0; n < count && !wanted; n++)
            wanted = chosen_by(&all[i], names[n]);
        if (wanted) {
            const struct pair **slot =
                xappend((void **)&selection->pairs, &selection->count, sizeof(*selection->pairs));
            *slot = &all[i];
        }
    }
    return 0;
}

int selection_make(const struct corpus *corpus, char **names, size_t count,
                   struct selection *selection)
{
    int unknown = choose(corpus->pairs, corpus->count, names, count, selection);
    if (unknown) {
        const char *name = names[unknown - 1];
        cli_error(strchr(name, '.')
                      ? "`%s` is no case or family; changes are chosen by --changes (run and soak)"
                      : "no case or family `%s`; `racelab list` shows all",
                  name);
        return STATUS_USAGE;
    }
    if (selection->count == 0) {
        cli_error("the corpus is empty");
        return STATUS_CORPUS;
    }
    return STATUS_KEPT;
}

int selection_changes(const struct corpus *corpus, char **names, size_t count,
                      struct selection *selection)
{
    int unknown = choose(corpus->changes, corpus->change_count, names, count, selection);
    if (unknown) {
        cli_error("`%s` is no change, nor a case or family that has any", names[unknown - 1]);
        return STATUS_USAGE;
    }
    if (selection->count == 0) {
        cli_error("the corpus has no changes");
        return STATUS_CORPUS;
    }
    return STATUS_KEPT;
}

int selection_one(const struct corpus *corpus, char *name, const char *command,
                  struct selection *selection)
{
    int status = selection_make(corpus, &name, 1, selection);
    if (!status && strcmp(selection->pairs[0]->id, name) != 0) {
        cli_error("`%s` is a family; %s takes one CASE, such as %s", name, command,
                  selection->pairs[0]->id);
        status = STATUS_USAGE;
    }
    if (!status && selection_complain(selection, corpus) > 0)
        status = STATUS_CORPUS;
    return status;
}

static bool concerns(const struct selection *selection, const struct complaint *complaint)
{
    for (size_t i = 0; i < selection->count; i++) {
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            const char *path = selection->pairs[i]->twin[p].path;
            if (path && strcmp(path, complaint->file) == 0)
                return true;
        }
    }
    return false;
}

size_t selection_complain(const struct selection *selection, const struct corpus *corpus)
{
    size_t told = 0;
    for (size_t i = 0; i < corpus->complaints.count; i++) {
        const struct complaint *complaint = &corpus->complaints.items[i];
        if (selection->count < corpus->count && !concerns(selection, complaint))
            continue;
        complaint_print(stderr, complaint);
        told++;
    }
    return told;
}

void selection_release(struct selection *selection)
{
    free(selection->pairs);
    *selection = (struct selection){0};
}

char *cli_program(const struct lab *lab, const struct pair *pair, enum flavour flavour,
                  enum polarity polarity)
{
    return xasprintf("%s/%s/%s/%s", lab->programs, flavour_word(flavour), polarity_word(polarity),
                     pair->id);
}

int cli_need_programs(const struct lab *lab)
{
    if (*lab->programs)
        return STATUS_KEPT;
    cli_error("the pairs are installed as sources only; to run them, build the lab from its own "
              "sources, or name the folder of their built programs with --programs");
    return STATUS_FAILED;
}
