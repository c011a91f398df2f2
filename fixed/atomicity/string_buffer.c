/*
 * string_buffer: a text's length asked, and its characters copied when it has become shorter
 *
 * Story: a radio's display shows "now: " and the title of the song. The display thread appends the
 *   title to its line while the tuner shortens the title to what the station says next.
 * Wrong: now and then the line stays without a title and an error is logged, although both the old
 *   title and the new one would have done.
 * Why: text_length() and text_copy() each hold the lock of the title; text_append() does not hold
 *   it from the one to the other. What the tuner has cut off in between lies beyond the end of what
 *   is to be copied. It is Java's StringBuffer.append(StringBuffer), whose fault Flanagan and
 *   Qadeer found with types for atomicity (PLDI 2003).
 * Fix: text_append() holds the lock of the text that it appends for both calls, which take it once
 *   more: it is recursive, as a Java monitor is.
 * Roadmap: threads, RLock, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition
 * CERT: CON08-C
 * Rate: The tuner must shorten the title between two calls of the display. Both do it once and at
 *   once, so that nearly all runs come out right; nothing in the program makes it likelier.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct text {
    pthread_mutex_t lock;
    size_t length;                          /* these two: guarded by lock */
    char chars[32];
};

static struct text title = { PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, 17, "Blue in Green (7)" };
static struct text line = { PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, 5, "now: " };

static size_t text_length(struct text *text)
{
    pthread_mutex_lock(&text->lock);
    size_t length = text->length;
    pthread_mutex_unlock(&text->lock);
    return length;
}

static void text_shorten(struct text *text, size_t length)
{
    pthread_mutex_lock(&text->lock);
    text->length = length;
    pthread_mutex_unlock(&text->lock);
}

static int text_copy(struct text *text, size_t length, char *to)
{
    pthread_mutex_lock(&text->lock);
    int status = length <= text->length ? 0 : -ERANGE;
    if (status == 0)
        memcpy(to, text->chars, length);
    pthread_mutex_unlock(&text->lock);
    return status;
}

/* Locks are nested in one direction only: nothing is ever appended to the title. */
static int text_append(struct text *text, struct text *more)
{
    pthread_mutex_lock(&text->lock);
    pthread_mutex_lock(&more->lock);
    size_t length = text_length(more);
    int status = text->length + length <= sizeof(text->chars) ? 0 : -ENOSPC;
    if (status == 0)
        status = text_copy(more, length, text->chars + text->length);
    if (status == 0)
        text->length += length;
    pthread_mutex_unlock(&more->lock);
    pthread_mutex_unlock(&text->lock);
    return status;
}

static void *tune(void *arg)
{
    (void)arg;
    text_shorten(&title, strlen("Blue in Green"));
    return NULL;
}

int main(void)
{
    pthread_t tuner;

    pthread_create(&tuner, NULL, tune, NULL);
    int status = text_append(&line, &title);
    pthread_join(tuner, NULL);
    printf("%.*s\n", (int)line.length, line.chars);
    assert(status == 0);                    /* bug: wrong-result(title); watchdog rate: the title
        must be shortened between the two calls */
    return 0;
}
