/* A machine that is busy with something else, for the runs that must not mind. */
#ifndef RACELAB_CLI_LOAD_H
#define RACELAB_CLI_LOAD_H

struct load;

/* Starts `count` threads that burn processor time. NULL with errno set where one could not start. */
struct load *load_start(unsigned count);
/* Ends them and frees the load; NULL is allowed. */
void load_stop(struct load *load);
/* Keeps this process and all that it starts on the first of the processors that it may use. Returns
 * 0 or a negative errno. */
int load_use_one_processor(void);

#endif
