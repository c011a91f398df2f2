#include "present/json_value.h"

#include "present/save.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int dump(FILE *out, const void *json)
{
    errno = 0;
    bool failed = json_dumpf(json, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF;
    return failed ? -(errno ? errno : EIO) : 0;
}

int json_save(const char *path, json_t *json)
{
    int result = json ? save(path, dump, json) : -ENOMEM;
    json_decref(json);
    return result;
}

json_t *json_site(const struct site *site, const char *file)
{
    return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "file", json_text(file), "line", site->line,
                     "function", json_text(site->function), "thread", json_text(site->thread),
                     "act", json_text(site->act), "locks_held",
                     site->locks_held < 0 ? json_null() : json_integer(site->locks_held));
}

json_t *json_remarks(const struct cell_verdict *cell)
{
    json_t *remarks = json_array();
    for (size_t i = 0; i < cell->remark_count; i++)
        json_array_append_new(remarks, json_pack("{s:s, s:o}", "verdict",
                                                 verdict_word(cell->remarks[i].verdict), "text",
                                                 json_text(cell->remarks[i].text)));
    return remarks;
}
