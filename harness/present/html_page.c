#include "present/html_page.h"

#include "model/memory.h"
#include "present/json_value.h"
#include "present/save.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 20, FILES_MOST = 8 << 20 };

struct page {
    const char *title;
    const json_t *data;
    html_plain_fn *plain;
    const void *user;
};

void html_print_text(FILE *out, const char *text)
{
    char *inert = inert_line(text ? text : "");
    for (const char *at = inert; *at; at++) {
        if (strchr("<>&\"'", *at))
            fprintf(out, "&#%d;", *at);
        else
            fputc(*at, out);
    }
    free(inert);
}

json_t *html_source_json(const char *text, size_t length)
{
    json_t *whole = json_stringn(text, length);
    if (whole)
        return whole;
    char *until_nul = xstrndup(text, length);
    json_t *string = json_text(until_nul);
    free(until_nul);
    return string;
}

void html_add_source(json_t *texts, const char *path, struct sources *sources, const char *file,
                     size_t *bytes)
{
    size_t length = 0;
    if (json_object_get(texts, path))
        return;
    const char *text = sources_text(sources, file, &length);
    if (!text || length > FILE_MOST || *bytes + length > FILES_MOST)
        return;
    /* Fails where the path is no valid UTF-8: such a file is left out. */
    if (json_object_set_new(texts, path, html_source_json(text, length)) == 0)
        *bytes += length;
}

void html_cut_reports(json_t *list)
{
    size_t i = 0;
    json_t *told = NULL;
    json_array_foreach(list, i, told)
    {
        json_object_set_new(told, "raw",
                            html_raw_json(json_string_value(json_object_get(told, "raw"))));
    }
}

json_t *html_raw_json(const char *raw)
{
    size_t length = raw ? strlen(raw) : 0;
    if (length <= HTML_RAW_CAP)
        return json_text(raw);
    size_t kept = HTML_RAW_CAP;
    while (kept > 0 && ((unsigned char)raw[kept] & 0xc0) == 0x80)
        kept--; /* not within a character */
    char *cut =
        xasprintf("%.*s\n[%zu more bytes are left out here]\n", (int)kept, raw, length - kept);
    json_t *string = json_text(cut);
    free(cut);
    return string;
}

/* For json_dump_callback(). In JSON these characters stand in strings alone, and without them
 * nothing in a <script> element can end it or begin a comment. */
static int print_json(const char *buffer, size_t size, void *out)
{
    for (size_t i = 0; i < size; i++) {
        bool steers = buffer[i] == '<' || buffer[i] == '>' || buffer[i] == '&';
        int got = steers ? fprintf(out, "\\u%04x", buffer[i]) : fputc(buffer[i], out);
        if (got < 0)
            return -1;
    }
    return 0;
}

/* Writes the template up to the mark and returns what follows it. */
static const char *print_until(FILE *out, const char *from, const char *mark)
{
    const char *at = strstr(from, mark);
    fwrite(from, 1, (size_t)(at - from), out);
    return at + strlen(mark);
}

static int print_page(FILE *out, const void *user)
{
    const struct page *page = user;
    const char *rest = print_until(out, html_template, "@TITLE@");
    html_print_text(out, page->title);
    rest = print_until(out, rest, "@PLAIN@");
    page->plain(out, page->user);
    rest = print_until(out, rest, "@DATA@");
    /* ASCII alone, so that U+2028 and U+2029 are escapes, too. */
    if (json_dump_callback(page->data, print_json, out, JSON_COMPACT | JSON_ENSURE_ASCII) != 0)
        return -(errno ? errno : EIO);
    fputs(rest, out);
    return 0;
}

int html_page_write(const char *path, const char *title, json_t *data, html_plain_fn *plain,
                    const void *user)
{
    struct page page = {.title = title, .data = data, .plain = plain, .user = user};
    int result = data ? save(path, print_page, &page) : -ENOMEM;
    json_decref(data);
    return result;
}
