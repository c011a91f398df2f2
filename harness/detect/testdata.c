#include "detect/testdata.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *testdata_read(const char *name, size_t *length)
{
    char *path = xasprintf("%s/%s", TESTDATA, name);
    char *text = NULL;
    int error = file_read(path, &text, length);
    if (error)
        fail_msg("%s: %s", path, strerror(-error));
    free(path);
    return text;
}
