/* See own_memory.h. */
#ifdef RACELAB_TSAN
#include <stddef.h>

void *runtime_memcpy(void *to, const void *from, size_t size);
void *runtime_memmove(void *to, const void *from, size_t size);
void *runtime_memset(void *to, int byte, size_t size);

void *runtime_memcpy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *runtime_memmove(void *to, const void *from, size_t size)
{
    if ((char *)to < (const char *)from)
        return runtime_memcpy(to, from, size);
    for (size_t i = size; i-- > 0;)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *runtime_memset(void *to, int byte, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = (char)byte;
    return to;
}
#endif
