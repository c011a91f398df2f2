#include "judge/remedy.h"
#include "judge/sentence.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Library functions that keep one state for all threads. */
static const struct shared_state {
    const char *function;
    const char *hint;
    const char *lesson;
} shared_states[] = {
    {"localtime", "localtime() returns one static structure to all threads: use localtime_r()",
     "race/localtime_static"},
    {"gmtime", "gmtime() returns one static structure to all threads: use gmtime_r()",
     "race/localtime_static"},
    {"ctime", "ctime() returns one static buffer to all threads: use strftime() with localtime_r()",
     "race/localtime_static"},
    {"asctime", "asctime() returns one static buffer to all threads: use strftime()",
     "race/localtime_static"},
    {"strtok", "strtok() keeps its position for all threads together: use strtok_r()",
     "race/shared_strtok"},
    {"setenv",
     "setenv() may move the environment while another thread reads it: set it before the first "
     "thread is made, or guard every setenv() and getenv() by one mutex",
     "race/setenv_vs_getenv"},
    {"putenv",
     "putenv() changes the environment while another thread may read it: set it before the first "
     "thread is made, or guard every putenv() and getenv() by one mutex",
     "race/setenv_vs_getenv"},
    {"close",
     "one thread closes a descriptor that another still uses, and its number may be given away "
     "meanwhile: join the user before the close, or guard both by one mutex",
     "race/fd_closed_while_written"},
};
#define SHARED_STATES (sizeof(shared_states) / sizeof(*shared_states))

enum shape { MIXED_ATOMIC, ONE_UNLOCKED, HANDLER, OTHER_LOCK, READ_LOCKED, BEFORE_JOIN, NO_LOCK };

static const char *const lessons[] = {
    [MIXED_ATOMIC] = "race/mixed_atomic_and_plain",
    [ONE_UNLOCKED] = "race/reader_unlocked",
    [HANDLER] = "race/handler_plain_global",
    [OTHER_LOCK] = "race/wrong_lock",
    [READ_LOCKED] = "race/write_under_rdlock",
    [BEFORE_JOIN] = "race/read_before_join",
    [NO_LOCK] = "race/unlocked_counter",
};

void remedy_race_lessons(void (*visit)(const char *lesson, void *user), void *user)
{
    for (size_t i = 0; i < SHARED_STATES; i++)
        visit(shared_states[i].lesson, user);
    for (size_t i = 0; i < sizeof(lessons) / sizeof(*lessons); i++)
        visit(lessons[i], user);
}

/* The frames from the innermost to the program's own are what it called. */
static const struct shared_state *called_state(const struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct stack *stack = &finding->sites[i].stack;
        for (size_t f = 0; f < stack->count && frame_is_foreign(&stack->frames[f]); f++) {
            for (size_t s = 0; s < SHARED_STATES; s++) {
                const char *function = stack->frames[f].function;
                if (function && strcmp(function, shared_states[s].function) == 0)
                    return &shared_states[s];
            }
        }
    }
    return NULL;
}

/* ThreadSanitizer's runtime calls a program's signal handlers through functions of these names; in others'
 * stacks the C library's return from a handler stands there. */
static bool in_signal_handler(const struct site *site)
{
    for (size_t i = 0; i < site->stack.count; i++) {
        const char *function = site->stack.frames[i].function;
        if (function &&
            (strstr(function, "CallUserSignalHandler") || strcmp(function, "sighandler") == 0 ||
             strncmp(function, "__restore_rt", strlen("__restore_rt")) == 0))
            return true;
    }
    return false;
}

static bool does(const struct site *site, const char *what)
{
    return site->act && strstr(site->act, what);
}

/* "main (src/gate.c:27)" */
static char *side(const struct inspection *inspection, const struct site *site)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return xstrdup(site_thread(site));
    fprintf(out, "%s (", site_thread(site));
    write_place(out, inspection, site, NULL);
    fputc(')', out);
    if (fclose(out) == 0 && text)
        return text;
    free(text);
    return xstrdup(site_thread(site));
}

static struct remedy one_unlocked(const struct inspection *inspection, const struct site *unlocked,
                                  const struct site *locked, const char *object)
{
    char *who = side(inspection, unlocked);
    const char *locks = site_names_locks(locked) ? locked->locks
                        : locked->locks_held > 1 ? "locks"
                                                 : "a lock";
    struct remedy remedy = {
        .text = xasprintf(
            "%s holds no lock while the other side holds %s: if that is to guard %s, take "
            "it there, too",
            who, locks, object),
        .lesson = lessons[ONE_UNLOCKED],
    };
    free(who);
    return remedy;
}

static struct remedy both_locked(const struct finding *finding, const char *object)
{
    const struct site *left = &finding->sites[0];
    const struct site *right = &finding->sites[1];
    if (!finding->no_common_lock)
        return (struct remedy){
            .text = xasprintf("both sides hold the same lock, and yet they do not exclude each "
                              "other: if it is a read-write lock, the side that writes %s must "
                              "take it for writing",
                              object),
            .lesson = lessons[READ_LOCKED],
        };
    bool named = site_names_locks(left) && site_names_locks(right);
    return (struct remedy){
        .text = named ? xasprintf("the two sides hold different locks, %s and %s: choose one of "
                                  "them to guard %s, and take that on both sides",
                                  left->locks, right->locks, object)
                      : xasprintf("the two sides hold different locks: choose one of them to "
                                  "guard %s, and take that on both sides",
                                  object),
        .lesson = lessons[OTHER_LOCK],
    };
}

static struct remedy neither_locked(const struct finding *finding, const char *object)
{
    for (size_t i = 0; i < 2; i++) {
        const struct site *reader = &finding->sites[i];
        const struct site *writer = &finding->sites[1 - i];
        if (does(reader, "reads") && does(writer, "writes") && reader->thread && writer->thread &&
            strcmp(reader->thread, "main") == 0)
            return (struct remedy){
                .text = xasprintf("if main is to see the result of %s, join that thread before "
                                  "%s is read; if both are to go on, guard both sides by one mutex",
                                  writer->thread, object),
                .lesson = lessons[BEFORE_JOIN],
            };
    }
    return (struct remedy){
        .text = xasprintf("no lock guards %s: give it a mutex and hold that on both sides for the "
                          "whole read and change, or make it atomic if it is a single value",
                          object),
        .lesson = lessons[NO_LOCK],
    };
}

struct remedy remedy_for_race(const struct inspection *inspection, const struct finding *finding,
                              const char *object)
{
    const struct shared_state *state = called_state(finding);
    if (state)
        return (struct remedy){.text = xstrdup(state->hint), .lesson = state->lesson};
    if (finding->site_count != 2)
        return (struct remedy){
            .text = xasprintf("find what other code uses %s, and hold one mutex there and here",
                              object),
            .lesson = lessons[NO_LOCK],
        };
    const struct site *left = &finding->sites[0];
    const struct site *right = &finding->sites[1];
    if (does(left, "atomic") != does(right, "atomic")) {
        char *plain = side(inspection, does(left, "atomic") ? right : left);
        struct remedy remedy = {
            .text = xasprintf("%s uses %s plainly, the other side atomically: every access must be "
                              "atomic, best by its type",
                              plain, object),
            .lesson = lessons[MIXED_ATOMIC],
        };
        free(plain);
        return remedy;
    }
    if (in_signal_handler(left) || in_signal_handler(right))
        return (struct remedy){
            .text = xasprintf(
                "one side runs in a signal handler, which no lock can guard against: make %s "
                "volatile sig_atomic_t or a lock-free atomic, or take the signal by "
                "sigwait() in a thread",
                object),
            .lesson = lessons[HANDLER],
        };
    if (left->locks_held == 0 && right->locks_held > 0)
        return one_unlocked(inspection, left, right, object);
    if (right->locks_held == 0 && left->locks_held > 0)
        return one_unlocked(inspection, right, left, object);
    if (left->locks_held > 0 && right->locks_held > 0)
        return both_locked(finding, object);
    if (left->locks_held == 0 && right->locks_held == 0)
        return neither_locked(finding, object);
    return (struct remedy){
        .text = xasprintf("let one mutex guard %s, and hold it on both sides for the whole read "
                          "and change; or make it atomic if it is a single value",
                          object),
        .lesson = lessons[NO_LOCK],
    };
}
