/*
 * Included before every file of the runtime in a program built with ThreadSanitizer: the compiler makes calls of
 * these functions for assignments of its own accord, and ThreadSanitizer would take them for accesses by the
 * program.
 */
__asm__(".set memcpy, runtime_memcpy\n"
        ".set memmove, runtime_memmove\n"
        ".set memset, runtime_memset\n");
