#include "explain/story/teller.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/story/objects_told.h"
#include "model/memory.h"

enum { NAMED = 3, LISTED = 4 }; /* labels before "and N more"; labels that are all named */

bool same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

bool same_place(const struct place *left, const struct place *right)
{
    if (!left || !right)
        return left == right;
    return left->line == right->line && same_text(left->file, right->file) &&
           (left->line > 0 || same_text(left->function, right->function));
}

/* Whether the file is another than that of the places before. */
static bool is_new_file(const char **file, const struct place *place)
{
    if (!place || !place->file || place->line <= 0)
        return false;
    bool other = *file && strcmp(*file, place->file) != 0;
    *file = place->file;
    return other;
}

static bool has_many_files(const struct explanation *explanation)
{
    const char *file = NULL;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        if (is_new_file(&file, stuck_thread_place(thread)))
            return true;
        for (size_t k = 0; k < thread->waiting.holder_count; k++) {
            if (is_new_file(&file, &thread->waiting.holders[k].taken))
                return true;
        }
    }
    return false;
}

void teller_init(struct teller *teller, const struct explanation *explanation)
{
    *teller = (struct teller){.explanation = explanation};
    teller->many_files = has_many_files(explanation);
    told_objects_find(explanation, &teller->objects, &teller->object_count);
}

void teller_release(struct teller *teller)
{
    free(teller->objects);
    free(teller->text);
    *teller = (struct teller){0};
}

void tell(struct teller *teller, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *piece = xvasprintf(format, args);
    va_end(args);
    for (const char *c = piece; *c; c++)
        *(char *)xappend((void **)&teller->text, &teller->length, 1) = *c;
    free(piece);
}

char *teller_end(struct teller *teller)
{
    xappend((void **)&teller->text, &teller->length, 1);
    char *text = teller->text;
    teller->text = NULL;
    teller->length = 0;
    teller->file = NULL;
    return text;
}

void tell_place(struct teller *teller, const struct place *place)
{
    if (place && place->line > 0) {
        bool named = teller->many_files && place->file &&
                     (!teller->file || strcmp(teller->file, place->file) != 0);
        if (named) {
            const char *slash = strrchr(place->file, '/');
            tell(teller, "at %s:%d", slash ? slash + 1 : place->file, place->line);
            teller->file = place->file;
        } else {
            tell(teller, "at %d", place->line);
        }
    } else if (place && place->function) {
        tell(teller, "in %s", place->function);
    } else {
        tell(teller, "at an unknown place");
    }
}

void tell_taken(struct teller *teller, const struct place *taken)
{
    if (taken->line <= 0 && !taken->function)
        return;
    tell(teller, " (taken ");
    tell_place(teller, taken);
    tell(teller, ")");
}

static const char *label_of(const struct teller *teller, size_t thread)
{
    const char *label = thread < teller->explanation->thread_count
                            ? teller->explanation->threads[thread].label
                            : NULL;
    return label ? label : "a thread";
}

void tell_label(struct teller *teller, size_t thread)
{
    tell(teller, "%s", label_of(teller, thread));
}

/* N of "thread N", or 0. */
static size_t number_of(const char *label)
{
    static const char word[] = "thread ";
    if (strncmp(label, word, strlen(word)) != 0)
        return 0;
    const char *digits = label + strlen(word);
    size_t length = strspn(digits, "0123456789");
    return length > 0 && digits[length] == '\0' ? strtoul(digits, NULL, 10) : 0;
}

static bool are_numbered(const struct teller *teller, const size_t *threads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (number_of(label_of(teller, threads[i])) == 0)
            return false;
    }
    return true;
}

/* The name that all these threads share and that is in their labels, or NULL. */
static const char *shared_name(const struct teller *teller, const size_t *threads, size_t count)
{
    const struct stuck_thread *all = teller->explanation->threads;
    const char *name = all[threads[0]].name;
    for (size_t i = 0; i < count; i++) {
        const char *label = label_of(teller, threads[i]);
        if (!name || !all[threads[i]].name || strcmp(name, all[threads[i]].name) != 0 ||
            strncmp(label, "thread '", strlen("thread '")) != 0)
            return NULL;
    }
    return name;
}

/* "2, 3 and 4", or the whole labels. */
static void tell_list(struct teller *teller, const size_t *threads, size_t count, bool numbers)
{
    size_t named = count <= LISTED ? count : NAMED;
    for (size_t i = 0; i < named; i++) {
        const char *label = label_of(teller, threads[i]);
        tell(teller, "%s", i == 0 ? "" : i + 1 == count ? " and " : ", ");
        if (numbers)
            tell(teller, "%zu", number_of(label));
        else
            tell(teller, "%s", label);
    }
    if (named < count)
        tell(teller, " and %zu more", count - named);
}

void tell_labels(struct teller *teller, const size_t *threads, size_t count)
{
    if (count == 1) {
        tell_label(teller, threads[0]);
        return;
    }
    const char *name = shared_name(teller, threads, count);
    if (are_numbered(teller, threads, count)) {
        size_t first = number_of(label_of(teller, threads[0]));
        size_t last = number_of(label_of(teller, threads[count - 1]));
        tell(teller, "threads ");
        if (count >= LISTED && last - first + 1 == count)
            tell(teller, "%zu to %zu", first, last);
        else
            tell_list(teller, threads, count, true);
    } else if (name && count > LISTED) {
        tell(teller, "%zu threads '%s'", count, name);
    } else {
        tell_list(teller, threads, count, false);
    }
}

void tell_process(struct teller *teller, size_t process)
{
    const struct explanation *explanation = teller->explanation;
    size_t only = NO_INDEX, count = 0;
    for (size_t i = 0; i < explanation->thread_count && count < 2; i++) {
        if (explanation->threads[i].process == process) {
            only = i;
            count++;
        }
    }
    if (count == 1)
        tell_label(teller, only);
    else
        tell(teller, "process %zu", process + 1);
}

/* "A" to "Z", then "AA". */
static void tell_letter(struct teller *teller, size_t letter)
{
    char text[16];
    size_t at = sizeof text - 1;
    text[at] = '\0';
    for (size_t left = letter; left > 0 && at > 0; left = (left - 1) / 26)
        text[--at] = (char)('A' + (left - 1) % 26);
    tell(teller, " %s", &text[at]);
}

static void tell_object_as(struct teller *teller, const struct stuck_thread *thread, bool with_kind)
{
    const char *kind = told_kind(thread->waiting.what);
    struct told_object *object = told_object_of(teller->objects, teller->object_count, thread);
    const char *name = object ? object->name : thread->waiting.name;
    size_t letter = object ? told_object_letter(teller->objects, teller->object_count, object) : 0;
    if (name)
        tell(teller, with_kind ? "the %s `%s`" : "%s`%s`", with_kind ? kind : "", name);
    else if (letter > 0)
        tell(teller, "%s", kind);
    else
        tell(teller, "%s %s", object && object->told ? "the" : "a", kind);
    if (letter > 0)
        tell_letter(teller, letter);
    if (object)
        object->told = true;
}

void tell_object(struct teller *teller, const struct stuck_thread *thread)
{
    tell_object_as(teller, thread, false);
}

void tell_object_kind(struct teller *teller, const struct stuck_thread *thread)
{
    tell_object_as(teller, thread, true);
}
