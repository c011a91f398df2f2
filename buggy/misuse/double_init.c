/*
 * double_init: a plugin initialises the lock of its host a second time
 *
 * Story: an editor makes the lock of its text recursive, since one edit calls the next. Its spell
 * checker is a plugin that used to be a program of its own and sets up the text itself.
 * Wrong: the first misspelt word freezes the editor.
 * Why: the second initialisation is undefined; here it turns the lock into one of the default kind.
 * The checker corrects a word inside its pass over the text, and waits for itself.
 * Fix: the checker sets up only a text that nobody has opened yet.
 * Roadmap: RLock, Lock
 * CWE: CWE-675 Multiple Operations on Resource in Single-Operation Context; CWE-764 Multiple Locks
 * of a Critical Resource
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { WORDS = 3 };

struct text {
    pthread_mutex_t lock; /* guards words */
    bool open;            /* set before any other thread has the text */
    const char *words[WORDS];
};

static void editor_open(struct text *text)
{
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&text->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    text->open = true;
}

static void replace(struct text *text, int word, const char *by)
{
    pthread_mutex_lock(&text->lock); /* bug: misuse(lock) */ /* bug: hang(lock) */
    text->words[word] = by;
    pthread_mutex_unlock(&text->lock);
}

static void checker_open(struct text *text)
{
    pthread_mutex_init(&text->lock, NULL); /* bug: misuse(lock)
        ; tsan, tsan-gcc blind: they note no second initialisation, and take a lock by the owner for
        a recursive one
        ; helgrind blind: it lets a lock be initialised again, and goes on with the kind it had */
    text->open = true;
}

static void *check_spelling(void *arg)
{
    struct text *text = arg;

    checker_open(text);
    pthread_mutex_lock(&text->lock);
    for (int i = 0; i < WORDS; i++) {
        if (strcmp(text->words[i], "recieve") == 0)
            replace(text, i, "receive");
    }
    pthread_mutex_unlock(&text->lock);
    return NULL;
}

int main(void)
{
    static struct text text = {.words = {"to", "recieve", "post"}};
    pthread_t checker;

    editor_open(&text);
    replace(&text, 0, "To");
    pthread_create(&checker, NULL, check_spelling, &text);
    pthread_setname_np(checker, "spell checker");
    pthread_join(checker, NULL); /* bug: hang(lock) */

    assert(strcmp(text.words[1], "receive") == 0);
    return 0;
}
