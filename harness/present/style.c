#include "present/style.h"

#include "model/memory.h"
#include "model/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct style style_for(FILE *out)
{
    struct style style = {0};
    struct winsize size;
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if (!isatty(fileno(out)))
        return style;
    style.colour = !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
    style.width = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    return style;
}

const char *style_verdict(const struct style *style, enum verdict verdict)
{
    static const char *const colours[VERDICT_COUNT] = {
        [VERDICT_KEPT] = "\033[32m",    [VERDICT_BLIND] = "\033[36m",
        [VERDICT_SKIPPED] = "\033[2m",  [VERDICT_NEWLY_SEEN] = "\033[35m",
        [VERDICT_MISSED] = "\033[31m",  [VERDICT_UNEXPECTED] = "\033[31m",
        [VERDICT_ERROR] = "\033[1;31m",
    };
    return style->colour ? colours[verdict] : "";
}

const char *style_bold(const struct style *style)
{
    return style->colour ? "\033[1m" : "";
}

const char *style_end(const struct style *style)
{
    return style->colour ? "\033[0m" : "";
}

/* Whether this sequence of three bytes reorders the text around it: LRM, RLM, U+202A to U+202E, U+2066
 * to U+2069. What such a text shows is not what it says (CVE-2021-42574). */
static bool reorders(const unsigned char *text)
{
    if (text[0] != 0xe2)
        return false;
    return (text[1] == 0x80 &&
            (text[2] == 0x8e || text[2] == 0x8f || (text[2] >= 0xaa && text[2] <= 0xae))) ||
           (text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9);
}

/* The length of the valid, printable UTF-8 sequence at the start, or 0. C1 controls and what reorders
 * text are refused. */
static size_t printable_length(const unsigned char *text, size_t length)
{
    size_t need = utf8_length((const char *)text, length);
    bool control = (text[0] < 0x20 && text[0] != '\n' && text[0] != '\t') || text[0] == 0x7f ||
                   (text[0] == 0xc2 && need == 2 && text[1] < 0xa0);
    return control || (need == 3 && reorders(text)) ? 0 : need;
}

void print_inert(FILE *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        size_t whole = printable_length(bytes + i, length - i);
        if (whole > 0) {
            fwrite(bytes + i, 1, whole, out);
            i += whole;
        } else {
            fprintf(out, "\\x%02x", bytes[i]);
            i++;
        }
    }
}

char *inert_line(const char *text)
{
    char *inert = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&inert, &length);
    if (!out)
        return xstrdup("");
    print_inert(out, text, strlen(text));
    if (fclose(out) != 0 || !inert) {
        free(inert);
        return xstrdup("");
    }
    for (char *at = inert; (at = strpbrk(at, "\n\t")); at++)
        *at = ' ';
    return inert;
}

void print_wrapped(FILE *out, const struct style *style, int indent, const char *text)
{
    int at = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (style->width > 0 && at > indent && at + 1 + (int)word > style->width) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', out);
            at++;
        }
        print_inert(out, text, word);
        at += (int)word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}
