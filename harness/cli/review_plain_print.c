/* What the line mode of a review shows (see review_plain.h). */
#include "cli/review_plain.h"

#include <stdio.h>

static void print_line(const struct page *page, const struct page_line *line)
{
    if (page->code && line->number > 0)
        printf("%4d %c %s\n", line->number, line->sign, line->text);
    else if (page->code && line->sign != ' ')
        printf("     %c %s\n", line->sign, line->text);
    else
        printf("%s\n", line->text);
}

static void print_page(struct page *page)
{
    for (size_t i = 0; i < page->count; i++)
        print_line(page, &page->lines[i]);
    page_release(page);
}

void plain_print_program(struct review *review)
{
    const struct round *round = session_round(&review->session);
    struct page page = {0};
    page_program(&page, &round->program, round->diff);
    print_page(&page);
}

void plain_print_change(const char *diff)
{
    struct page page = {0};
    page_diff(&page, diff);
    print_page(&page);
}

void plain_print_classes(void)
{
    for (enum defect d = 0; d < DEFECT_COUNT; d++) {
        if (review_class(d))
            printf("%d %s\n", (int)d + 1, review_class(d));
    }
}

void plain_print_option(const struct round *round, size_t option)
{
    printf("Patch %c:\n", (int)('A' + option));
    plain_print_change(round->options[option].diff);
}

static void print_truth(struct review *review)
{
    struct page page = {0};
    review_truth_page(review, &page);
    print_page(&page);
}

/* What there is to look at in this stage. */
void plain_print_stage(struct review *review)
{
    struct session *session = &review->session;
    const struct round *round = session_round(session);
    switch (session->stage) {
    case STAGE_VERDICT:
        if (round->what.form == REVIEW_DIFF)
            plain_print_change(round->diff);
        else
            plain_print_program(review);
        break;
    case STAGE_LINES:
        plain_print_program(review);
        break;
    case STAGE_CLASS:
        plain_print_classes();
        break;
    case STAGE_PATCH:
        for (size_t i = 0; i < round->option_count; i++)
            plain_print_option(round, i);
        break;
    case STAGE_TRUTH:
        print_truth(review);
        break;
    case STAGE_OVER:
        break;
    }
}
