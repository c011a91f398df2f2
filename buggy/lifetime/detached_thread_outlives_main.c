/*
 * detached_thread_outlives_main: main returns while a detached thread is still at work
 *
 * Story: an editor saves in a detached thread, so that one can type on. When the copy is written,
 *   the thread sends an event, and the event loop puts the copy in the place of the old file.
 * Wrong: who saves and quits at once finds the old file the next day.
 * Why: the loop ends at the first quit. main returns, and the process ends with every thread that
 *   is under way, wherever it is. Nobody can join a detached thread; its event comes too late.
 * Fix: the loop goes on until the quit has come and no save is under way.
 * Roadmap: threads, daemon, Queue
 * CWE: CWE-696 Incorrect Behavior Order
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum event { SAVE, SAVED, QUIT };

static pthread_mutex_t events_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t event_came = PTHREAD_COND_INITIALIZER;
static enum event events[8];                /* guarded by events_lock, as the counts are */
static size_t sent, taken;

static const char text[] = "Dear Sir or Madam";         /* on the screen */
static char copy[sizeof(text)];             /* the saver's own until it sends SAVED */
static char file[sizeof(text)] = "Dear Sir";            /* main's own */

static void send_event(enum event event)
{
    pthread_mutex_lock(&events_lock);
    events[sent++] = event;
    pthread_cond_signal(&event_came);
    pthread_mutex_unlock(&events_lock);
}

static enum event next_event(void)
{
    pthread_mutex_lock(&events_lock);
    while (taken == sent)
        pthread_cond_wait(&event_came, &events_lock);
    const enum event event = events[taken++];
    pthread_mutex_unlock(&events_lock);
    return event;
}

static void *save(void *arg)
{
    (void)arg;
    memcpy(copy, text, sizeof(text));
    send_event(SAVED);
    return NULL;
}

static void run_editor(void)
{
    bool quit = false, saving = false;
    pthread_t saver;

    while (!quit) {
        switch (next_event()) {
        case SAVE:
            if (!saving && pthread_create(&saver, NULL, save, NULL) == 0)
                saving = pthread_detach(saver) == 0;
            break;
        case SAVED:
            memcpy(file, copy, sizeof(file));
            saving = false;
            break;
        case QUIT:
            quit = true;
            break;
        }
    }
}

int main(void)
{
    send_event(SAVE);                       /* two keys, pressed faster than one can save */
    send_event(QUIT);
    run_editor();
    assert(strcmp(file, text) == 0);        /* bug: wrong-result(file) */
    return 0;
}
