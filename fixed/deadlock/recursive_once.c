/*
 * recursive_once: an initialiser that needs what it initialises
 *
 * Story: a journal is opened by whoever writes the first line. Opening it reads its verbosity from
 * the settings, where somebody wrote a word instead of a number; that is worth a warning.
 * Wrong: with sound settings all is well. With this one the program stops before its first line.
 * Why: the warning goes to the journal, so it waits until the journal is open. pthread_once returns
 * to nobody before the initialiser is done, and the initialiser is further up on the same stack.
 * Every other thread that wants to write queues up behind it.
 * Fix: the initialiser enters its warning with the call that expects the journal open.
 * Roadmap: threads, deadlocks
 * CWE: CWE-833 Deadlock; CWE-1265 Unintended Reentrant Invocation of Non-reentrant Code Via Nested
 * Calls
 * CERT: none
 */
#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <stddef.h>

enum { WRITERS = 2, CAPACITY = 8 };

static const char verbosity_setting[] = "loud";

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static struct {
    pthread_mutex_t lock; /* guards all that follows */
    int verbosity;
    const char *line[CAPACITY];
    int lines;
} journal = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void journal_open(void);

static void journal_enter(const char *line)
{
    pthread_mutex_lock(&journal.lock);
    if (journal.lines < CAPACITY)
        journal.line[journal.lines++] = line;
    pthread_mutex_unlock(&journal.lock);
}

static void journal_write(const char *line)
{
    pthread_once(&opened, journal_open); /* bug: hang(opened) */
    journal_enter(line);
}

static void journal_open(void)
{
    int verbosity = verbosity_setting[0] - '0';

    if (!isdigit((unsigned char)verbosity_setting[0])) {
        verbosity = 1;
        journal_enter("verbosity is not a number, taking 1");
    }
    pthread_mutex_lock(&journal.lock);
    journal.verbosity = verbosity;
    pthread_mutex_unlock(&journal.lock);
}

static void *serve(void *arg)
{
    (void)arg;
    journal_write("serving");
    return NULL;
}

int main(void)
{
    pthread_t thread[WRITERS];

    for (int i = 0; i < WRITERS; i++)
        pthread_create(&thread[i], NULL, serve, NULL);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(thread[i], NULL); /* bug: hang(opened) */

    assert(journal.lines == 1 + WRITERS && journal.verbosity == 1);
    return 0;
}
