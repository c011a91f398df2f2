/*
 * free_then_use.print_without_lock: the night's printing reads the book without the lock
 *
 * Why: Main prints after it has joined both desks, and the joins order all that they did with what
 * main reads then. There is no other thread left that `desk` could keep out of the book.
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
    free(book[page]);                       /* bug: misuse(book) */
    book[page] = NULL;
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

    for (int page = 0; page < CUSTOMERS; page++) {
        if (book[page] != NULL)
            copies += book[page]->copies;   /* bug: misuse(book); helgrind, drd blind: neither keeps
                the life of a heap block, and the free and the use are in order */
    }
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
    return 0;
}
