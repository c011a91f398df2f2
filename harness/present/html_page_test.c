#include "present/html_page.h"

#include "corpus/file.h"
#include "model/memory.h"
#include "present/html.h"
#include "present/html_fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void print_hostile(FILE *out, const void *text)
{
    html_print_text(out, text);
}

/* The page with this title, datum and plain part, from malloc. */
static char *page_with(const char *text)
{
    char path[] = "/tmp/racelab-page-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    json_t *data = json_pack("{s:o}", "text", html_source_json(text, strlen(text)));
    assert_int_equal(html_page_write(path, text, data, print_hostile, text), 0);
    char *page = NULL;
    size_t length = 0;
    assert_int_equal(file_read(path, &page, &length), 0);
    unlink(path);
    return page;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        found++;
    return found;
}

/* Between the data element's tags. */
static char *data_of(const char *page)
{
    static const char begin[] = "id=\"data\">";
    const char *from = strstr(page, begin);
    assert_non_null(from);
    from += strlen(begin);
    const char *to = strstr(from, "</script>");
    assert_non_null(to);
    return xstrndup(from, (size_t)(to - from));
}

static void nothing_in_the_data_can_end_its_element(void **state)
{
    (void)state;
    static const char text[] = MARKUP "<!--\xe2\x80\xa8\xe2\x80\xa9&amp; \xc3\xa9";
    char *plain = page_with("harmless");
    char *page = page_with(text);
    assert_int_equal(count(page, "<script"), count(plain, "<script"));
    assert_int_equal(count(page, "<img"), 0);
    assert_int_equal(count(page, "</noscript>"), 1);
    char *data = data_of(page);
    assert_null(strpbrk(data, "<>&"));
    for (const char *at = data; *at; at++)
        assert_true((unsigned char)*at < 0x80);
    json_t *read = json_loads(data, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(read, "text")), text);
    json_decref(read);
    free(data);
    free(page);
    free(plain);
}

static void broken_text_is_spelt_out(void **state)
{
    (void)state;
    char *page = page_with("a\xff\033z");
    char *data = data_of(page);
    assert_string_equal(data, "{\"text\":\"a\\\\xff\\\\x1bz\"}");
    assert_non_null(strstr(page, "<title>a\\xff\\x1bz</title>"));
    free(data);
    free(page);
}

static void long_reports_are_cut_between_characters(void **state)
{
    (void)state;
    char *raw = xcalloc(HTML_RAW_CAP + 8, 1);
    memset(raw, 'a', HTML_RAW_CAP);
    json_t *whole = html_raw_json(raw);
    assert_int_equal(json_string_length(whole), HTML_RAW_CAP);
    snprintf(raw + HTML_RAW_CAP - 1, 9, "%s", "\xe2\x82\xac tail");
    json_t *cut = html_raw_json(raw);
    const char *text = json_string_value(cut);
    assert_non_null(strstr(text, "a\n[8 more bytes are left out here]\n"));
    assert_null(strstr(text, "\\x"));
    json_t *none = html_raw_json(NULL);
    assert_true(json_is_null(none));
    json_decref(whole);
    json_decref(cut);
    json_decref(none);
    free(raw);
}

static void a_page_that_cannot_be_written_says_why(void **state)
{
    (void)state;
    struct run_fixture fixture;
    run_fixture_make(&fixture);
    assert_int_equal(html_write_run("/nonexistent/page.html", &fixture.matrix, NULL), -ENOENT);
    assert_int_equal(html_write_run("/dev/full", &fixture.matrix, NULL), -ENOSPC);
    run_fixture_release(&fixture);
}

/* The policy allows the page's own script and style by their digests, and nothing else. */
static void the_policy_names_digests(void **state)
{
    (void)state;
    char *page = page_with("harmless");
    assert_int_equal(count(page, "default-src 'none'; style-src 'sha256-"), 1);
    assert_int_equal(count(page, "script-src 'sha256-"), 1);
    assert_null(strstr(page, "unsafe"));
    assert_null(strstr(page, "innerHTML"));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_the_data_can_end_its_element),
        cmocka_unit_test(broken_text_is_spelt_out),
        cmocka_unit_test(long_reports_are_cut_between_characters),
        cmocka_unit_test(a_page_that_cannot_be_written_says_why),
        cmocka_unit_test(the_policy_names_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
