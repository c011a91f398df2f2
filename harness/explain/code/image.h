/*
 * The code and debug info of one live process, or of the files of a program: unwinds stacks and tells what stands where.
 *
 * By elfutils libdw, on the process's own mappings; x86-64. Nothing is fetched over a network: debug info is taken from
 * the executable, the shared objects and /usr/lib/debug/.build-id.
 */
#ifndef RACELAB_EXPLAIN_CODE_IMAGE_H
#define RACELAB_EXPLAIN_CODE_IMAGE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "explain/code/snapshot.h"
#include "model/explanation.h"

/* One frame as it was unwound. */
struct frame_state {
    uint64_t pc;
    bool after_call; /* pc is a return address: its line is that of the byte before */
    uint64_t cfa;    /* canonical frame address: the caller's stack pointer; 0 unknown */
    uint64_t bp;     /* 0 unknown */
};

struct frame_states {
    struct frame_state *items; /* innermost first; free() them */
    size_t count;
    bool cut; /* there were more than are kept */
};

struct image {
    pid_t pid;
    Dwfl *dwfl;
    bool glibc;
    const struct snapshot *unwound; /* during image_unwind() */
    struct units *units;            /* this and the next: made when first asked for */
    struct variables *variables;
};

/* A file of code, and what is added to its addresses in the program. */
struct image_file {
    const char *path;
    uint64_t bias;
};

/*
 * The image of a program that is not running: of its files alone, which need not all be there. image_places(), image_unit()
 * and the variables work on it; it has no memory and no stacks. 0, or a negative errno where not even the first file can be
 * read. To be closed as the other.
 */
int image_open_files(const struct image_file *files, size_t count, struct image *image);

/* Returns 0, -ESRCH where the process has ended, or another negative errno; on failure nothing is
 * to be closed. libdw keeps the address of the image, which must stay where it is until then. */
int image_open(pid_t pid, struct image *image);
void image_close(struct image *image);

/* False where not even the innermost frame is known. */
bool image_unwind(struct image *image, const struct snapshot *snapshot,
                  struct frame_states *frames);

/*
 * The places of one frame: more than one where functions were inlined, innermost first. Calls `add`
 * for each; the place's strings are the callee's.
 */
void image_places(struct image *image, const struct frame_state *frame,
                  void (*add)(void *user, const struct place *place), void *user);

/* The compilation unit of an address, see units_find(). */
Dwarf_Die *image_unit(struct image *image, uint64_t address, Dwarf_Addr *bias);

/* False for the C library, the dynamic linker, sanitizer runtimes and Valgrind's own modules. */
bool image_own_module(const char *module);

#endif
