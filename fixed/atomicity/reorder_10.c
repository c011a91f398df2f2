/*
 * reorder_10: nine shops open a sale in two steps, and a customer sees one of them
 *
 * Story: At noon the tickets for a concert go on sale in nine shops. Each shop opens the sale for
 *   all when its own clock strikes: it is open then, and a buyer may have any number. A customer
 *   looks at both.
 * Wrong: now and then the sale is open and a buyer may have no ticket, or it is not and he may
 *   have any number.
 * Why: the two are each atomic, and mean something only together. From the first store to the one
 *   until the first store to the other, by whichever shop, they contradict each other. It is the
 *   program reorder of SCTBench (Thomson, Donaldson and Betts, PPoPP 2014), here with nine threads
 *   that set and one that checks.
 * Fix: both are in one atomic word: they are stored together and loaded together.
 * Roadmap: threads, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
 * Rate: The customer must look between the first steps of the two kinds, or shops must take them
 *   between his two looks. That is so in about a seventh of the interleavings, but in hardly any
 *   run, where short threads follow one another; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define SHOPS 9

struct sale {
    int on_sale;                            /* 0: not yet, 1: open */
    int limit;                              /* tickets for one buyer; -1: any number */
};

static _Atomic(struct sale) sale;

static void *open_sale(void *arg)
{
    (void)arg;
    atomic_store(&sale, ((struct sale){ 1, -1 }));
    return NULL;
}

static void *visit(void *arg)
{
    (void)arg;
    struct sale seen = atomic_load(&sale);
    int is_open = seen.on_sale;
    int tickets = seen.limit;

    assert((is_open == 0 && tickets == 0) || (is_open == 1 && tickets == -1)); /* bug:
        wrong-result(sale); watchdog rate: one of the loads must see the sale before it is
        opened and the other one after */
    return NULL;
}

int main(void)
{
    pthread_t shops[SHOPS], customer;

    for (int s = 0; s < SHOPS; s++)
        pthread_create(&shops[s], NULL, open_sale, NULL);
    pthread_create(&customer, NULL, visit, NULL);
    for (int s = 0; s < SHOPS; s++)
        pthread_join(shops[s], NULL);
    pthread_join(customer, NULL);
    return 0;
}
