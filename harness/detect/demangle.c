#include "detect/demangle.h"

#include "model/memory.h"

#include <stddef.h>
#include <string.h>

/* Of libstdc++, which has no header for C (Itanium C++ ABI, 3.4). */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

char *demangled(const char *symbol)
{
    int status = 0;
    char *name = strncmp(symbol, "_Z", 2) == 0 ? __cxa_demangle(symbol, NULL, NULL, &status) : NULL;
    return name ? name : xstrdup(symbol);
}
