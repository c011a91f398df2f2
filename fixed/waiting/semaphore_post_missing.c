/*
 * semaphore_post_missing: an error path keeps its semaphore permit
 *
 * Story: two crawlers check the links of a site and share its two connections, counted by a
 * semaphore.
 * Wrong: a site with a few dead links is never finished; the crawlers wait for a free connection
 * while no connection is open.
 * Why: the return for a page that does not exist leaves out the post. Each dead link takes one
 * permit out of circulation; after two of them every crawler waits for a post that nobody owes.
 * Fix: the permit goes back on every way out.
 * Roadmap: Semaphore
 * CWE: CWE-772 Missing Release of Resource after Effective Lifetime
 * CERT: MEM12-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { CONNECTIONS = 2, CRAWLERS = 2, LINKS = 3 };

struct crawler {
    pthread_t thread;
    const char *links[LINKS];
    int alive;
    int dead;
};

static sem_t connections;

static bool fetch(const char *link)
{
    sem_wait(&connections); /* bug: hang(connections) */
    if (strcmp(link, "404") == 0) {
        sem_post(&connections);
        return false;
    }
    sem_post(&connections);
    return true;
}

static void *crawl(void *arg)
{
    struct crawler *crawler = arg;

    for (int i = 0; i < LINKS; i++) {
        if (fetch(crawler->links[i]))
            crawler->alive++;
        else
            crawler->dead++;
    }
    return NULL;
}

int main(void)
{
    struct crawler crawlers[CRAWLERS] = {
        {.links = {"404", "404", "prices"}},
        {.links = {"404", "404", "imprint"}},
    };

    sem_init(&connections, 0, CONNECTIONS);
    for (int i = 0; i < CRAWLERS; i++)
        pthread_create(&crawlers[i].thread, NULL, crawl, &crawlers[i]);
    for (int i = 0; i < CRAWLERS; i++)
        pthread_join(crawlers[i].thread, NULL); /* bug: hang(connections) */

    for (int i = 0; i < CRAWLERS; i++)
        assert(crawlers[i].alive == 1 && crawlers[i].dead == 2);
    return 0;
}
