#include "model/finding.h"

#include "model/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[DEFECT_COUNT] = {
    [DEFECT_RACE] = "race",     [DEFECT_LOCK_ORDER] = "lock-order",
    [DEFECT_MISUSE] = "misuse", [DEFECT_HANG] = "hang",
    [DEFECT_CRASH] = "crash",   [DEFECT_WRONG_RESULT] = "wrong-result",
    [DEFECT_LEAK] = "leak",
};

const char *defect_word(enum defect defect)
{
    return words[defect];
}

bool defect_from_word(const char *word, size_t length, enum defect *defect)
{
    for (int i = 0; i < DEFECT_COUNT; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0) {
            *defect = (enum defect)i;
            return true;
        }
    }
    return false;
}

struct finding *findings_add(struct findings *findings, enum defect defect)
{
    struct finding *finding =
        xappend((void **)&findings->items, &findings->count, sizeof(*findings->items));
    finding->defect = defect;
    finding->times = 1;
    return finding;
}

struct site *finding_add_site(struct finding *finding)
{
    struct site *site =
        xappend((void **)&finding->sites, &finding->site_count, sizeof(*finding->sites));
    site->locks_held = -1;
    return site;
}

struct background *finding_add_background(struct finding *finding, enum background_kind kind)
{
    struct background *background = xappend(
        (void **)&finding->backgrounds, &finding->background_count, sizeof(*finding->backgrounds));
    background->kind = kind;
    return background;
}

struct site *finding_add_site_at(struct finding *finding, struct stack *stack,
                                 const char *own_source, const char *thread, const char *act)
{
    const struct frame *frame = stack_own_frame(stack, own_source);
    if (!frame && !own_source)
        frame = stack_foreign_frame(stack);
    if (!frame)
        return NULL;
    struct site *site = finding_add_site(finding);
    site->file = frame->file ? xstrdup(frame->file) : NULL;
    site->line = frame->line;
    site->function = frame->function ? xstrdup(frame->function) : NULL;
    site->thread = thread ? xstrdup(thread) : NULL;
    site->act = act ? xstrdup(act) : NULL;
    stack_move(stack, &site->stack);
    return site;
}

static void finding_release(struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        struct site *site = &finding->sites[i];
        free(site->file);
        free(site->function);
        free(site->thread);
        free(site->act);
        free(site->locks);
        stack_clear(&site->stack);
    }
    for (size_t i = 0; i < finding->background_count; i++) {
        struct background *background = &finding->backgrounds[i];
        free(background->subject);
        free(background->text);
        stack_clear(&background->stack);
    }
    free(finding->backgrounds);
    free(finding->sites);
    free(finding->raw);
    free(finding->message);
    free(finding->object);
}

void findings_release(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        finding_release(&findings->items[i]);
    free(findings->items);
    *findings = (struct findings){0};
}

/* "/a/b/race/x.c" -> "race/x.c": enough to find a pair, short enough for a sentence. */
static const char *short_path(const char *path)
{
    const char *last = strrchr(path, '/');
    if (!last)
        return path;
    while (last > path && last[-1] != '/')
        last--;
    return last;
}

static void write_place(FILE *out, const struct site *site, const struct site *before)
{
    if (!site->file || site->line == 0)
        fputs("an unknown line", out);
    else if (before && before->file && strcmp(before->file, site->file) == 0)
        fprintf(out, ":%d", site->line);
    else
        fprintf(out, "%s:%d", short_path(site->file), site->line);
}

static const char *headline(const struct finding *finding)
{
    switch (finding->defect) {
    case DEFECT_RACE:
        return "race";
    case DEFECT_LOCK_ORDER:
        return "inverted lock order";
    case DEFECT_LEAK:
        return "leak";
    case DEFECT_HANG:
    case DEFECT_MISUSE:
    case DEFECT_WRONG_RESULT:
    case DEFECT_CRASH:
        break;
    }
    return NULL;
}

static bool same_thread(const struct site *left, const struct site *right)
{
    return left->thread && right->thread && strcmp(left->thread, right->thread) == 0;
}

static void write_site(FILE *out, const struct finding *finding, size_t index)
{
    const struct site *site = &finding->sites[index];
    const struct site *before = index > 0 ? site - 1 : NULL;
    /* The tools' own headlines of misuse name the thread already. */
    bool named = site->act || (site->thread && finding->defect != DEFECT_MISUSE);
    if (!before)
        fputs(named ? ": " : " at ", out);
    else if (finding->defect == DEFECT_RACE)
        fputs(" while ", out);
    else
        fputs(same_thread(before, site) ? ", then " : "; ", out);
    if (named) {
        if (!before || !same_thread(before, site) || finding->defect == DEFECT_RACE)
            fprintf(out, "%s ", site->thread ? site->thread : "a thread");
        fprintf(out, "%s at ", site->act ? site->act : "stands");
    }
    write_place(out, site, before);
}

/* The tool's headline, with the object's name for its address where both are known. */
static void write_message(FILE *out, const struct finding *finding)
{
    bool told = finding->message && finding->message[0];
    const char *message = told ? finding->message : defect_word(finding->defect);
    const char *address = finding->object ? strstr(message, "0x") : NULL;
    size_t digits = address ? strspn(address + 2, "0123456789abcdefABCDEF") : 0;
    if (digits == 0)
        fputs(message, out);
    else
        fprintf(out, "%.*s`%s`%s", (int)(address - message), message, finding->object,
                address + 2 + digits);
}

char *finding_sentence(const struct finding *finding, const char *object)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return xstrdup(finding->message ? finding->message : defect_word(finding->defect));
    const char *name = finding->object ? finding->object : object;
    const char *head = headline(finding);
    if (head) {
        fputs(head, out);
        if (name)
            fprintf(out, finding->defect == DEFECT_LEAK ? " of %s" : " on `%s`", name);
    } else {
        write_message(out, finding);
    }
    /* What is said of a hang names its places already. */
    for (size_t i = 0; i < finding->site_count && finding->defect != DEFECT_HANG; i++)
        write_site(out, finding, i);
    if (finding->defect == DEFECT_RACE && finding->site_count == 1)
        fputs("; the tool does not name the other side", out);
    if (finding->no_common_lock)
        fputs("; no lock in common", out);
    if (fclose(out) != 0 || !text) {
        free(text);
        return xstrdup(defect_word(finding->defect));
    }
    return text;
}
