#include "judge/made_inspection.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

void made_begin(struct inspection *inspection)
{
    *inspection =
        (struct inspection){.program = xstrdup("./gate"), .root = xstrdup("/home/x/gate")};
}

struct inspected_run *made_run(struct inspection *inspection, const char *detector)
{
    return inspected_add_run(inspection_get(inspection, detector));
}

static struct report *last_report(struct inspection *inspection, const char *detector)
{
    struct inspected *inspected = inspection_get(inspection, detector);
    if (inspected->run_count == 0)
        inspected_add_run(inspected);
    return &inspected->runs[inspected->run_count - 1].report;
}

struct finding *made_finding(struct inspection *inspection, const char *detector,
                             enum defect defect, const char *object)
{
    struct finding *finding = findings_add(&last_report(inspection, detector)->findings, defect);
    finding->object = object ? xstrdup(object) : NULL;
    return finding;
}

struct finding *made_site(struct finding *finding, const char *thread, const char *act,
                          const char *file, int line, const char *function)
{
    struct site *site = finding_add_site(finding);
    site->thread = thread ? xstrdup(thread) : NULL;
    site->act = act ? xstrdup(act) : NULL;
    site->file = file ? xstrdup(file) : NULL;
    site->line = line;
    site->function = function ? xstrdup(function) : NULL;
    return finding;
}

struct finding *made_race(struct inspection *inspection, const char *detector, const char *object,
                          int left, int right)
{
    bool tsan = strcmp(detector, "tsan") == 0;
    const char *file = tsan ? "/home/x/gate/gate.c" : "gate.c";
    struct finding *finding = made_finding(inspection, detector, DEFECT_RACE, object);
    made_site(finding, tsan ? "thread T1" : "thread 2", "writes", file, left, "gate");
    if (right)
        made_site(finding, tsan ? "thread T2" : "thread 3", "reads", file, right, "gate");
    return finding;
}

void made_stuck(struct inspection *inspection, const char *detector, const char *label,
                enum wait_for what, const char *name, int line)
{
    struct explanation *explanation = &last_report(inspection, detector)->explanation;
    struct stuck_thread *thread =
        xappend((void **)&explanation->threads, &explanation->thread_count, sizeof(*thread));
    thread->label = xstrdup(label);
    thread->stuck = true;
    thread->waiting.what = what;
    thread->waiting.name = name ? xstrdup(name) : NULL;
    thread->frames = xcalloc(1, sizeof(*thread->frames));
    thread->frame_count = 1;
    thread->frames[0].file = xstrdup("/home/x/gate/gate.c");
    thread->frames[0].line = line;
}

struct finding *made_hang(struct inspection *inspection, const char *detector, enum stuck stuck,
                          const char *message)
{
    struct finding *finding = made_finding(inspection, detector, DEFECT_HANG, NULL);
    struct explanation *explanation = &last_report(inspection, detector)->explanation;
    explanation->stuck = stuck;
    finding->message = xstrdup(message);
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        const char *name = thread->waiting.name;
        char *act = xasprintf("waits for %s", name ? name : wait_for_word(thread->waiting.what));
        made_site(finding, thread->label, act, thread->frames[0].file, thread->frames[0].line,
                  NULL);
        free(act);
    }
    return finding;
}

void made_merge(const struct inspection *inspection, struct bugs *bugs)
{
    bugs_merge(inspection, NULL, NULL, bugs);
}

void made_end(struct inspection *inspection, struct bugs *bugs)
{
    bugs_release(bugs);
    inspection_release(inspection);
}
