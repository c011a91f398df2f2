#include "detect/tsan_frame.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING "<null>" /* what the tool prints for a name that it does not have */

/* "(a.tsan+0x4cf139)" at the end is taken off the line; what is in it is returned. */
static struct span take_module(struct span *line)
{
    *line = span_until(*line, span_find(*line, " (BuildId: "));
    struct span module = {0};
    if (line->length == 0 || line->text[line->length - 1] != ')')
        return module;
    const char *open = memrchr(line->text, '(', line->length);
    if (!open || open == line->text)
        return module;
    module = span_from(*line, open + 1);
    module.length--;
    if (!span_find(module, "+0x"))
        return (struct span){0};
    line->length = (size_t)(open - 1 - line->text);
    return module;
}

/* FILE:LINE:COLUMN or FILE:LINE; a file's own name may hold colons. Returns the line, 0: there is none. */
static int take_line(struct span *place)
{
    int numbers[2] = {0, 0};
    int found = 0;
    while (found < 2) {
        const char *colon = memrchr(place->text, ':', place->length);
        size_t digits = colon ? place->length - (size_t)(colon + 1 - place->text) : 0;
        if (digits == 0 || digits > 9)
            break;
        int number = 0;
        for (size_t i = 1; number >= 0 && i <= digits; i++)
            number = colon[i] >= '0' && colon[i] <= '9' ? number * 10 + (colon[i] - '0') : -1;
        if (number < 0)
            break;
        numbers[found++] = number;
        place->length = (size_t)(colon - place->text);
    }
    return found > 0 ? numbers[found - 1] : 0;
}

/* Where the file begins: absolute, or else the last word. A function's name may hold blanks, too, and
 * even a path ("(lambda at /src/a.cc:3:5)"). */
static const char *find_file(struct span line)
{
    for (struct span before = line;;) {
        const char *blank = memrchr(before.text, ' ', before.length);
        if (!blank)
            break;
        if (blank + 1 < line.text + line.length && blank[1] == '/')
            return blank;
        before = span_until(before, blank);
    }
    return memrchr(line.text, ' ', line.length);
}

bool tsan_read_frame(struct span line, struct stack *stack, char **unnamed)
{
    const char *number_end = memchr(line.text, ' ', line.length);
    if (!number_end)
        return false;
    line = span_from(line, number_end + 1);
    struct span module = take_module(&line);
    struct frame *frame = stack_push(stack);
    if (module.length > 0)
        frame->module =
            xstrndup(module.text, (size_t)((const char *)memrchr(module.text, '+', module.length) -
                                           module.text));
    const char *blank = find_file(line);
    struct span function = span_until(line, blank);
    struct span place = blank ? span_from(line, blank + 1) : (struct span){0};
    if (function.length > 0 && !span_starts(function, NOTHING))
        frame->function = xstrndup(function.text, function.length);
    if (place.length > 0 && !span_starts(place, NOTHING)) {
        frame->line = take_line(&place);
        frame->file = xstrndup(place.text, place.length);
    }
    if (!frame->function && !frame->file && frame->module && !*unnamed && !frame_is_foreign(frame))
        *unnamed = xstrndup(module.text, module.length);
    return frame->file && frame->line > 0;
}
