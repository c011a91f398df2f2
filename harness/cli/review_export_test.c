#include "cli/review_export.h"

#include "cli/cli.h"
#include "model/folder.h"
#include "model/memory.h"
#include "present/review_key.h"
#include "review/draw.h"

#include <git2.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROUNDS = 12 };

static struct corpus corpus;
static struct rounds rounds;
static char folder[] = "/tmp/racelab-export-XXXXXX";

static int setup(void **state)
{
    (void)state;
    git_libgit2_init();
    assert_int_equal(corpus_load(RACELAB_ROOT, detector_names(), &corpus), 0);
    const struct pair **pairs = xcalloc(corpus.count, sizeof(const struct pair *));
    for (size_t i = 0; i < corpus.count; i++)
        pairs[i] = &corpus.pairs[i];
    const struct draw_options options = {
        .pairs = pairs, .pair_count = corpus.count, .seed = 7, .rounds = ROUNDS};
    draw_rounds(&corpus, &options, &rounds);
    free(pairs);
    assert_int_equal(rounds.count, ROUNDS);
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    rounds_release(&rounds);
    corpus_release(&corpus);
    git_libgit2_shutdown();
    return 0;
}

static char *inside(const char *name)
{
    return xasprintf("%s/%s", folder, name);
}

/* The commit of a branch. The caller frees it. */
static git_commit *head_of(git_repository *repository, const char *branch)
{
    git_oid id;
    git_commit *commit = NULL;
    char *name = xasprintf("refs/heads/%s", branch);
    assert_int_equal(git_reference_name_to_id(&id, repository, name), 0);
    assert_int_equal(git_commit_lookup(&commit, repository, &id), 0);
    free(name);
    return commit;
}

/* A file as the commit has it; NULL: it has none. The caller frees it. */
static char *file_of(git_repository *repository, const git_commit *commit, const char *path)
{
    git_tree *tree = NULL;
    git_tree_entry *entry = NULL;
    git_blob *blob = NULL;
    assert_int_equal(git_commit_tree(&tree, commit), 0);
    char *text = NULL;
    if (git_tree_entry_bypath(&entry, tree, path) == 0) {
        assert_int_equal(git_blob_lookup(&blob, repository, git_tree_entry_id(entry)), 0);
        text = xstrndup(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    }
    git_blob_free(blob);
    git_tree_entry_free(entry);
    git_tree_free(tree);
    return text;
}

static void each_round_is_one_commit_on_main(void **state)
{
    (void)state;
    char *path = inside("session");
    git_repository *repository = NULL;
    assert_int_equal(review_export(&rounds, path), STATUS_KEPT);
    assert_int_equal(git_repository_open(&repository, path), 0);
    git_commit *base = head_of(repository, "main");
    size_t forms[2] = {0};
    for (size_t i = 0; i < rounds.count; i++) {
        const struct round *round = &rounds.items[i];
        char *branch = xasprintf("round-%zu", i + 1);
        char *file = xasprintf("%s/program.c", branch);
        git_commit *head = head_of(repository, branch);
        assert_int_equal(git_commit_parentcount(head), 1);
        assert_true(git_oid_equal(git_commit_parent_id(head, 0), git_commit_id(base)));
        char *after = file_of(repository, head, file);
        char *before = file_of(repository, base, file);
        assert_string_equal(after, round->program.text);
        if (round->what.form == REVIEW_DIFF)
            assert_string_equal(before, round->base.text);
        else
            assert_null(before);
        forms[round->what.form]++;
        free(after);
        free(before);
        git_commit_free(head);
        free(file);
        free(branch);
    }
    assert_true(forms[REVIEW_PROGRAM] > 0);
    /* What is checked out is main. */
    char *guide = inside("session/README.md");
    assert_int_equal(access(guide, R_OK), 0);
    free(guide);
    git_commit_free(base);
    git_repository_free(repository);
    free(path);
}

static void the_same_rounds_give_the_same_commits(void **state)
{
    (void)state;
    static const char *const names[] = {"first", "second"};
    char ids[2][GIT_OID_HEXSZ + 1];
    for (size_t i = 0; i < 2; i++) {
        char *path = inside(names[i]);
        git_repository *repository = NULL;
        assert_int_equal(review_export(&rounds, path), STATUS_KEPT);
        assert_int_equal(git_repository_open(&repository, path), 0);
        git_commit *head = head_of(repository, "round-3");
        git_oid_tostr(ids[i], sizeof(ids[i]), git_commit_id(head));
        git_commit_free(head);
        git_repository_free(repository);
        free(path);
    }
    assert_string_equal(ids[0], ids[1]);
}

/* Nothing but the programs differs between rounds, so that nothing else can tell. */
static void a_commit_tells_its_number_alone(void **state)
{
    (void)state;
    char *path = inside("told");
    git_repository *repository = NULL;
    assert_int_equal(review_export(&rounds, path), STATUS_KEPT);
    assert_int_equal(git_repository_open(&repository, path), 0);
    for (size_t i = 0; i < rounds.count; i++) {
        char *branch = xasprintf("round-%zu", i + 1);
        char *message = xasprintf("Round %zu\n", i + 1);
        git_commit *head = head_of(repository, branch);
        assert_string_equal(git_commit_message(head), message);
        assert_int_equal(git_commit_time(head), 1767225600);
        assert_string_equal(git_commit_author(head)->name, "racelab");
        git_commit_free(head);
        free(message);
        free(branch);
    }
    git_repository_free(repository);
    free(path);
}

static void what_is_there_is_left_alone(void **state)
{
    (void)state;
    char *path = inside("mine");
    char *file = inside("mine/notes");
    assert_int_equal(mkdir(path, 0700), 0);
    FILE *notes = fopen(file, "w");
    assert_non_null(notes);
    fclose(notes);
    assert_int_equal(review_export(&rounds, path), STATUS_USAGE);
    assert_int_equal(access(file, F_OK), 0);
    char *git = inside("mine/.git");
    assert_int_not_equal(access(git, F_OK), 0);
    assert_int_equal(review_export(&rounds, file), STATUS_USAGE); /* no folder */
    free(git);
    free(file);
    free(path);
}

static void half_a_repository_is_removed(void **state)
{
    (void)state;
    char *path = inside("full");
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    /* As on a full disk: the first files are short enough, a program is not. */
    const struct rlimit tiny = {512, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    int status = review_export(&rounds, path);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, STATUS_OUTPUT);
    assert_int_not_equal(access(path, F_OK), 0);
    free(path);
}

static void the_key_tells_every_round(void **state)
{
    (void)state;
    const struct style style = {0};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    review_key_print(out, &style, &rounds);
    fclose(out);
    const char *at = text;
    for (size_t i = 0; i < rounds.count; i++) {
        const struct round *round = &rounds.items[i];
        const struct pair *source = round->what.change ? round->what.change : round->what.pair;
        char *head = xasprintf("round %zu: %s, %s/%s\n", i + 1,
                               round->what.polarity == BUGGY ? "reject" : "accept",
                               polarity_word(round->what.polarity), source->id);
        at = strstr(at, head);
        if (!at) {
            fail_msg("no `%s` in its place", head);
            break;
        }
        const char *end = strstr(at, "\nround ");
        for (size_t k = 0; k < round->option_count; k++) {
            char *option = xasprintf("\n    patch %c: %s", (char)('A' + k),
                                     round->options[k].right ? "right: " : "wrong, ");
            const char *told = strstr(at, option);
            assert_true(told && (!end || told < end));
            free(option);
        }
        const char *lines = strstr(at, "\n    lines: ");
        assert_int_equal(round->what.polarity == BUGGY, lines && (!end || lines < end));
        free(head);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_round_is_one_commit_on_main),
        cmocka_unit_test(the_same_rounds_give_the_same_commits),
        cmocka_unit_test(a_commit_tells_its_number_alone),
        cmocka_unit_test(what_is_there_is_left_alone),
        cmocka_unit_test(half_a_repository_is_removed),
        cmocka_unit_test(the_key_tells_every_round),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
