/*
 * atexit_vs_worker: an exit handler wipes a key that a worker still signs with
 *
 * Story: An electricity meter signs its readings in a thread of its own. The key is wiped by an
 *   exit handler, and another one sends what is left and waits for the thread.
 * Wrong: The day's last reading is signed with a key of zero, and the grid operator refuses it.
 * Why: Exit handlers run in reverse order of registration. The thread had to be ready before the
 *   key came, so its handler runs second, and the key is wiped while the thread signs.
 *   exit() orders nothing against threads that still run.
 * Fix: main finishes the readings itself before it returns; the handler then finds nothing to do.
 * Roadmap: threads, daemon, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-696 Incorrect Behavior Order
 * CERT: CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { NOON, MIDNIGHT, READINGS };

#define KEY 0x5bd1e995u

static uint32_t key;
static const uint32_t reading[READINGS] = { 48213, 48377 };
static uint32_t signature[READINGS];            /* the signer's until it is joined */
static sem_t midnight;
static pthread_t signer;
static bool signing = true;                     /* main's own */

static uint32_t sign(uint32_t kwh, uint32_t with)
{
    return (kwh ^ with) * 16777619u;
}

static void *sign_readings(void *arg)
{
    (void)arg;
    signature[NOON] = sign(reading[NOON], key);             /* bug: race(key) */
    sem_wait(&midnight);
    signature[MIDNIGHT] = sign(reading[MIDNIGHT], key);     /* bug: race(key) */
    return NULL;
}

static void finish_readings(void)
{
    if (!signing)
        return;
    signing = false;
    sem_post(&midnight);
    pthread_join(signer, NULL);
}

static void wipe_key(void)
{
    key = 0;                                                /* bug: race(key) */
}

static void check_signatures(void)
{
    for (int r = 0; r < READINGS; r++)
        assert(signature[r] == sign(reading[r], KEY));      /* bug: wrong-result(signature) */
}

int main(void)
{
    sem_init(&midnight, 0, 0);
    atexit(check_signatures);
    atexit(finish_readings);
    key = KEY;
    atexit(wipe_key);

    pthread_create(&signer, NULL, sign_readings, NULL);
    finish_readings();
    return 0;
}
