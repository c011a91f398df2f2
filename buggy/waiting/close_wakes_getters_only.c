/*
 * close_wakes_getters_only: pipeline whose early stop does not reach the stages that wait for room
 *
 * Story: A studio publishes films through a pipeline: frames are read, scaled, encoded and sent to
 *   a server, with a bounded queue between one stage and the next. The last worker of a stage
 *   closes the queue behind it; a worker that fails closes them all, so that the run ends early.
 * Wrong: Runs that succeed end, and so do those that fail while there is room in the queues. A run
 *   that fails when the server has been slow for a while never ends, and never tells its error.
 * Why: Closing wakes the workers that wait for a frame. At the end of a film there are no others,
 *   since whoever puts into a queue has left before it is closed. In an early stop, however, there
 *   are workers that wait for room: they would see that the queue is closed, but nobody wakes them,
 *   and those who would have made room have left.
 * Fix: Closing a queue wakes those who wait for room in it as well.
 * Roadmap: threads, Queue, Condition, Semaphore, deadlocks, server
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: CON38-C
 * Size: large
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { FRAMES = 40, ROOM = 3, WORKERS = 2, STAGES = 4, QUEUES = STAGES - 1 };

struct frame {
    int number;
    unsigned long data;
};

struct queue {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    pthread_cond_t held_up; /* a producer has begun to wait for room */
    struct frame frame[ROOM];
    int head, count;
    int in_line; /* producers that wait for room */
    bool closed;
};

/* Played by main(): a frame is offered, and sent when the server grants it or is gone. */
struct server {
    sem_t offered, granted;
    bool gone; /* set before the grants that it concerns */
};

struct stage {
    struct pipeline *pipeline;
    int (*work)(struct stage *stage, struct frame *frame);
    struct queue *in, *out; /* NULL at the ends */
    const char *name;
    pthread_t thread[WORKERS];
    int running; /* guarded by the pipeline's lock */
};

struct pipeline {
    struct queue queue[QUEUES];
    struct stage stage[STAGES];
    struct server server;
    pthread_mutex_t lock; /* guards what follows */
    int next_frame;
    unsigned long sent; /* the sum of the data */
    int error;          /* the first one */
};

static void queue_init(struct queue *queue)
{
    *queue = (struct queue){.count = 0};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->not_empty, NULL);
    pthread_cond_init(&queue->not_full, NULL);
    pthread_cond_init(&queue->held_up, NULL);
}

static void queue_destroy(struct queue *queue)
{
    pthread_cond_destroy(&queue->held_up);
    pthread_cond_destroy(&queue->not_full);
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->lock);
}

/* Returns 0, or -EPIPE when the queue has been closed. */
static int queue_put(struct queue *queue, const struct frame *frame)
{
    int result = -EPIPE;

    pthread_mutex_lock(&queue->lock);
    while (queue->count == ROOM && !queue->closed) {
        queue->in_line++;
        pthread_cond_signal(&queue->held_up);
        pthread_cond_wait(&queue->not_full, &queue->lock); /* bug: hang(not_full) */
        queue->in_line--;
    }
    if (!queue->closed) {
        queue->frame[(queue->head + queue->count++) % ROOM] = *frame;
        pthread_cond_signal(&queue->not_empty);
        result = 0;
    }
    pthread_mutex_unlock(&queue->lock);
    return result;
}

/* Returns 0, or -EPIPE when the queue has been closed and is empty. */
static int queue_get(struct queue *queue, struct frame *frame)
{
    int result = -EPIPE;

    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    if (queue->count > 0) {
        *frame = queue->frame[queue->head];
        queue->head = (queue->head + 1) % ROOM;
        queue->count--;
        pthread_cond_signal(&queue->not_full);
        result = 0;
    }
    pthread_mutex_unlock(&queue->lock);
    return result;
}

/* No frame can be put any more; what is in the queue can still be taken. */
static void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->not_empty);
    pthread_mutex_unlock(&queue->lock);
}

/* Waits until the queue is full and as many producers wait for room. */
static void queue_await_held_up(struct queue *queue, int producers)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count < ROOM || queue->in_line < producers)
        pthread_cond_wait(&queue->held_up, &queue->lock);
    pthread_mutex_unlock(&queue->lock);
}

/* Returns -ENODATA at the end of the film. */
static int read_frame(struct stage *stage, struct frame *frame)
{
    struct pipeline *pipeline = stage->pipeline;

    pthread_mutex_lock(&pipeline->lock);
    frame->number = pipeline->next_frame < FRAMES ? pipeline->next_frame++ : FRAMES;
    pthread_mutex_unlock(&pipeline->lock);
    frame->data = (unsigned long)frame->number;
    return frame->number < FRAMES ? 0 : -ENODATA;
}

static int scale_frame(struct stage *stage, struct frame *frame)
{
    (void)stage;
    frame->data *= 4;
    return 0;
}

static int encode_frame(struct stage *stage, struct frame *frame)
{
    (void)stage;
    frame->data += 3;
    return 0;
}

static int send_frame(struct stage *stage, struct frame *frame)
{
    struct pipeline *pipeline = stage->pipeline;

    sem_post(&pipeline->server.offered);
    sem_wait(&pipeline->server.granted);
    if (pipeline->server.gone)
        return -ECONNRESET;
    pthread_mutex_lock(&pipeline->lock);
    pipeline->sent += frame->data;
    pthread_mutex_unlock(&pipeline->lock);
    return 0;
}

static void pipeline_fail(struct pipeline *pipeline, int error)
{
    pthread_mutex_lock(&pipeline->lock);
    if (pipeline->error == 0)
        pipeline->error = error;
    pthread_mutex_unlock(&pipeline->lock);
    for (int i = 0; i < QUEUES; i++)
        queue_close(&pipeline->queue[i]);
}

static void stage_leave(struct stage *stage)
{
    pthread_mutex_lock(&stage->pipeline->lock);
    bool last = --stage->running == 0;
    pthread_mutex_unlock(&stage->pipeline->lock);
    if (last && stage->out != NULL)
        queue_close(stage->out);
}

static void *stage_run(void *arg)
{
    struct stage *stage = arg;
    struct frame frame;
    int error = 0;

    pthread_setname_np(pthread_self(), stage->name);
    while (stage->in == NULL || queue_get(stage->in, &frame) == 0) {
        error = stage->work(stage, &frame);
        if (error < 0 || (stage->out != NULL && queue_put(stage->out, &frame) < 0))
            break;
    }
    if (error < 0 && error != -ENODATA)
        pipeline_fail(stage->pipeline, error);
    stage_leave(stage);
    return NULL;
}

static void pipeline_start(struct pipeline *pipeline)
{
    static const struct stage plan[STAGES] = {{.name = "read", .work = read_frame},
                                              {.name = "scale", .work = scale_frame},
                                              {.name = "encode", .work = encode_frame},
                                              {.name = "send", .work = send_frame}};

    *pipeline = (struct pipeline){.error = 0};
    pthread_mutex_init(&pipeline->lock, NULL);
    sem_init(&pipeline->server.offered, 0, 0);
    sem_init(&pipeline->server.granted, 0, 0);
    for (int i = 0; i < QUEUES; i++)
        queue_init(&pipeline->queue[i]);
    for (int i = 0; i < STAGES; i++) {
        struct stage *stage = &pipeline->stage[i];

        *stage = plan[i];
        stage->pipeline = pipeline;
        stage->in = i > 0 ? &pipeline->queue[i - 1] : NULL;
        stage->out = i < QUEUES ? &pipeline->queue[i] : NULL;
        stage->running = WORKERS;
        for (int j = 0; j < WORKERS; j++)
            pthread_create(&stage->thread[j], NULL, stage_run, stage);
    }
}

/* Returns when the server has no time, and every stage before it waits for room. */
static void pipeline_await_held_up(struct pipeline *pipeline)
{
    for (int i = 0; i < WORKERS; i++)
        sem_wait(&pipeline->server.offered);
    for (int i = QUEUES - 1; i >= 0; i--)
        queue_await_held_up(&pipeline->queue[i], WORKERS);
}

/* Returns 0, or the error that has ended the run early. */
static int pipeline_join(struct pipeline *pipeline)
{
    for (int i = 0; i < STAGES; i++)
        for (int j = 0; j < WORKERS; j++)
            pthread_join(pipeline->stage[i].thread[j], NULL); /* bug: hang(not_full) */
    for (int i = 0; i < QUEUES; i++)
        queue_destroy(&pipeline->queue[i]);
    sem_destroy(&pipeline->server.granted);
    sem_destroy(&pipeline->server.offered);
    pthread_mutex_destroy(&pipeline->lock);
    return pipeline->error;
}

static int publish(bool server_fails, unsigned long *sent)
{
    static struct pipeline pipeline;

    pipeline_start(&pipeline);
    if (server_fails) {
        pipeline_await_held_up(&pipeline);
        pipeline.server.gone = true;
    }
    for (int i = 0; i < FRAMES; i++)
        sem_post(&pipeline.server.granted);
    int error = pipeline_join(&pipeline);
    *sent = pipeline.sent;
    return error;
}

int main(void)
{
    unsigned long sent, expected = 0;
    int error;

    for (unsigned long number = 0; number < FRAMES; number++)
        expected += 4 * number + 3;
    error = publish(false, &sent);
    assert(error == 0 && sent == expected);

    error = publish(true, &sent);
    assert(error == -ECONNRESET && sent == 0);
    return 0;
}
