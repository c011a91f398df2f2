#include "present/style.h"

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

/* The length of the valid, printable UTF-8 sequence at the start, or 0. C1 controls are refused. */
static size_t utf8_length(const unsigned char *text, size_t length)
{
    unsigned char lead = text[0];
    if (lead < 0x80)
        return (lead >= 0x20 && lead != 0x7f) || lead == '\n' || lead == '\t';
    size_t need = lead >= 0xc2 && lead <= 0xdf   ? 2
                  : (lead & 0xf0) == 0xe0        ? 3
                  : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                 : 0;
    if (need == 0 || need > length)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (lead == 0xe0 && text[1] < 0xa0) || (lead == 0xf0 && text[1] < 0x90);
    bool surrogate = lead == 0xed && text[1] >= 0xa0;
    bool too_large = lead == 0xf4 && text[1] >= 0x90;
    bool control = lead == 0xc2 && text[1] < 0xa0;
    return overlong || surrogate || too_large || control ? 0 : need;
}

void print_inert(FILE *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        size_t whole = utf8_length(bytes + i, length - i);
        if (whole > 0) {
            fwrite(bytes + i, 1, whole, out);
            i += whole;
        } else {
            fprintf(out, "\\x%02x", bytes[i]);
            i++;
        }
    }
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
