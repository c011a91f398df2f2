/*
 * join_of_detached: a caller joins a thread that was created detached, to get its answer
 *
 * Story: an editor checks the spelling of each page in a daemon, a detached thread. Printing is
 *   older: each check had a thread of its own then, and was joined for the number of mistakes.
 * Wrong: the page is printed as having no mistakes, whatever is in it.
 * Why: nobody may wait for the end of a detached thread. The join fails at once with EINVAL, which
 *   is not looked at, and leaves the number as it was. Nor would the daemon ever end.
 * Fix: printing waits for the daemon's answer, as the editor does while somebody types.
 * Roadmap: threads, daemon, Semaphore
 * CWE: CWE-672 Operation on a Resource after Expiration or Release; CWE-252 Unchecked Return Value
 * CERT: CON39-C; POS54-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static pthread_t checker;
static sem_t asked, answered;
static const char *page;                    /* set before asked is posted */
static intptr_t mistakes_found;             /* set before answered is posted */

static void *check_pages(void *arg)
{
    (void)arg;
    for (;;) {
        sem_wait(&asked);
        mistakes_found = 0;
        for (const char *at = page; (at = strstr(at, "teh")) != NULL; at++)
            mistakes_found++;
        sem_post(&answered);
    }
    return NULL;
}

static void ask_checker(const char *text)
{
    page = text;
    sem_post(&asked);
}

static intptr_t show_page(const char *text)
{
    ask_checker(text);
    sem_wait(&answered);
    return mistakes_found;
}

static intptr_t print_page(const char *text)
{
    void *mistakes = NULL;

    ask_checker(text);
    sem_wait(&answered);                    /* bug: misuse(checker); tsan, tsan-gcc blind: they ask
        whether a thread of this handle lives, not what it was created as; drd blind: it does not
        check how a join ends */
    mistakes = (void *)mistakes_found;
    printf("%s (%td mistakes)\n", text, (intptr_t)mistakes);
    return (intptr_t)mistakes;
}

int main(void)
{
    pthread_attr_t detached;

    sem_init(&asked, 0, 0);
    sem_init(&answered, 0, 0);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_create(&checker, &detached, check_pages, NULL);
    pthread_attr_destroy(&detached);

    intptr_t shown = show_page("Down teh hill and up teh road");
    intptr_t printed = print_page("Down the hill and up teh road");

    assert(shown == 2 && printed == 1);     /* bug: wrong-result(checker) */
    return 0;
}
