/*
 * self_deadlock: a thread locks a mutex that it holds already
 *
 * Story: a settings store tells a listener of each change while it holds its lock, so that
 * listeners see the changes in order. This listener reads a second setting through the store's
 * public call.
 * Wrong: the first move of the brightness slider freezes the application.
 * Why: settings_get locks the mutex that settings_set, further up on the same stack, holds. A
 * normal mutex does not ask who holds it: the thread waits for itself.
 * Fix: a recursive mutex, which its owner may lock again and must unlock as often. (The other cure
 * is an inner settings_get that expects the lock held; a listener outside the module cannot call
 * it.)
 * Roadmap: RLock, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-764 Multiple Locks of a Critical Resource
 * CERT: POS04-C
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum setting { BRIGHTNESS, BATTERY, SETTINGS };

static pthread_mutex_t lock; /* guards what follows but for the listener */
static int value[SETTINGS] = {[BRIGHTNESS] = 40, [BATTERY] = 15};
static int warnings;
static void (*listener)(enum setting changed); /* set before the first thread starts */

static int settings_get(enum setting which)
{
    pthread_mutex_lock(&lock); /* bug: hang(lock) */ /* bug: misuse(lock)
                         ; tsan, tsan-gcc blind: it takes a lock by the owner for a recursive one */
    int found = value[which];
    pthread_mutex_unlock(&lock);
    return found;
}

static void settings_set(enum setting which, int to)
{
    pthread_mutex_lock(&lock);
    value[which] = to;
    listener(which);
    pthread_mutex_unlock(&lock);
}

static void warn_of_low_battery(enum setting changed)
{
    if (changed == BRIGHTNESS && settings_get(BATTERY) < 20)
        warnings++;
}

static void *slider(void *arg)
{
    (void)arg;
    settings_set(BRIGHTNESS, 90);
    return NULL;
}

int main(void)
{
    pthread_mutexattr_t kind;
    pthread_t thread;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_NORMAL);
    pthread_mutex_init(&lock, &kind);
    pthread_mutexattr_destroy(&kind);

    listener = warn_of_low_battery;
    pthread_create(&thread, NULL, slider, NULL);
    pthread_join(thread, NULL); /* bug: hang(lock) */

    assert(value[BRIGHTNESS] == 90 && warnings == 1);
    return 0;
}
