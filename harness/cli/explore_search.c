/* The search itself, and what it needs of the program (see explore.h). */
#include "cli/explore.h"
#include "cli/report_dir.h"
#include "detect/elf.h"
#include "model/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void explore_hold_signals(bool hold)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

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

int explore_prepare(struct explored *explored)
{
    if (access(explored->lab->runtime, R_OK) != 0) {
        cli_error("the scheduler %s is missing: install racelab anew", explored->lab->runtime);
        return -ENOENT;
    }
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
        .points = exploring->points,
        .time_ms = exploring->time_ms,
        .limit_ms = exploring->limit_ms,
        .jobs = exploring->jobs ? exploring->jobs : uv_available_parallelism(),
        .keep_going = exploring->keep_going,
        .races = tsan,
        .ok_status = subject->ok_status,
        .ok_status_count = subject->ok_status_count,
        .progress = exploring->progress && isatty(STDERR_FILENO) ? show_progress : NULL,
        .user = explored,
    };
    return 0;
}

int explore_search(struct explored *explored)
{
    session_close(explored->session);
    explored->session = NULL;
    int result = session_open(&explored->spec, &explored->session);
    if (!result)
        result = session_search(explored->session, &explored->result);
    if (explored->spec.progress)
        fputs("\r\033[K", stderr);
    return result;
}

void explore_release(struct explored *explored)
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

char *explore_unfit(const char *program)
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

char *explore_schedule_name(const char *name, const char *twin)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    return xasprintf("%.*s%s.schedule.json", (int)length, base, twin);
}
