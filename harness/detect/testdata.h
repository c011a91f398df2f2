/* For the readers' tests: recorded reports of real tools, from detect/testdata. */
#ifndef RACELAB_DETECT_TESTDATA_H
#define RACELAB_DETECT_TESTDATA_H

#include <stddef.h>

/* The programs that were recorded stood in this folder. */
#define RECORDED_ROOT "/lab/"

/* Reads detect/testdata/NAME; ends the test where it is not there. Free the text. */
char *testdata_read(const char *name, size_t *length);

#endif
