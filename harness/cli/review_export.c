#include "cli/review_export.h"

#include "cli/cli.h"
#include "model/folder.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of every commit: nothing that differs from day to day, so that the same rounds give the same repository. */
#define COMMIT_TIME 1767225600 /* 2026-01-01 */

static const char guide[] =
    "# Review\n"
    "\n"
    "Each branch `round-N` has one commit on top of `main`: a change to a program that is right, "
    "or a\n"
    "program that is new. Some leave all well, others bring in a bug of concurrency.\n"
    "\n"
    "    git diff main...round-1\n"
    "\n"
    "For each of them: accept or reject. Where you reject, name the lines that take part in the "
    "bug,\n"
    "say what kind of bug it is, and how you would mend it.\n"
    "\n"
    "The programs are built by `cc -pthread program.c`.\n";

/* What a commit is made of. */
struct tree {
    git_repository *repository;
    git_treebuilder *builder;
};

static int add_blob(struct tree *tree, const char *name, const char *text, size_t length)
{
    git_oid blob;
    int error = git_blob_create_from_buffer(&blob, tree->repository, text, length);
    return error ? error
                 : git_treebuilder_insert(NULL, tree->builder, name, &blob, GIT_FILEMODE_BLOB);
}

/* round-N/program.c */
static int add_program(struct tree *tree, size_t number, const struct shown *program)
{
    struct tree folder = {.repository = tree->repository};
    git_oid id;
    char *name = xasprintf("round-%zu", number);
    int error = git_treebuilder_new(&folder.builder, tree->repository, NULL);
    if (!error)
        error = add_blob(&folder, "program.c", program->text, program->length);
    if (!error)
        error = git_treebuilder_write(&id, folder.builder);
    if (!error)
        error = git_treebuilder_insert(NULL, tree->builder, name, &id, GIT_FILEMODE_TREE);
    git_treebuilder_free(folder.builder);
    free(name);
    return error;
}

/* Commits the tree on `parent` (NULL: none) as the branch of this name. */
static int commit(const struct tree *tree, const char *branch, const char *message,
                  const git_commit *parent, git_oid *made)
{
    git_oid id;
    git_tree *written = NULL;
    git_signature *signature = NULL;
    char *reference = xasprintf("refs/heads/%s", branch);
    const git_commit *parents[] = {parent};
    int error = git_treebuilder_write(&id, tree->builder);
    if (!error)
        error = git_tree_lookup(&written, tree->repository, &id);
    if (!error)
        error = git_signature_new(&signature, "racelab", "racelab@localhost", COMMIT_TIME, 0);
    if (!error)
        error = git_commit_create(made, tree->repository, reference, signature, signature, NULL,
                                  message, written, parent != NULL, parents);
    git_signature_free(signature);
    git_tree_free(written);
    free(reference);
    return error;
}

static int commit_main(git_repository *repository, const struct rounds *rounds, git_commit **made)
{
    struct tree tree = {.repository = repository};
    git_oid id;
    int error = git_treebuilder_new(&tree.builder, repository, NULL);
    if (!error)
        error = add_blob(&tree, "README.md", guide, strlen(guide));
    for (size_t i = 0; i < rounds->count && !error; i++) {
        if (rounds->items[i].what.form == REVIEW_DIFF)
            error = add_program(&tree, i + 1, &rounds->items[i].base);
    }
    if (!error)
        error = commit(&tree, "main", "The programs before the changes\n", NULL, &id);
    if (!error)
        error = git_commit_lookup(made, repository, &id);
    git_treebuilder_free(tree.builder);
    return error;
}

static int commit_round(git_repository *repository, const git_commit *base, size_t number,
                        const struct round *round)
{
    struct tree tree = {.repository = repository};
    git_tree *before = NULL;
    git_oid id;
    char *branch = xasprintf("round-%zu", number);
    char *message = xasprintf("Round %zu\n", number);
    int error = git_commit_tree(&before, base);
    if (!error)
        error = git_treebuilder_new(&tree.builder, repository, before);
    if (!error)
        error = add_program(&tree, number, &round->program);
    if (!error)
        error = commit(&tree, branch, message, base, &id);
    git_treebuilder_free(tree.builder);
    git_tree_free(before);
    free(branch);
    free(message);
    return error;
}

static int make(const struct rounds *rounds, const char *folder)
{
    git_repository *repository = NULL;
    git_commit *base = NULL;
    git_repository_init_options options;
    git_checkout_options checkout;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    git_checkout_options_init(&checkout, GIT_CHECKOUT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = "main";
    checkout.checkout_strategy = GIT_CHECKOUT_FORCE;
    int error = git_repository_init_ext(&repository, folder, &options);
    if (!error)
        error = commit_main(repository, rounds, &base);
    for (size_t i = 0; i < rounds->count && !error; i++)
        error = commit_round(repository, base, i + 1, &rounds->items[i]);
    if (!error)
        error = git_checkout_head(repository, &checkout);
    git_commit_free(base);
    git_repository_free(repository);
    return error;
}

/* 0: it may be made there; 1: there is something; or a negative errno. */
static int occupied(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return errno == ENOENT ? 0 : -errno;
    int found = 0;
    for (const struct dirent *entry; (entry = readdir(entries));)
        found = found || (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0);
    closedir(entries);
    return found;
}

int review_export(const struct rounds *rounds, const char *folder)
{
    struct stat facts;
    int there = occupied(folder);
    if (there < 0) {
        cli_error("%s: %s; name a new folder for --export", folder, strerror(-there));
        return STATUS_USAGE;
    }
    if (there > 0) {
        cli_error("%s: is not empty; name a new folder for --export", folder);
        return STATUS_USAGE;
    }
    bool made = stat(folder, &facts) != 0;
    git_libgit2_init();
    int error = make(rounds, folder);
    if (error) {
        const git_error *last = git_error_last();
        cli_error("%s: the repository could not be written: %s", folder,
                  last && last->message ? last->message
                                        : "for a reason that libgit2 does not tell");
        folder_clear(folder);
        if (made)
            rmdir(folder);
    }
    git_libgit2_shutdown();
    return error ? STATUS_OUTPUT : STATUS_KEPT;
}
