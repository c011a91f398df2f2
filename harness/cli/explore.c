#include "cli/explore.h"

#include "cli/report_dir.h"
#include "detect/elf.h"
#include "explore/schedule_file.h"
#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_progress(const struct session_progress *progress, void *user)
{
    const struct explored *explored = user;
    fprintf(stderr, "\r%zu", progress->schedules);
    if (explored->spec.schedules)
        fprintf(stderr, " of %zu", explored->spec.schedules);
    fprintf(stderr, " schedules, %zu failed", progress->failed);
    if (progress->races > 0)
        fprintf(stderr, ", %zu with a suspected race", progress->races);
    fprintf(stderr, " (%s)\033[K", progress->strategy);
    fflush(stderr);
}

static void set_spec(struct explored *explored)
{
    const struct exploring *exploring = explored->exploring;
    const struct subject *subject = explored->subject;
    bool tsan = subject->program[FLAVOUR_EXPLORE_TSAN] != NULL;
    explored->spec = (struct session_spec){
        .server =
            {
                .keeper = explored->lab->keeper,
                .program = explored->program,
                .arguments = (const char *const *)subject->arguments,
                .environment = subject->env,
                .input = subject->input,
                .runtime = explored->lab->runtime,
                .folder = explored->folder,
            },
        .search = exploring->search,
        .schedules = exploring->schedules,
        .time_ms = exploring->time_ms,
        .limit_ms = exploring->limit_ms,
        .jobs = exploring->jobs ? exploring->jobs : uv_available_parallelism(),
        .keep_going = exploring->keep_going,
        .races = tsan,
        .ok_status = subject->ok_status,
        .ok_status_count = subject->ok_status_count,
        .progress = isatty(STDERR_FILENO) ? show_progress : NULL,
        .user = explored,
    };
}

static bool is_quiet(const struct exploring *exploring)
{
    return (exploring->json && strcmp(exploring->json, "-") == 0) ||
           (exploring->html && strcmp(exploring->html, "-") == 0);
}

/* One line that says what is being done. */
static void announce(const struct explored *explored)
{
    char *name = inert_line(explored->name);
    if (!is_quiet(explored->exploring)) {
        printf("exploring %s: threads are switched at %s; seed %llu, %u %s at once\n", name,
               explored->flavour == FLAVOUR_PLAIN ? "synchronisation only, as it is built already"
                                                  : "synchronisation and at accesses to memory",
               (unsigned long long)explored->spec.search.seed, explored->spec.jobs,
               explored->spec.jobs == 1 ? "run" : "runs");
        fflush(stdout);
    }
    free(name);
}

/* The search, the replays, and what they give. The program is there. */
static int run(struct explored *explored)
{
    int status = STATUS_FAILED;
    int result = session_open(&explored->spec, &explored->session);
    if (!result) {
        result = session_search(explored->session, &explored->result);
        if (explored->spec.progress)
            fputs("\r\033[K", stderr);
    }
    if (!result)
        result = explore_replay(explored);
    if (result < 0) {
        cli_error("cannot run %s: %s (%s)", explored->name, strerror(-result),
                  explored->lab->keeper);
    } else {
        if (explored->result.trouble)
            cli_error("%s", explored->result.trouble);
        if (!explored->result.trouble || explored->result.schedules > 0) {
            explore_fill(explored, result);
            status = explore_show(explored);
        }
    }
    if (result > 0) {
        cli_error("interrupted; nothing is left running");
        status = 128 + result;
    }
    return status;
}

static void release(struct explored *explored)
{
    session_close(explored->session);
    session_minimal_release(&explored->minimal);
    session_result_release(&explored->result);
    inspection_release(&explored->inspection);
    exploration_release(&explored->exploration);
    report_dir_remove(explored->folder);
    free(explored->name);
    free(explored->program);
    free(explored->file);
}

/* Why the scheduler cannot be preloaded into this program, a sentence from malloc; NULL where it can. */
static char *program_unfit(const char *program)
{
    struct elf_facts facts = {0};
    struct stat file;
    int error = elf_inspect(program, &facts);
    if (error == -ENOEXEC)
        return xasprintf("%s is no executable of this kind of system (ELF): a script or a wrapper "
                         "cannot be explored, name the program that it starts",
                         program);
    if (error)
        return xasprintf("%s: %s", program, strerror(-error));
    if (access(program, X_OK) != 0)
        return xasprintf("%s is not executable", program);
    if (stat(program, &file) == 0 && (file.st_mode & (S_ISUID | S_ISGID)))
        return xasprintf("%s has set-user-ID or set-group-ID rights, so that nothing can be "
                         "preloaded into it: explore a copy without them",
                         program);
    if (facts.tsan_runtime)
        return xasprintf("%s was built with ThreadSanitizer: give a build without, or the sources",
                         program);
    if (!facts.recordable)
        return xasprintf("%s cannot be explored: it is linked statically, for another C library "
                         "than glibc, or with a sanitizer; build it without, or give the sources",
                         program);
    return NULL;
}

/* "bank.c" gives "bank.schedule.json" in the working folder; from malloc. */
static char *schedule_name(const char *name, const char *twin)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    return xasprintf("%.*s%s.schedule.json", (int)length, base, twin);
}

static int build(struct explored *explored)
{
    const bool wanted[FLAVOURS] = {
        [FLAVOUR_EXPLORE] = true,
        [FLAVOUR_EXPLORE_TSAN] = !explored->exploring->no_tsan,
    };
    int status = subject_build(explored->lab, explored->subject, wanted, explored->folder);
    if (status)
        return status;
    if (!explored->subject->program[FLAVOUR_EXPLORE]) {
        const char *why = explored->subject->no_program[FLAVOUR_EXPLORE];
        cli_error("%s cannot be explored: %s", explored->name, why ? why : "it was not built");
        return STATUS_BUILD;
    }
    if (wanted[FLAVOUR_EXPLORE_TSAN] && !explored->subject->program[FLAVOUR_EXPLORE_TSAN])
        cli_error("data races are not looked for: %s",
                  explored->subject->no_program[FLAVOUR_EXPLORE_TSAN]);
    explored->program = xstrdup(explored->subject->program[FLAVOUR_EXPLORE]);
    return STATUS_KEPT;
}

static int take_built(struct explored *explored)
{
    explored->program = subject_locate(explored->exploring->given_plain);
    char *unfit = program_unfit(explored->program);
    if (unfit)
        cli_error("%s", unfit);
    free(unfit);
    return unfit ? STATUS_FAILED : STATUS_KEPT;
}

/* Explores one program. `name` is taken over. */
static int explore_one(const struct lab *lab, const struct exploring *exploring,
                       struct subject *subject, char *name, const char *twin)
{
    struct outputs outputs = {0};
    struct explored explored = {
        .lab = lab,
        .exploring = exploring,
        .subject = subject,
        .name = name,
        .flavour = exploring->given_plain ? FLAVOUR_PLAIN : FLAVOUR_EXPLORE,
        .folder = report_dir_make(),
        .file = exploring->schedule_file ? xstrdup(exploring->schedule_file)
                                         : schedule_name(name, twin),
        .inspection = {.program = subject_describe(subject, name), .root = outputs_root(&outputs)},
    };
    int status = STATUS_FAILED;
    if (!explored.folder)
        cli_error("no temporary folder: %s (TMPDIR, or /tmp)", strerror(errno));
    else if (access(lab->runtime, R_OK) != 0)
        cli_error("the scheduler %s is missing: install racelab anew", lab->runtime);
    else
        status = exploring->given_plain ? take_built(&explored) : build(&explored);
    if (!status) {
        set_spec(&explored);
        announce(&explored);
        status = run(&explored);
    }
    release(&explored);
    return status;
}

/* "buggy/FAMILY/CASE" of the corpus. */
static int explore_twin(const struct lab *lab, const struct exploring *exploring,
                        const struct pair *pair, enum polarity polarity)
{
    char *source = xasprintf("%s/%s/%s.c", lab->root, polarity_word(polarity), pair->id);
    struct subject subject = exploring->subject;
    subject.sources = &source;
    subject.cflags = subject.cflags ? subject.cflags : EXPLORE_CORPUS_FLAGS;
    int status =
        explore_one(lab, exploring, &subject, xasprintf("%s/%s", polarity_word(polarity), pair->id),
                    polarity == FIXED ? "-fixed" : "");
    for (int i = 0; i < FLAVOURS; i++) {
        free(subject.program[i]);
        free(subject.no_program[i]);
    }
    free(source);
    return status;
}

static int explore_case(const struct lab *lab, const struct exploring *exploring)
{
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_one(&corpus, exploring->subject.sources[0], "explore", &selection);
    if (!status && (exploring->json || exploring->html || exploring->schedule_file)) {
        cli_error("--json, --html and --schedule are for one program, and %s has two: give a "
                  "source, %s/buggy/%s.c",
                  exploring->subject.sources[0], lab->root, exploring->subject.sources[0]);
        status = STATUS_USAGE;
    }
    if (!status) {
        status = explore_twin(lab, exploring, selection.pairs[0], BUGGY);
        putchar('\n');
    }
    if (status <= STATUS_NOT_KEPT) {
        int fixed = explore_twin(lab, exploring, selection.pairs[0], FIXED);
        status = fixed > status ? fixed : status;
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}

int cli_explore(const struct lab *lab, int argc, char **argv)
{
    struct exploring exploring = {
        .search = {.seed = 1, .kind = SEARCH_MIX, .bound = 2},
        .schedules = 1000,
        .limit_ms = 10000,
    };
    struct subject *subject = &exploring.subject;
    argp_parse(&explore_argp, argc, argv, ARGP_IN_ORDER, NULL, &exploring);
    int status;
    if (subject_is_case(subject))
        status = explore_case(lab, &exploring);
    else
        status = explore_one(
            lab, &exploring, subject,
            xstrdup(exploring.given_plain ? exploring.given_plain : subject->sources[0]), "");
    subject_release(subject);
    return status;
}
