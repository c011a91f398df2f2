#ifndef RACELAB_PRIMITIVES_REFUSE_H
#define RACELAB_PRIMITIVES_REFUSE_H

/*
 * For tests only: makes a call to the system fail. The test is linked with --wrap for each of
 * the calls below, so that those of the primitives, and of the test itself, pass through here.
 */

#include <stdbool.h>

enum call { CALLOC, MALLOC, PTHREAD_CREATE, FORK, EVENTFD };

/* Lets that many calls pass and refuses the next one. Any thread may make them. */
void refuse(enum call call, int after);

/* Whether the call that was to be refused has been made. */
bool was_refused(enum call call);

#endif
