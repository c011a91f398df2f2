/*
 * free_then_use.freed_in_the_morning: a cancelled subscription is freed after the printing
 *
 * Patch: hides
 * Why: Nothing is freed before the night's printing any more, so no detector finds a use after the
 * free, but the cancelled subscription still stands in `book` and its copy is printed. Later, once
 * `former` is freed, the book would again point to what is gone.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define CUSTOMERS 3

struct subscription {
    long copies;
    const char *street;
};

struct visit {
    int page;                               /* of the book */
    long copies;                            /* that are wanted from now on */
};

static pthread_mutex_t desk = PTHREAD_MUTEX_INITIALIZER;
static struct subscription *book[CUSTOMERS];            /* guarded by desk */

static struct subscription *former[CUSTOMERS];

static void subscribe(int page, const char *street)
{
    struct subscription *subscription = malloc(sizeof(*subscription));

    assert(subscription != NULL);
    *subscription = (struct subscription){ 1, street };
    pthread_mutex_lock(&desk);
    book[page] = subscription;
    pthread_mutex_unlock(&desk);
}

static void cancel(int page)
{
    former[page] = book[page];
}

static void *serve(void *arg)
{
    const struct visit *visit = arg;

    pthread_mutex_lock(&desk);
    if (visit->copies == 0)
        cancel(visit->page);
    else
        book[visit->page]->copies = visit->copies;
    pthread_mutex_unlock(&desk);
    return NULL;
}

static long print_edition(void)
{
    long copies = 0;

    pthread_mutex_lock(&desk);
    for (int page = 0; page < CUSTOMERS; page++) {
        if (book[page] != NULL)
            copies += book[page]->copies;
    }
    pthread_mutex_unlock(&desk);
    return copies;
}

int main(void)
{
    static struct visit visits[] = { { 1, 0 }, { 2, 3 } };
    pthread_t desks[2];

    subscribe(0, "4 Quay Street");
    subscribe(1, "9 Tower Hill");
    subscribe(2, "Cafe Orient, Station Road");
    for (int v = 0; v < 2; v++)
        pthread_create(&desks[v], NULL, serve, &visits[v]);
    for (int v = 0; v < 2; v++)
        pthread_join(desks[v], NULL);
    assert(print_edition() == 4);           /* bug: wrong-result(book) */
    for (int page = 0; page < CUSTOMERS; page++)
        free(former[page]);
    return 0;
}
