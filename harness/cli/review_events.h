/*
 * What a review waits for: input, signals, and what happens on the same loop beside (cli/review_truth.h). One at a time in
 * a process. SIGINT, SIGTERM and SIGHUP end nothing by themselves from events_open() to events_close().
 */
#ifndef RACELAB_CLI_REVIEW_EVENTS_H
#define RACELAB_CLI_REVIEW_EVENTS_H

#include <stdbool.h>
#include <uv.h>

enum review_event {
    EVENT_SIGNAL,    /* see `signal` */
    EVENT_RESIZED,   /* the terminal */
    EVENT_CONTINUED, /* after a stop, by Ctrl-Z */
    EVENT_INPUT,     /* something can be read, or the end of all input */
    EVENT_CHANGED,   /* `changed` was set by somebody on the loop */
};
#define EVENT_COUNT 5

enum { EVENT_SIGNALS = 5 };

struct events {
    uv_loop_t loop;
    uv_poll_t input;
    uv_signal_t signals[EVENT_SIGNALS];
    bool polled; /* false: standard input is a file, which is always ready */
    bool pending[EVENT_COUNT];
    int signal; /* the number of the first that came; 0: none */
};

/* Returns 0 or a negative errno. */
int events_open(struct events *events);
/* Runs the loop until something happens. */
enum review_event events_wait(struct events *events);
/* The same, input apart: that is left alone. */
enum review_event events_wait_beside(struct events *events);
/* No longer looks at input and signals but to let them pass; the loop goes on for who is still at work on it. */
void events_mute(struct events *events);
void events_close(struct events *events);

#endif
