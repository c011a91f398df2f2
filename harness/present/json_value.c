#include "present/json_value.h"

#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tools and programs may say anything; JSON holds valid UTF-8 alone. */
json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    if (string)
        return string;
    char *inert = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&inert, &length);
    if (out) {
        print_inert(out, text, strlen(text));
        fclose(out);
    }
    string = json_string(inert ? inert : "");
    free(inert);
    return string;
}

/* Writes and says whether every byte has arrived: a full disk may show only on closing. */
static int dump(json_t *json, FILE *out)
{
    errno = 0;
    bool failed = json_dumpf(json, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF;
    failed = fflush(out) != 0 || failed;
    return failed ? -(errno ? errno : EIO) : 0;
}

int json_save(const char *path, json_t *json)
{
    int result = json ? 0 : -ENOMEM;
    char *beside = NULL;
    FILE *out = NULL;
    struct stat status;
    if (result)
        goto out;
    if (strcmp(path, "-") == 0) {
        result = dump(json, stdout);
        goto out;
    }
    /* A device or a pipe is written to as it stands. */
    bool regular = stat(path, &status) != 0 || S_ISREG(status.st_mode);
    beside = regular ? xasprintf("%s.%ld.tmp", path, (long)getpid()) : xstrdup(path);
    out = fopen(beside, "we");
    if (!out) {
        result = -errno;
        goto out;
    }
    result = dump(json, out);
    if (fclose(out) != 0 && !result)
        result = -errno;
    if (!result && regular && rename(beside, path) != 0)
        result = -errno;
    if (result && regular)
        unlink(beside);
out:
    free(beside);
    json_decref(json);
    return result;
}
