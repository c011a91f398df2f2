/* The variables of a live process by its DWARF: which there are, and where they lie. */
#ifndef RACELAB_EXPLAIN_CODE_VARIABLES_H
#define RACELAB_EXPLAIN_CODE_VARIABLES_H

#include "explain/code/image.h"
#include "explain/code/types.h"

/* A global or static variable, those of functions included. */
struct variable {
    struct object object;
    uint64_t size;
    const char *name; /* owned by libdw */
};

struct variables {
    struct variable *items; /* ascending address */
    size_t count;
};

/* All variables with a fixed address in the program's own modules; made once for an image. */
const struct variables *variables_of(struct image *image);
/* The one that holds the address, or NULL. */
const struct variable *variables_at(struct image *image, uint64_t address);
const struct variable *variables_named(struct image *image, const char *name);
void variables_free(struct variables *variables);

/* Calls `visit` for every variable and parameter that a frame has in memory, the innermost scope
 * first, until it returns true; then returns true. */
typedef bool local_visit(void *user, const char *name, const struct object *object);
bool locals_visit(struct image *image, const struct frame_state *frame, local_visit *visit,
                  void *user);

#endif
