#include "corpus/complaint.h"

#include "model/memory.h"

#include <stdlib.h>

void complaints_add(struct complaints *complaints, const char *file, int line, const char *format,
                    ...)
{
    struct complaint *complaint =
        xappend((void **)&complaints->items, &complaints->count, sizeof(*complaints->items));
    complaint->file = xstrdup(file);
    complaint->line = line;
    va_list args;
    va_start(args, format);
    complaint->text = xvasprintf(format, args);
    va_end(args);
}

void complaint_print(FILE *out, const struct complaint *complaint)
{
    if (complaint->line > 0)
        fprintf(out, "%s:%d: error: %s\n", complaint->file, complaint->line, complaint->text);
    else
        fprintf(out, "%s: error: %s\n", complaint->file, complaint->text);
}

void complaints_release(struct complaints *complaints)
{
    for (size_t i = 0; i < complaints->count; i++) {
        free(complaints->items[i].file);
        free(complaints->items[i].text);
    }
    free(complaints->items);
    *complaints = (struct complaints){0};
}
