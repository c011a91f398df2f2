/*
 * semaphore_on_stack: a caller waits on a semaphore of its own frame for the answer of a worker
 *
 * Story: a web shop asks a worker thread for prices. Each question lives in the frame of the call
 *        that asks it, with a semaphore for the answer. The worker keeps a tally of the pieces.
 * Wrong: the tally is off: it has counted the pieces of the next question, or what else lies there.
 * Why: the post ends the caller's wait, and with it the question. The worker reads the question
 *      once more after the post: a data race with whatever takes that frame's place.
 * Fix: the worker posts when it is done with the question. A semaphore may be destroyed as soon as
 *      the wait for it has returned, so the memory is the caller's own again.
 * Roadmap: threads, Semaphore, Queue, pool, futures, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-825 Expired Pointer Dereference
 * CERT: CON34-C; CON43-C; POS49-C
 * Rate: the tally is wrong where the next call fills its question in before the worker reads the
 *       old one. The caller has nothing else to do between two calls.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

#define QUESTIONS 4

struct question {
    long pieces;                            /* 0: the shop closes */
    long price;
    sem_t answered;
};

static pthread_mutex_t desk = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static struct question *asked;              /* guarded by desk; NULL: none */

static void answer(struct question *question)
{
    sem_post(&question->answered);          /* alarm: race(answered) by helgrind: it sees the post's
            own loads from the semaphore, and orders only what comes before the post */
}

static void *work(void *arg)
{
    long *tally = arg;

    for (;;) {
        pthread_mutex_lock(&desk);
        while (asked == NULL)
            pthread_cond_wait(&arrived, &desk);
        struct question *question = asked;
        asked = NULL;
        pthread_mutex_unlock(&desk);
        if (question->pieces == 0) {
            answer(question);
            return NULL;
        }
        question->price = 5 * question->pieces;
        *tally += question->pieces;         /* bug: race(pieces); drd blind: it leaves the stacks of
                threads out unless told to check them */
        answer(question);
    }
}

static long ask(long pieces)
{
    struct question question = {.pieces = pieces};  /* alarm: race(answered) */ /* bug:
            race(pieces) */

    sem_init(&question.answered, 0, 0);     /* alarm: race(answered) */
    pthread_mutex_lock(&desk);
    asked = &question;
    pthread_cond_signal(&arrived);
    pthread_mutex_unlock(&desk);
    sem_wait(&question.answered);
    sem_destroy(&question.answered);
    return question.price;
}

int main(void)
{
    pthread_t worker;
    long tally = 0, paid = 0;

    pthread_create(&worker, NULL, work, &tally);
    for (long q = 1; q <= QUESTIONS; q++)
        paid += ask(q);
    ask(0);
    pthread_join(worker, NULL);             /* alarm: race(answered) */
    assert(paid == 50 && tally == 10);      /* bug: wrong-result(tally); watchdog rate: the worker
            may read the old question before the next one lies there */
    return 0;
}
