/*
 * What the recorder (a preload library, recorder.h) notes in a running program, and how it is read
 * from outside after the program has hung: who took which lock where, and who last signalled or
 * posted what. The kernel and the C library keep none of that.
 *
 * The notes lie in one private mapping of an anonymous file named RECORDING_NAME, which
 * /proc/PID/maps shows; a forked child has a copy of its own, with what its parent's threads held at
 * the fork. Each note keeps the registers and the top of the stack at the call, because the frames
 * are gone when somebody asks: they are unwound later, from that copy.
 */
#ifndef RACELAB_EXPLAIN_RECORDER_RECORDING_H
#define RACELAB_EXPLAIN_RECORDER_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RECORDING_NAME "racelab-recording"

enum { RECORDED_WORDS = 96 };

/* Where a call was made: enough to unwind it later. */
struct recorded_call {
    uint64_t pc; /* return address of the call into the C library's function; 0: not known */
    uint64_t sp; /* of the caller at the call: its value again once the call has returned */
    uint64_t bp;
    uint64_t words;                 /* how many words of the stack are set */
    uint64_t stack[RECORDED_WORDS]; /* from sp upwards */
};

enum recorded_kind { RECORDED_MUTEX, RECORDED_READ_LOCK, RECORDED_WRITE_LOCK };

/*
 * A lock that a thread took and nobody has given back since. Two threads may have a hold of one
 * mutex or write lock where the first one's lock vanished unseen (its memory was used anew): the
 * greater stamp is the later one, and the C library's own owner field has the last word.
 */
struct recorded_hold {
    uint64_t object;
    uint64_t stamp; /* when it was taken; see recorded_wakes */
    enum recorded_kind kind;
    struct recorded_call call; /* of the first acquisition that still holds */
};

/* The wake-ups sent to a condition or semaphore since it was last initialised or destroyed. */
struct recorded_wakes {
    uint64_t object;
    uint64_t count;      /* pthread_cond_signal, pthread_cond_broadcast or sem_post calls */
    uint64_t last_stamp; /* a count of all recorded events of the process: orders two of them */
    pid_t last_tid;      /* who sent the last; 0: not known, and then last.pc is 0, too */
    struct recorded_call last;
};

struct recorded_thread {
    pid_t tid;
    bool ended;     /* it does not run in this process any more */
    bool inherited; /* a thread of a process before the fork: it never ran in this one */
    pid_t inherits; /* the tid that this thread had when it forked this process, which has the
                         holds it took before; 0: it did not */
    struct recorded_hold *holds; /* in the order of their stamps */
    size_t hold_count;
    uint64_t waits_on;   /* condition or semaphore of its last wait, which may be over; 0: none */
    uint64_t wait_mutex; /* the mutex that this wait gives up. It stays among the holds, because the
                            wait has it again when it returns; 0: a semaphore's wait */
    uint64_t wait_stamp; /* when that wait began */
};

struct recording {
    struct recorded_thread *threads;
    size_t thread_count;
    struct recorded_wakes *wakes;
    size_t wake_count;
    bool incomplete; /* more threads, locks or objects than there is room for */
};

/*
 * Reads the recording of a live process, at any moment: every note is whole, but two notes may be of
 * slightly different moments. Returns 0; -ENODATA where it has none (not preloaded, a static
 * program); or a negative errno. Release with recording_release() after success.
 */
int recording_read(pid_t pid, struct recording *recording);
void recording_release(struct recording *recording);
/* The thread's notes or NULL. Of two with this tid, the one that has not ended. */
const struct recorded_thread *recording_thread(const struct recording *recording, pid_t tid);
/* The object's wake-ups or NULL. */
const struct recorded_wakes *recording_wakes(const struct recording *recording, uint64_t object);

#endif
