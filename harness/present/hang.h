/* The explanation of a hang, for a terminal or a pipe. */
#ifndef RACELAB_PRESENT_HANG_H
#define RACELAB_PRESENT_HANG_H

#include "model/explanation.h"
#include "present/style.h"

/* The sentences, one a paragraph. */
void hang_print_sentences(FILE *out, const struct style *style,
                          const struct explanation *explanation);

/* Every process and thread: what it waits for, the locks it holds, its stack. Frames of the C library
 * and of tools are left out where the program's own are known. */
void hang_print_threads(FILE *out, const struct style *style,
                        const struct explanation *explanation);

#endif
