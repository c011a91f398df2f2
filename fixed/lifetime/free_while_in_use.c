/*
 * free_while_in_use: a call is freed while another thread waits for data to put into it
 *
 * Story: a telephone exchange. A receiver thread takes in what the far end of a line says; when the
 *   call is hung up, the exchange gives its memory back and tells the far end, which says good-bye.
 * Wrong: the good-bye is written over memory that may by then be another call's, and the bill shows
 *   a length that nobody has spoken.
 * Why: the receiver holds the call all the time it waits in read(), where no lock shows it. Nothing
 *   orders its next use of the call before free().
 * Fix: the far end is told, the receiver is joined, and then the call is freed.
 * Roadmap: threads, server, Pipe, races
 * CWE: CWE-416 Use After Free
 * CERT: MEM30-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct call {
    intptr_t received;                      /* bytes, by which the call is charged */
    int line;
    char speech[64];
};

static sem_t off_hook;

static void *receive(void *arg)
{
    struct call *call = arg;
    const int line = call->line;
    ssize_t got;

    sem_post(&off_hook);
    while ((got = read(line, call->speech, sizeof(call->speech))) > 0)      /* bug: misuse(call);
        helgrind, drd blind: they follow accesses, and to them free() is none */
        call->received += got;              /* bug: misuse(call) */
    return (void *)call->received;          /* bug: misuse(call) */
}

static void *far_end(void *arg)
{
    const int *line = arg;
    char told;

    if (read(*line, &told, 1) == 1 && write(*line, "good-bye", 8) == 8)
        close(*line);
    return NULL;
}

static void *ring_off(struct call *call, pthread_t receiver)
{
    const int line = call->line;
    void *charged = NULL;

    if (write(line, "h", 1) == 1)
        pthread_join(receiver, &charged);
    free(call);                             /* bug: misuse(call) */
    close(line);
    return charged;
}

int main(void)
{
    struct call *call = malloc(sizeof(*call));
    pthread_t receiver, caller;
    int ends[2];

    if (call == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
        return 1;
    *call = (struct call){ .line = ends[0] };
    sem_init(&off_hook, 0, 0);
    pthread_create(&caller, NULL, far_end, &ends[1]);
    pthread_create(&receiver, NULL, receive, call);
    sem_wait(&off_hook);
    const intptr_t charged = (intptr_t)ring_off(call, receiver);
    pthread_join(caller, NULL);
    assert(charged == 8);                   /* bug: wrong-result(call) */
    return 0;
}
