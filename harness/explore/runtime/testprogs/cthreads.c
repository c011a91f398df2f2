/* C11's mutexes and conditions. */
#include "subject.h"

#include <threads.h>

static mtx_t mutex;
static cnd_t condition;

static void *answers_other(void *unused)
{
    TELL(mtx_trylock(&mutex));
    TELL(mtx_timedlock(&mutex, &past));
    return unused;
}

static int answers(void)
{
    TELL(mtx_init(&mutex, 64));
    static const int types[] = {mtx_plain, mtx_timed, mtx_plain | mtx_recursive,
                                mtx_timed | mtx_recursive};
    for (int i = 0; i < 4; i++) {
        TELL(mtx_init(&mutex, types[i]));
        TELL(mtx_lock(&mutex));
        in_other(answers_other, NULL);
        TELL(mtx_trylock(&mutex));
        if (types[i] & mtx_recursive) {
            TELL(mtx_timedlock(&mutex, &past));
            TELL(mtx_unlock(&mutex));
            TELL(mtx_unlock(&mutex));
        }
        TELL(mtx_unlock(&mutex));
        TELL(mtx_timedlock(&mutex, &past));
        TELL(cnd_init(&condition));
        TELL(cnd_signal(&condition));
        TELL(cnd_broadcast(&condition));
        TELL(cnd_timedwait(&condition, &mutex, &past));
        TELL(cnd_timedwait(&condition, &mutex, &invalid));
        cnd_destroy(&condition);
        TELL(mtx_unlock(&mutex));
        mtx_destroy(&mutex);
    }
    return 0;
}

static int items;

static void *takes(void *unused)
{
    CHECK(mtx_lock(&mutex) == thrd_success);
    while (items == 0)
        CHECK(cnd_wait(&condition, &mutex) == thrd_success);
    items--;
    CHECK(mtx_unlock(&mutex) == thrd_success);
    return unused;
}

static int hands_on(void)
{
    pthread_t threads[2];
    CHECK(mtx_init(&mutex, mtx_plain) == thrd_success && cnd_init(&condition) == thrd_success);
    for (int i = 0; i < 2; i++)
        threads[i] = make(takes, NULL);
    CHECK(mtx_lock(&mutex) == thrd_success);
    items = 2;
    CHECK(cnd_broadcast(&condition) == thrd_success);
    CHECK(mtx_unlock(&mutex) == thrd_success);
    for (int i = 0; i < 2; i++)
        join(threads[i]);
    CHECK(items == 0);
    cnd_destroy(&condition);
    mtx_destroy(&mutex);
    return 0;
}

static int relocks(void)
{
    CHECK(mtx_init(&mutex, mtx_plain) == thrd_success);
    CHECK(mtx_lock(&mutex) == thrd_success);
    return mtx_lock(&mutex);
}

static void *lost_wait(void *unused)
{
    CHECK(mtx_lock(&mutex) == thrd_success);
    CHECK(cnd_wait(&condition, &mutex) == thrd_success);
    CHECK(mtx_unlock(&mutex) == thrd_success);
    return unused;
}

static int lost(void)
{
    CHECK(mtx_init(&mutex, mtx_plain) == thrd_success && cnd_init(&condition) == thrd_success);
    pthread_t thread = make(lost_wait, NULL);
    CHECK(cnd_signal(&condition) == thrd_success);
    join(thread);
    return 0;
}

static int result;

static void *timed_wait(void *unused)
{
    CHECK(mtx_timedlock(&mutex, &far) == thrd_success);
    result = cnd_timedwait(&condition, &mutex, &far);
    CHECK(mtx_unlock(&mutex) == thrd_success);
    return unused;
}

static int timed(void)
{
    CHECK(mtx_init(&mutex, mtx_timed) == thrd_success && cnd_init(&condition) == thrd_success);
    pthread_t thread = make(timed_wait, NULL);
    CHECK(cnd_signal(&condition) == thrd_success);
    join(thread);
    CHECK(result == thrd_success || result == thrd_timedout);
    return result == thrd_timedout;
}

static int locked_destroyed(void)
{
    CHECK(mtx_init(&mutex, mtx_plain) == thrd_success);
    mtx_destroy(&mutex);
    return mtx_lock(&mutex);
}

static int signalled_destroyed(void)
{
    CHECK(cnd_init(&condition) == thrd_success);
    cnd_destroy(&condition);
    return cnd_signal(&condition);
}

MODES({"answers", answers}, {"hands-on", hands_on}, {"relocks", relocks}, {"lost", lost},
      {"timed", timed}, {"locked-destroyed", locked_destroyed},
      {"signalled-destroyed", signalled_destroyed})
