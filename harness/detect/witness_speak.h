/*
 * Included before every plain build of a program (-include): at start-up the program speaks to
 * Valgrind through a client request, and Valgrind's report of it, with this function's file and
 * line, proves that it could read the debug info of the program's own compilation unit. Outside
 * Valgrind, and where nobody asked (see witness.h), nothing happens.
 */
#ifndef RACELAB_DETECT_WITNESS_SPEAK_H
#define RACELAB_DETECT_WITNESS_SPEAK_H

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>

extern char *getenv(const char *name);

__attribute__((constructor)) static void racelab_speak(void)
{
    if (getenv("RACELAB_WITNESS"))
        VALGRIND_PRINTF_BACKTRACE("racelab");
}
#endif

#endif
