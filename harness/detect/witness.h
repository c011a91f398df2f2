/*
 * The witness: a small object that is linked into every program of the corpus, beside its source.
 *
 * It leaves a file behind once the program makes a second thread or process, so that a "fixed"
 * program which simply dropped its concurrency is found out. It shares no memory between threads
 * and takes no lock: no detector may see it. (That Valgrind could read the program's debug info is
 * the business of witness_speak.h.)
 */
#ifndef RACELAB_DETECT_WITNESS_H
#define RACELAB_DETECT_WITNESS_H

/* The environment variable that names the file to leave. */
#define WITNESS_VARIABLE "RACELAB_WITNESS"

/* The function of witness_speak.h, whose frame Valgrind must show with file and line. */
#define WITNESS_SPEAKS "racelab_speak"

/* The file's path for a run with this report directory; from malloc. */
char *witness_path(const char *report_dir);

#endif
