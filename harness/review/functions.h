/* Where the bodies of the functions of a C source are. */
#ifndef RACELAB_REVIEW_FUNCTIONS_H
#define RACELAB_REVIEW_FUNCTIONS_H

#include "corpus/token.h"

struct function {
    char *name;
    int line;      /* of the opening brace */
    int last_line; /* of the closing brace */
};

struct functions {
    struct function *items; /* in source order */
    size_t count;
};

/* `functions` need not be initialised; release it with functions_release(). */
void functions_read(const struct tokens *tokens, struct functions *functions);
/* The name of the function whose body this line is in; NULL: in none. Borrowed. */
const char *functions_at(const struct functions *functions, int line);
void functions_release(struct functions *functions);

#endif
