#include "corpus/annotation.h"

#include "corpus/comment.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One annotation being read. Text is cut up in place. */
struct reading {
    const char *file;
    int line;
    const char *const *detectors;
    struct complaints *complaints;
};

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

static bool known_detector(const struct reading *reading, const char *name)
{
    for (const char *const *known = reading->detectors; *known; known++) {
        if (strcmp(*known, name) == 0)
            return true;
    }
    return false;
}

/* "race(counter)" -> defect and names. False after a complaint. */
static bool read_defect(const struct reading *reading, char *text, enum defect *defect,
                        char **names)
{
    text = trim(text);
    char *open = strchr(text, '(');
    *names = NULL;
    if (open) {
        char *close = strchr(open, ')');
        if (!close || *trim(close + 1)) {
            complaints_add(reading->complaints, reading->file, reading->line,
                           "`%s`: the names end with one closing parenthesis", text);
            return false;
        }
        *close = '\0';
        *open = '\0';
        *names = trim(open + 1);
        if (!**names) {
            complaints_add(
                reading->complaints, reading->file, reading->line,
                "`%s()`: empty parentheses; name the variable or lock, or leave them out", text);
            return false;
        }
    }
    text = trim(text);
    if (!defect_from_word(text, strlen(text), defect)) {
        complaints_add(reading->complaints, reading->file, reading->line,
                       "unknown defect `%s`; known are race, lock-order, misuse, hang, "
                       "wrong-result, crash, leak",
                       text);
        return false;
    }
    return true;
}

/* Cuts "drd<3.22" into its name, which is left, and the condition. False after a complaint. */
static bool read_condition(const struct reading *reading, char *name, struct exception *exception)
{
    size_t length = 0;
    char *at = name + strcspn(name, "<=>");
    exception->relation = relation_read(at, &length);
    exception->version = length > 0 ? trim(at + length) : NULL;
    *at = '\0';
    trim(name);
    if (exception->version && !version_valid(exception->version)) {
        complaints_add(reading->complaints, reading->file, reading->line,
                       "`%s%s%s`: a version is numbers between dots, as in `drd<3.22`", name,
                       relation_word(exception->relation), exception->version);
        return false;
    }
    return true;
}

/* Whether some version of one detector would have both exceptions. */
static bool overlap(const struct exception *first, const struct exception *second)
{
    if (strcmp(first->detector, second->detector) != 0)
        return false;
    if (first->relation == ANY_VERSION || second->relation == ANY_VERSION)
        return true;
    bool first_in = version_holds(first->version, second->relation, second->version);
    bool second_in = version_holds(second->version, first->relation, first->version);
    if (first->relation == EXACTLY || second->relation == EXACTLY)
        return first->relation == EXACTLY ? first_in : second_in;
    bool both_down = first->relation <= UP_TO && second->relation <= UP_TO;
    bool both_up = first->relation >= FROM && second->relation >= FROM;
    return both_down || both_up || (first_in && second_in);
}

/* Adds one exception a detector of the comma-separated list. False after a complaint. */
static bool add_exceptions(const struct reading *reading, struct promise *promise,
                           enum exception_kind kind, char *detectors, const char *reason)
{
    char *save = NULL;
    for (char *name = strtok_r(detectors, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        name = trim(name);
        struct exception added = {.kind = kind, .detector = name};
        if (!read_condition(reading, name, &added))
            return false;
        if (!known_detector(reading, name)) {
            complaints_add(reading->complaints, reading->file, reading->line,
                           "unknown detector `%s`", name);
            return false;
        }
        const struct exception *other = NULL;
        for (size_t i = 0; i < promise->exception_count && !other; i++) {
            if (overlap(&promise->exceptions[i], &added))
                other = &promise->exceptions[i];
        }
        if (other && other->kind == kind && strcmp(other->reason, reason) == 0)
            continue; /* said again on another line of the same bug */
        if (other) {
            complaints_add(reading->complaints, reading->file, reading->line,
                           "a second exception for %s; one reason a bug and detector", name);
            return false;
        }
        struct exception *exception =
            xappend((void **)&promise->exceptions, &promise->exception_count, sizeof(*exception));
        *exception = (struct exception){
            .kind = kind,
            .detector = xstrdup(name),
            .relation = added.relation,
            .version = added.version ? xstrdup(added.version) : NULL,
            .reason = xstrdup(reason),
        };
    }
    return true;
}

/* "drd, helgrind blind: REASON" onto the promise. */
static void read_exception(const struct reading *reading, struct promise *promise, char *part)
{
    char *colon = strchr(part, ':');
    if (!colon || !*trim(colon + 1)) {
        complaints_add(
            reading->complaints, reading->file, reading->line,
            "`%s`: an exception reads `DETECTOR blind: REASON` or `DETECTOR rate: REASON`",
            trim(part));
        return;
    }
    *colon = '\0';
    char *head = trim(part);
    char *word = strrchr(head, ' ');
    enum exception_kind kind = EXCEPTION_BLIND;
    if (word && strcmp(word + 1, "rate") == 0) {
        kind = EXCEPTION_RATE;
    } else if (!word || strcmp(word + 1, "blind") != 0) {
        complaints_add(reading->complaints, reading->file, reading->line,
                       "`%s`: unknown word; an exception says `blind` or `rate` before its colon",
                       head);
        return;
    }
    *word = '\0';
    add_exceptions(reading, promise, kind, head, trim(colon + 1));
}

/* The promise with this kind, defect and names, made if it is new, with one more line. */
static struct promise *promise_at(struct promises *promises, enum promise_kind kind,
                                  enum defect defect, const char *names, int line)
{
    struct promise *promise = NULL;
    for (size_t i = 0; i < promises->count && !promise; i++) {
        struct promise *other = &promises->items[i];
        bool same_names =
            names && other->names ? strcmp(names, other->names) == 0 : !names && !other->names;
        if (other->kind == kind && other->defect == defect && same_names)
            promise = other;
    }
    if (!promise) {
        promise = xappend((void **)&promises->items, &promises->count, sizeof(*promise));
        promise->kind = kind;
        promise->defect = defect;
        promise->names = names ? xstrdup(names) : NULL;
    }
    if (!promise_has_line(promise, line)) {
        int *added = xappend((void **)&promise->lines, &promise->line_count, sizeof(int));
        *added = line;
    }
    return promise;
}

static void read_bug(const struct reading *reading, char *body, struct promises *promises)
{
    enum defect defect = DEFECT_RACE;
    char *names = NULL;
    char *rest = body;
    if (!read_defect(reading, strsep(&rest, ";"), &defect, &names))
        return;
    struct promise *promise = promise_at(promises, PROMISE_BUG, defect, names, reading->line);
    while (rest)
        read_exception(reading, promise, strsep(&rest, ";"));
}

static void read_alarm(const struct reading *reading, char *body, struct promises *promises)
{
    char *by = strstr(body, " by ");
    char *colon = by ? strchr(by, ':') : NULL;
    if (!colon || !*trim(colon + 1)) {
        /* Further lines of an alarm need not repeat who raises it and why. */
        enum defect defect = DEFECT_RACE;
        char *names = NULL;
        if (by || !read_defect(reading, body, &defect, &names)) {
            if (by)
                complaints_add(reading->complaints, reading->file, reading->line,
                               "an alarm reads `alarm: DEFECT(names) by DETECTOR: REASON`");
            return;
        }
        promise_at(promises, PROMISE_ALARM, defect, names, reading->line);
        return;
    }
    *by = '\0';
    *colon = '\0';
    enum defect defect = DEFECT_RACE;
    char *names = NULL;
    if (!read_defect(reading, body, &defect, &names))
        return;
    struct promise *promise = promise_at(promises, PROMISE_ALARM, defect, names, reading->line);
    add_exceptions(reading, promise, EXCEPTION_ALARM, by + strlen(" by "), trim(colon + 1));
}

static void read_serial(const struct reading *reading, char *body, struct promises *promises)
{
    char *names = trim(body);
    if (*names)
        promise_at(promises, PROMISE_SERIAL, DEFECT_RACE, names, reading->line);
    else
        complaints_add(reading->complaints, reading->file, reading->line,
                       "`serial:` names what one thread at a time works on");
}

/* The length of the first word where it is meant as `bug`, `alarm` or `serial`, however it is spelt; else 0. */
static size_t annotation_word(const char *text)
{
    static const char *const spellings[] = {"bug", "bugs", "alarm", "alarms", "serial"};
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
        if (strlen(spellings[i]) == length && strncasecmp(text, spellings[i], length) == 0 &&
            (text[length] == ':' || strncmp(text + length, " :", 2) == 0))
            return length;
    }
    return 0;
}

void annotations_read(const char *file, const char *source, size_t length,
                      const char *const *detectors, struct annotations *annotations,
                      struct complaints *complaints)
{
    struct comment_reader reader;
    struct comment comment;
    comment_reader_init(&reader, source, length);
    while (comment_next(&reader, &comment)) {
        char *text = comment_flatten(&comment);
        if (annotation_word(text) == 0) {
            free(text);
            continue;
        }
        struct annotation *annotation =
            xappend((void **)&annotations->items, &annotations->count, sizeof(*annotations->items));
        *annotation = (struct annotation){.text = xstrdup(text), .line = comment.line};
        struct reading reading = {file, comment.line, detectors, complaints};
        if (!comment.terminated)
            complaints_add(complaints, file, comment.line, "the comment never ends");
        else if (strncmp(text, "bug:", 4) == 0)
            read_bug(&reading, text + 4, &annotations->promises);
        else if (strncmp(text, "alarm:", 6) == 0)
            read_alarm(&reading, text + 6, &annotations->promises);
        else if (strncmp(text, "serial:", 7) == 0)
            read_serial(&reading, text + 7, &annotations->promises);
        else
            complaints_add(complaints, file, comment.line,
                           "unknown word: an annotation begins with `bug:`, `alarm:` or `serial:`");
        free(text);
    }
    for (size_t i = 0; i < annotations->promises.count; i++) {
        const struct promise *promise = &annotations->promises.items[i];
        if (promise->kind == PROMISE_ALARM && promise->exception_count == 0)
            complaints_add(complaints, file, promise->lines[0],
                           "an alarm that no detector raises: write `by DETECTOR: REASON`");
    }
}

void annotations_release(struct annotations *annotations)
{
    for (size_t i = 0; i < annotations->count; i++)
        free(annotations->items[i].text);
    free(annotations->items);
    promises_release(&annotations->promises);
    *annotations = (struct annotations){0};
}
