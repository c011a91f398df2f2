#include "judge/sentence.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

void write_place(FILE *out, const struct inspection *inspection, const struct site *site,
                 const struct site *before)
{
    if (!site->file)
        fputs("an unknown line", out);
    else if (site->line == 0)
        fputs(inspection_path(inspection, site->file), out);
    else if (before && before->file && strcmp(before->file, site->file) == 0)
        fprintf(out, ":%d", site->line);
    else
        fprintf(out, "%s:%d", inspection_path(inspection, site->file), site->line);
}

void write_function(FILE *out, const char *function)
{
    /* C++ and Go names come with their parameters. */
    if (function)
        fprintf(out, " in %s%s", function, strchr(function, '(') ? "" : "()");
}

const char *site_thread(const struct site *site)
{
    return site->thread ? site->thread : "a thread";
}

bool site_names_locks(const struct site *site)
{
    return site->locks && strchr(site->locks, '`');
}

static bool same_text(const char *left, const char *right)
{
    return left && right && strcmp(left, right) == 0;
}

static void write_locks(FILE *out, const struct site *site)
{
    if (site_names_locks(site))
        fprintf(out, ", holding %s", site->locks);
    else if (site->locks_held == 0)
        fputs(", holding no lock", out);
    else if (site->locks_held > 0)
        fprintf(out, ", holding %d lock%s", site->locks_held, site->locks_held == 1 ? "" : "s");
}

/* A program's own "zmalloc" or "xstrdup" tells little: its caller is who wanted the memory. */
static bool is_wrapper(const struct frame *frame)
{
    return frame->function &&
           (strstr(frame->function, "alloc") || strstr(frame->function, "strdup"));
}

static const struct frame *allocation(const struct finding *finding)
{
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        if (background->kind != ALLOCATED)
            continue;
        for (size_t f = 0; f < background->stack.count; f++) {
            const struct frame *frame = &background->stack.frames[f];
            if (!frame_is_foreign(frame) && frame->file && frame->line > 0 && !is_wrapper(frame))
                return frame;
        }
        return stack_own_frame(&background->stack, NULL);
    }
    return NULL;
}

static void write_object(FILE *out, const struct inspection *inspection,
                         const struct finding *finding, const char *object)
{
    const struct frame *made = object ? NULL : allocation(finding);
    if (object)
        fprintf(out, "`%s`", object);
    else if (made && made->file && made->line > 0)
        fprintf(out, "heap memory allocated at %s:%d", inspection_path(inspection, made->file),
                made->line);
    else if (made && made->function)
        fprintf(out, "heap memory allocated in %s()", made->function);
    else
        fputs("an unnamed variable", out);
}

static void write_race(FILE *out, const struct inspection *inspection,
                       const struct finding *finding, const char *object)
{
    fputs("race on ", out);
    write_object(out, inspection, finding, object);
    bool both_hold = finding->site_count > 1;
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        const struct site *before = i > 0 ? site - 1 : NULL;
        fprintf(out, "%s%s %s at ", before ? ", while " : ": ", site_thread(site),
                site->act ? site->act : "uses it");
        write_place(out, inspection, site, before);
        if (!before || !same_text(before->function, site->function))
            write_function(out, site->function);
        write_locks(out, site);
        both_hold = both_hold && site->locks_held > 0;
    }
    if (finding->site_count == 1)
        fputs("; the tool does not tell the other side", out);
    if (finding->no_common_lock && both_hold)
        fputs("; no lock is held by both", out);
}

static void write_lock_order(FILE *out, const struct inspection *inspection,
                             const struct finding *finding, const char *object)
{
    if (object)
        fprintf(out, "inverted lock order of `%s`", object);
    else
        fputs("inverted lock order", out);
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        const struct site *before = i > 0 ? site - 1 : NULL;
        bool goes_on = before && same_text(before->thread, site->thread);
        fputs(!before ? ": " : goes_on ? ", then " : "; ", out);
        if (!goes_on)
            fprintf(out, "%s ", site_thread(site));
        fprintf(out, "%s at ", site->act ? site->act : "locks");
        write_place(out, inspection, site, before);
        if (!goes_on || !same_text(before->function, site->function))
            write_function(out, site->function);
    }
}

/* How many characters before `at` only lead to the address there: "at address ", "at ". */
static size_t lead_in(const char *text, const char *at)
{
    static const char *const leads[] = {" at address ", " at ", " "};
    for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
        size_t length = strlen(leads[i]);
        if ((size_t)(at - text) >= length && memcmp(at - length, leads[i], length) == 0)
            return length;
    }
    return 0;
}

/* The tool's headline without addresses, the first by the object's name where that is known, and
 * without the root. */
static void write_message(FILE *out, const struct inspection *inspection,
                          const struct finding *finding, const char *object)
{
    const char *text = finding->message ? finding->message : "";
    long before = ftell(out);
    /* Helgrind begins with its own number of the thread: "Thread #2: ". The site tells it by name. */
    size_t digits = strncmp(text, "Thread #", 8) == 0 ? strspn(text + 8, "0123456789") : 0;
    if (digits > 0 && strncmp(text + 8 + digits, ": ", 2) == 0)
        text += 8 + digits + 2;
    size_t root = inspection->root ? strlen(inspection->root) : 0;
    const char *written = text; /* up to here */
    for (const char *at = text; *at;) {
        size_t digits = strncmp(at, "0x", 2) == 0 ? strspn(at + 2, "0123456789abcdefABCDEF") : 0;
        if (digits > 0) {
            fprintf(out, "%.*s", (int)(at - written) - (int)lead_in(written, at), written);
            if (object)
                fprintf(out, "%s`%s`", at > text ? " " : "", object);
            at += 2 + digits;
            if (at == text + 2 + digits && !object)
                at += *at == ' ';
            object = NULL;
            written = at;
        } else if (root > 0 && strncmp(at, inspection->root, root) == 0 && at[root] == '/') {
            fprintf(out, "%.*s", (int)(at - written), written);
            at += root + 1;
            written = at;
        } else {
            at++;
        }
    }
    size_t length = strlen(written);
    while (length > 0 && written[length - 1] == ' ')
        length--;
    fprintf(out, "%.*s", (int)length, written);
    if (ftell(out) == before) /* a headline of nothing, or of an address alone */
        fputs(defect_word(finding->defect), out);
}

static void write_other(FILE *out, const struct inspection *inspection,
                        const struct finding *finding, const char *object)
{
    if (finding->defect == DEFECT_LEAK)
        fprintf(out, "leak%s%s", object ? " of " : "", object ? object : "");
    else
        write_message(out, inspection, finding, object);
    /* What is said of a hang names its places already. */
    for (size_t i = 0; i < finding->site_count && finding->defect != DEFECT_HANG; i++) {
        const struct site *site = &finding->sites[i];
        const struct site *before = i > 0 ? site - 1 : NULL;
        /* The tools' own headlines of misuse name the thread already. */
        bool named = site->act || (site->thread && finding->defect != DEFECT_MISUSE);
        fputs(before ? "; " : named ? ": " : " ", out);
        if (named)
            fprintf(out, "%s %s ", site_thread(site), site->act ? site->act : "stands");
        fputs("at ", out);
        write_place(out, inspection, site, before);
        write_function(out, site->function);
    }
}

char *bug_sentence(const struct inspection *inspection, const struct finding *finding,
                   const char *object)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return xstrdup(defect_word(finding->defect));
    if (finding->defect == DEFECT_RACE)
        write_race(out, inspection, finding, object);
    else if (finding->defect == DEFECT_LOCK_ORDER)
        write_lock_order(out, inspection, finding, object);
    else
        write_other(out, inspection, finding, object);
    if (fclose(out) != 0 || !text) {
        free(text);
        return xstrdup(defect_word(finding->defect));
    }
    return text;
}
