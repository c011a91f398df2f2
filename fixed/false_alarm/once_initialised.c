/*
 * once_initialised: a wave table that the first voice to sound builds for all
 *
 * Story: the voices of a synthesiser play from one wave table, too costly to build before there is
 *        need of it. Each voice asks for it, and the first one builds it, in two passes.
 * Wrong: a voice that plays while the next one starts crackles: it reads what the first pass left.
 * Why: pthread_once knows by its control alone whether the table was built. The control is a local
 *      variable, which POSIX does not allow: it is new in each call, so every voice builds the
 *      table again while others read it, a data race.
 * Fix: the control is static, one for all calls.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-543 Use of Singleton Pattern Without
 *      Synchronization in a Multithreaded Context
 * CERT: CON43-C; POS49-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define VOICES 3
#define WAVES 8

static long wave[WAVES];                    /* built once, then only read */
static atomic_int builds;

static void build(void)
{
    atomic_fetch_add(&builds, 1);
    for (int i = 0; i < WAVES; i++)
        wave[i] = i % 4 + 1;                /* bug: race(wave) */ /* alarm: race(wave) by helgrind:
                it does not follow pthread_once, whose order lies in loads and stores of libc */
    for (int i = 0; i < WAVES; i++)
        wave[i] *= 100;                     /* alarm: race(wave) */ /* bug: race(wave); drd blind:
                it leaves out every access that is made while pthread_once runs */
}

static const long *table(void)
{
    static pthread_once_t built = PTHREAD_ONCE_INIT;

    pthread_once(&built, build);
    return wave;
}

static void *play(void *arg)
{
    long *energy = arg;
    const long *from = table();

    for (int i = 0; i < WAVES; i++)
        *energy += from[i];                 /* bug: race(wave) */ /* alarm: race(wave) */
    return NULL;
}

int main(void)
{
    pthread_t voice[VOICES];
    static long energy[VOICES];

    for (int v = 0; v < VOICES; v++)
        pthread_create(&voice[v], NULL, play, &energy[v]);
    for (int v = 0; v < VOICES; v++)
        pthread_join(voice[v], NULL);
    assert(builds == 1);                    /* bug: wrong-result(builds) */
    for (int v = 0; v < VOICES; v++)
        assert(energy[v] == 2000);
    return 0;
}
