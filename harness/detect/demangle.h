/* The names of C++. */
#ifndef RACELAB_DETECT_DEMANGLE_H
#define RACELAB_DETECT_DEMANGLE_H

/* The name as the source has it, by libstdc++ ("_ZN4bank5totalE" is "bank::total"), or a copy of it where
 * it is none of C++'s. From malloc. May be called from several threads at once. */
char *demangled(const char *symbol);

#endif
