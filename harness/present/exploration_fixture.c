#include "present/exploration_fixture.h"

#include "model/memory.h"
#include "present/check_fixture.h"
#include "present/html_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

const char *fixture_bank_line(int line)
{
    static char text[64];
    switch (line) {
    case 12:
        return "    pthread_mutex_lock(&from->lock);";
    case 13:
        return "    from->balance -= amount; /* not yet in `to` */";
    case 14:
        return "    pthread_mutex_lock(&to->lock);";
    case 20:
        return "        audits++;";
    case 31:
        return "    pthread_create(&payer, NULL, pay, NULL);";
    case 40:
        return "    assert(accounts[0].balance + accounts[1].balance == 200);";
    default:
        snprintf(text, sizeof(text), "/* line %d of the bank */", line);
        return line <= 60 ? text : NULL;
    }
}

static struct schedule_thread *add_thread(struct schedule *schedule, const char *label,
                                          const char *function)
{
    struct schedule_thread *thread =
        xappend((void **)&schedule->threads, &schedule->thread_count, sizeof(*thread));
    thread->label = copy(label);
    thread->function = copy(function);
    thread->parent = schedule->thread_count > 1 ? 0 : NO_INDEX;
    return thread;
}

static struct schedule_step *add_step(struct schedule *schedule, size_t thread, int line,
                                      const char *operation, const char *object)
{
    struct schedule_step *step =
        xappend((void **)&schedule->steps, &schedule->step_count, sizeof(*step));
    const char *source = line > 0 ? fixture_bank_line(line) : NULL;
    step->thread = thread;
    step->operation = copy(operation);
    step->object = copy(object);
    step->place.function = copy("transfer");
    step->place.file = line > 0 ? copy("src/bank.c") : NULL;
    step->place.line = line;
    if (source)
        step->source = copy(source + (source[0] == ' ' ? 4 : 0));
    step->points = 1;
    return step;
}

static void add_tally(struct exploration *exploration, const char *strategy, size_t schedules,
                      size_t failed)
{
    struct exploration_tally *tally =
        xappend((void **)&exploration->tallies, &exploration->tally_count, sizeof(*tally));
    *tally = (struct exploration_tally){copy(strategy), schedules, failed};
}

static void begin(struct exploration *exploration)
{
    *exploration = (struct exploration){.program = copy("./bank"),
                                        .seed = UINT64_MAX,
                                        .schedules = 200,
                                        .asked = 1000,
                                        .failed = 3,
                                        .elapsed_ms = 1500,
                                        .exhausted = 1,
                                        .exhausted_schedules = 57};
    add_tally(exploration, "pct 3", 120, 2);
    add_tally(exploration, "pos", 80, 1);
    struct schedule *schedule = &exploration->schedule;
    *schedule = (struct schedule){.program = copy("./bank"),
                                  .flavour = copy("explore"),
                                  .build = copy("00ff"),
                                  .seed = UINT64_MAX,
                                  .number = 17,
                                  .strategy = copy("pct 3"),
                                  .preemptions = 2,
                                  .found_preemptions = 5,
                                  .fewest = true};
    add_thread(schedule, "main", "main");
    add_thread(schedule, "thread 2", "pay")->created.line = 31;
    add_thread(schedule, "thread 'audit'", "audit")->ended = true;
}

void fixture_deadlock(struct exploration *exploration)
{
    begin(exploration);
    struct schedule *schedule = &exploration->schedule;
    exploration->failure = FAILURE_DEADLOCK;
    exploration->sentence =
        copy("deadlock: main waits for `accounts[1].lock` (locked by thread 2 at "
             "bank.c:12), thread 2 for `accounts[0].lock` (locked by main at "
             "bank.c:12)");
    add_step(schedule, 0, 31, "create", "thread 2");
    struct schedule_step *step = add_step(schedule, 0, 20, "read, write", "`audits`");
    step->points = 99;
    step->again.rows = 1;
    step->again.times = 98;
    add_step(schedule, 0, 12, "lock", "`accounts[0].lock`")->takes = copy("`accounts[0].lock`");
    step = add_step(schedule, 1, 12, "lock", "`accounts[1].lock`");
    step->takes = copy("`accounts[1].lock`");
    step->preempted = true;
    add_step(schedule, 1, 13, "read, write", "`accounts[1].balance`");
    schedule->threads[0].waits = copy("lock `accounts[1].lock`");
    schedule->threads[0].waits_at =
        (struct place){.file = copy("src/bank.c"), .line = 14, .function = copy("transfer")};
    schedule->threads[1].waits = copy("lock `accounts[0].lock`");
    schedule->threads[1].waits_at =
        (struct place){.file = copy("src/bank.c"), .line = 14, .function = copy("transfer")};
}

void fixture_assertion(struct exploration *exploration)
{
    begin(exploration);
    struct schedule *schedule = &exploration->schedule;
    exploration->failure = FAILURE_ASSERT;
    exploration->sentence = copy("assert(balance == 200) fails at bank.c:40 in main");
    exploration->too_long = 1;
    add_step(schedule, 0, 31, "create", "thread 2");
    add_step(schedule, 1, 12, "lock", "`accounts[0].lock`")->takes = copy("`accounts[0].lock`");
    add_step(schedule, 1, 13, "read, write", "`accounts[0].balance`");
    struct schedule_step *step = add_step(schedule, 1, 0, "wait", "condition 1");
    step->place.module = copy("/usr/lib/libevent-2.1.so.7");
    step->gives = copy("`accounts[0].lock`");
    step = add_step(schedule, 0, 12, "try lock", "`accounts[1].lock`");
    step->preempted = true;
    step->failed = true;
    add_step(schedule, 0, 40, "read", "`accounts[0].balance`");
    step = add_step(schedule, 0, 40, "assert fails", NULL);
    step->fatal = true;
    step->points = 0;
    char **lost = xappend((void **)&exploration->lost, &exploration->lost_count, sizeof(*lost));
    *lost = copy("A child process went on freely beside the program, at bank.c:31.");
    char **remark =
        xappend((void **)&exploration->remarks, &exploration->remark_count, sizeof(*remark));
    *remark = copy("The program was not built for exploring: points are at synchronisation only.");
}

void fixture_crowd(struct exploration *exploration, size_t threads, size_t steps)
{
    begin(exploration);
    struct schedule *schedule = &exploration->schedule;
    exploration->failure = FAILURE_STATUS;
    exploration->sentence = copy("the program ends with status 3");
    for (size_t i = schedule->thread_count; i < threads; i++) {
        char *label = xasprintf("thread %zu", i + 1);
        add_thread(schedule, label, "serve");
        free(label);
    }
    for (size_t i = 0; i < steps; i++)
        add_step(schedule, i / 10 % threads, (int)(i % 50) + 1, "write", "`served`");
    schedule->steps[steps - 1].fatal = true;
}

void fixture_hostile_exploration(struct exploration *exploration)
{
    static const char text[] = HOSTILE MARKUP STEERING;
    begin(exploration);
    struct schedule *schedule = &exploration->schedule;
    exploration->failure = FAILURE_CRASH;
    free(exploration->program);
    exploration->program = copy(text);
    exploration->sentence = copy(text);
    add_thread(schedule, text, text);
    schedule->threads[3].waits = copy(text);
    schedule->threads[3].waits_at =
        (struct place){.file = copy(text), .line = 3, .function = copy(text), .module = copy(text)};
    struct schedule_step *step = add_step(schedule, 3, 0, text, text);
    step->place.file = copy(text);
    step->place.line = 7;
    step->place.module = copy(text);
    step->source = copy(text);
    step->takes = copy(text);
    step->gives = copy(text);
    step = add_step(schedule, 0, 0, text, text);
    step->place.module = copy(text);
    step->preempted = step->fatal = step->late = step->failed = true;
    char **lost = xappend((void **)&exploration->lost, &exploration->lost_count, sizeof(*lost));
    *lost = copy(text);
    char **remark =
        xappend((void **)&exploration->remarks, &exploration->remark_count, sizeof(*remark));
    *remark = copy(text);
    add_tally(exploration, text, 1, 1);
    struct finding *finding = findings_add(&exploration->findings, DEFECT_RACE);
    finding->message = copy(text);
    finding->object = copy(text);
    finding->raw = copy(text);
}

void fixture_calm(struct exploration *exploration)
{
    begin(exploration);
    schedule_release(&exploration->schedule);
    exploration->failed = 0;
    exploration->exhausted = 2;
    exploration->exhausted_all = true;
    for (size_t i = 0; i < exploration->tally_count; i++)
        exploration->tallies[i].failed = 0;
}
