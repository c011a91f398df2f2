#include "cli/cli.h"
#include "present/style.h"

#include <string.h>

static const struct argp argp = {
    NULL, NULL, "[CASE|FAMILY]...", "Every pair with its family and title.", NULL, NULL, NULL};

int cli_list(const struct lab *lab, int argc, char **argv)
{
    int first = 0;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL);

    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_make(&corpus, argv + first, (size_t)(argc - first), &selection);
    int widest = 0;
    for (size_t i = 0; i < selection.count; i++) {
        int length = (int)strlen(selection.pairs[i]->id);
        widest = length > widest ? length : widest;
    }
    struct style style = style_for(stdout);
    for (size_t i = 0; i < selection.count; i++) {
        const struct pair *pair = selection.pairs[i];
        printf("%s%-*s%s  %s\n", style_bold(&style), widest, pair->id, style_end(&style),
               pair->lesson.title ? pair->lesson.title : "(no header)");
    }
    if (!status && selection_complain(&selection, &corpus) > 0)
        status = STATUS_CORPUS;
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
