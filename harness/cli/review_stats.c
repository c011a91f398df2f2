#include "cli/review_stats.h"

#include "present/review_stats.h"
#include "review/store.h"

#include <stdlib.h>
#include <string.h>

int review_stats(const struct lab *lab)
{
    struct corpus corpus = {0};
    struct store *store = NULL;
    struct records records = {0};
    char *message = NULL;
    int status = cli_load(lab, &corpus);
    if (status)
        goto out;
    if (store_open_history(&store, &message) || store_history(store, &records, &message)) {
        cli_error("%s", message);
        status = STATUS_FAILED;
        goto out;
    }
    if (records.torn)
        cli_error("%s", records.torn);
    struct style style = style_for(stdout);
    struct progress progress;
    progress_make(&corpus, records.items, records.count, &progress);
    review_stats_print(stdout, &style, &progress);
    progress_release(&progress);
out:
    free(message);
    records_release(&records);
    store_close(store);
    corpus_release(&corpus);
    return status;
}

int review_reset(void)
{
    struct store *store = NULL;
    char *message = NULL;
    char *told = NULL;
    int status = STATUS_KEPT;
    if (store_open(&store, &message) || store_reset(store, &told, &message)) {
        cli_error("%s", message);
        status = store && store_is_second(store) ? STATUS_FAILED : STATUS_OUTPUT;
    } else {
        print_inert(stdout, told, strlen(told));
        putchar('\n');
    }
    free(told);
    free(message);
    store_close(store);
    return status;
}
