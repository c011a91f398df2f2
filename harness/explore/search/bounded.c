#include "explore/search/bounded.h"

#include "explore/search/bounded_path.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How often in a row a thread may be woken by its time limit at one place, sleep or yield there, while nothing changes, before
 * that counts as spinning: it is not chosen for it again where others can go on. */
enum { PAUSES = 2 };
/* Steps of a run. What is to be compared grows with their square, and what is to be tried faster than that: no
 * program whose runs are longer would ever be exhausted. */
enum { LONGEST = 4000 };

/* A branch that leaves the path: at this step, to this thread. */
struct branch {
    size_t at;
    uint16_t thread;
    bool tried, failed;
    struct path_run run;
};

struct bounded {
    struct bounded_options options;
    struct path path;
    struct branch *branches;    /* of this round, then what was tried and is not on the path yet */
    size_t branch_count, round; /* those of this round are the last `round` */
    unsigned level;
    bool begun; /* the first run of this level was applied */
    bool cut;   /* something was left out at this level because of its preemptions */
    bool over;
    bool too_long; /* a run had more than LONGEST steps: given up until a restart */
    const char *trouble, *level_trouble;
    struct bounded_exhausted exhausted;
    size_t schedules, since_restart;
};

struct bounded *bounded_new(const struct bounded_options *options)
{
    struct bounded *bounded = xcalloc(1, sizeof *bounded);
    bounded->options = *options;
    if (bounded->options.round == 0)
        bounded->options.round = 1;
    bounded->exhausted.bound = -1;
    return bounded;
}

static void run_release(struct path_run *run)
{
    free(run->steps);
    free(run->quiet);
    *run = (struct path_run){0};
}

static void forget_branches(struct bounded *bounded)
{
    for (size_t i = 0; i < bounded->branch_count; i++)
        run_release(&bounded->branches[i].run);
    free(bounded->branches);
    bounded->branches = NULL;
    bounded->branch_count = bounded->round = 0;
}

static void begin_level(struct bounded *bounded, unsigned level)
{
    forget_branches(bounded);
    bounded->path.count = 0;
    bounded->level = level;
    bounded->begun = bounded->cut = false;
    bounded->level_trouble = NULL;
}

void bounded_free(struct bounded *bounded)
{
    if (!bounded)
        return;
    forget_branches(bounded);
    path_release(&bounded->path);
    free(bounded);
}

void bounded_restart(struct bounded *bounded)
{
    begin_level(bounded, 0);
    bounded->over = false;
    bounded->too_long = false;
    bounded->trouble = NULL;
    bounded->exhausted = (struct bounded_exhausted){.bound = -1};
    bounded->since_restart = 0;
}

static bool pauses(const struct wire_step *step)
{
    return step->op == WIRE_YIELD || step->op == WIRE_SLEEP || (step->flags & WIRE_LATE);
}

/* Whether the thread has paused at one place again and again before `at`, and nobody else changed anything. */
static bool repeats(const struct path *path, size_t at, uint16_t thread)
{
    uint64_t pc = 0;
    unsigned count = 0;
    for (size_t i = at; i-- > 0;) {
        const struct wire_step *step = &path->nodes[i].step;
        if (step->thread != thread) {
            if (wire_effect(step->op) & (WIRE_WRITES | WIRE_RELEASES))
                return false;
            continue;
        }
        if (!pauses(step))
            continue;
        if (count && step->pc != pc)
            return false;
        pc = step->pc;
        if (++count == PAUSES)
            return true;
    }
    return false;
}

/* Threads that are still to be tried at this step. Those that would be one preemption too many are noted as left out. */
static uint64_t open_at(struct bounded *bounded, size_t at)
{
    const struct path_node *node = &bounded->path.nodes[at];
    uint64_t open = node->backtrack & node->step.enabled & ~node->done & ~node->forbidden;
    if (!node->choice || at >= bounded->path.limit || !open)
        return 0;
    for (uint16_t thread = 0; thread < PATH_THREADS; thread++)
        if (open & PATH_BIT(thread) && repeats(&bounded->path, at, thread))
            open &= ~PATH_BIT(thread);
    uint64_t before = at ? PATH_BIT(bounded->path.nodes[at - 1].step.thread) : 0;
    if (open & ~before && !node->free && node->cost >= bounded->level) {
        bounded->cut = true;
        open &= before;
    }
    return open;
}

static uint16_t lowest(uint64_t set)
{
    return (uint16_t)__builtin_ctzll(set);
}

static struct branch *find_branch(struct bounded *bounded, size_t at, uint16_t thread)
{
    for (size_t i = 0; i < bounded->branch_count; i++)
        if (bounded->branches[i].at == at && bounded->branches[i].thread == thread)
            return &bounded->branches[i];
    return NULL;
}

static void drop_branch(struct bounded *bounded, struct branch *branch)
{
    run_release(&branch->run);
    *branch = bounded->branches[--bounded->branch_count];
}

/* What was planned behind the path's end is no branch of it any more. */
static void drop_behind(struct bounded *bounded, size_t at)
{
    for (size_t i = bounded->branch_count; i-- > 0;)
        if (bounded->branches[i].at > at)
            drop_branch(bounded, &bounded->branches[i]);
}

static void apply(struct bounded *bounded, struct branch *branch)
{
    size_t at = branch->at;
    uint16_t thread = branch->thread;
    if (branch->failed) {
        if (bounded->path.count)
            bounded->path.nodes[at].done |= PATH_BIT(thread);
    } else {
        path_replace(&bounded->path, at, &branch->run);
        races_find(&bounded->path, at);
        sleep_find(&bounded->path);
    }
    drop_branch(bounded, branch);
    bounded->begun = true;
}

/* Follows what was tried as deep as it goes; false: the next branch has yet to be tried. */
static bool advance(struct bounded *bounded)
{
    for (size_t at = bounded->path.count; at-- > 0;) {
        uint64_t open = open_at(bounded, at);
        if (!open)
            continue;
        drop_behind(bounded, at);
        struct branch *branch = find_branch(bounded, at, lowest(open));
        if (!branch)
            return false;
        apply(bounded, branch);
        at = bounded->path.count;
    }
    return true;
}

static void plan_branch(struct bounded *bounded, size_t at, uint16_t thread)
{
    struct branch *branch =
        xappend((void **)&bounded->branches, &bounded->branch_count, sizeof *branch);
    *branch = (struct branch){.at = at, .thread = thread};
    bounded->round++;
}

static void plan_round(struct bounded *bounded)
{
    size_t room = bounded->options.round > bounded->branch_count
                      ? bounded->options.round - bounded->branch_count
                      : 1;
    bounded->round = 0;
    for (size_t at = bounded->path.count; at-- > 0 && bounded->round < room;)
        for (uint64_t open = open_at(bounded, at); open && bounded->round < room; open &= open - 1)
            if (!find_branch(bounded, at, lowest(open)))
                plan_branch(bounded, at, lowest(open));
}

/* All of this level was tried. */
static void end_level(struct bounded *bounded)
{
    if (!bounded->level_trouble) {
        bounded->exhausted = (struct bounded_exhausted){
            .bound = (int)bounded->level,
            .schedules = bounded->since_restart,
            .all = !bounded->cut,
        };
    }
    bounded->trouble = bounded->level_trouble;
    bounded->over = !bounded->cut || bounded->level >= bounded->options.bound;
    if (!bounded->over)
        begin_level(bounded, bounded->level + 1);
}

size_t bounded_round(struct bounded *bounded)
{
    bounded->round = 0;
    if (bounded->too_long)
        return 0;
    for (size_t i = bounded->branch_count; i-- > 0;)
        if (!bounded->branches[i].tried)
            drop_branch(bounded, &bounded->branches[i]);
    if (!bounded->begun && bounded->branch_count)
        apply(bounded, &bounded->branches[0]);
    if (bounded->begun && advance(bounded))
        end_level(bounded);
    if (bounded->over)
        return 0;
    if (!bounded->begun)
        plan_branch(bounded, 0, 0);
    else
        plan_round(bounded);
    return bounded->round;
}

static struct branch *branch_of(struct bounded *bounded, size_t index)
{
    return &bounded->branches[bounded->branch_count - bounded->round + index];
}

static int add_segment(struct wire_block *block, uint16_t thread, uint32_t until)
{
    struct wire_segment *segments = wire_segments(block);
    if (block->plan.segments && segments[block->plan.segments - 1].thread == thread) {
        segments[block->plan.segments - 1].until = until;
        return 0;
    }
    if (block->plan.segments >= block->segments_room)
        return -ENOSPC;
    segments[block->plan.segments++] = (struct wire_segment){.thread = thread, .until = until};
    return 0;
}

int bounded_plan(struct bounded *bounded, size_t index, struct wire_block *block)
{
    const struct branch *branch = branch_of(bounded, index);
    block->plan.strategy = WIRE_STAY;
    block->plan.flags |= WIRE_RECORD;
    block->plan.segments = 0;
    if (!bounded->path.count)
        return 0;
    int result = 0;
    for (size_t i = 0; i < branch->at && !result; i++) {
        const struct wire_step *step = &bounded->path.nodes[i].step;
        result = add_segment(block, step->thread, step->own + 1);
    }
    size_t step;
    const struct wire_step *next = path_next_of(&bounded->path, branch->at, branch->thread, &step);
    if (!result && next)
        result = add_segment(block, branch->thread, next->own + 1);
    return result;
}

static void note(struct bounded *bounded, const char *trouble)
{
    if (!bounded->level_trouble)
        bounded->level_trouble = trouble;
    bounded->trouble = bounded->level_trouble;
}

static bool in_filter(const struct wire_block *block, uint64_t pc)
{
    const uint64_t *filter = wire_filter((struct wire_block *)block);
    uint32_t low = 0;
    uint32_t high = block->plan.filter;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (filter[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < block->plan.filter && filter[low] == pc;
}

static bool is_quiet(const struct wire_block *block, const struct wire_step *step)
{
    return (step->op == WIRE_READ || step->op == WIRE_WRITE) &&
           (block->plan.flags & WIRE_FILTERED) && !in_filter(block, step->pc);
}

/* Whether the run went as the path did up to its branch, and took that. */
static bool followed(const struct bounded *bounded, const struct branch *branch,
                     const struct wire_step *steps, size_t count)
{
    if (!bounded->path.count)
        return true;
    if (count <= branch->at || steps[branch->at].thread != branch->thread)
        return false;
    for (size_t i = 0; i < branch->at; i++) {
        const struct wire_step *was = &bounded->path.nodes[i].step;
        if (was->thread != steps[i].thread || was->op != steps[i].op || was->own != steps[i].own ||
            was->pc != steps[i].pc || was->enabled != steps[i].enabled)
            return false;
    }
    return true;
}

/* What keeps a run from standing for its schedule. */
static const char *trouble_of(const struct wire_block *block)
{
    const struct wire_outcome *outcome = &block->outcome;
    if (outcome->lost)
        return "a run could not be controlled to its end";
    if (outcome->diverged)
        return "a run did not follow its plan: the program does not depend on the schedule alone";
    if (outcome->threads > PATH_THREADS)
        return "a run had more than 64 threads";
    if (outcome->end == WIRE_TOO_LONG)
        return "a run was cut off at its limit of points";
    if (outcome->end == WIRE_UNFINISHED)
        return "a run did not come to its end";
    if (outcome->steps < outcome->points)
        return "a run had more steps than could be recorded";
    if (block->plan.flags & WIRE_BUFFERED)
        return "when a buffered store is seen by others is not searched through";
    const struct wire_step *steps = wire_steps((struct wire_block *)block);
    for (uint32_t i = 0; i < outcome->steps; i++)
        if (steps[i].op == WIRE_CLOCK)
            return "the program reads the time, which depends on more than the order of conflicts";
    return NULL;
}

static void take_run(struct path_run *run, const struct wire_block *block, size_t from)
{
    const struct wire_step *steps = wire_steps((struct wire_block *)block);
    const struct wire_outcome *outcome = &block->outcome;
    run->count = outcome->steps - from;
    run->steps = xcalloc(run->count + 1, sizeof *run->steps);
    run->quiet = xcalloc(run->count + 1, sizeof *run->quiet);
    memcpy(run->steps, steps + from, run->count * sizeof *run->steps);
    for (size_t i = 0; i < run->count; i++)
        run->quiet[i] = is_quiet(block, &run->steps[i]);
    run->threads = outcome->threads < PATH_THREADS ? outcome->threads : PATH_THREADS;
    for (unsigned i = 0; i < run->threads; i++) {
        if (block->threads[i].ended)
            continue;
        run->pending[i] = block->threads[i].next;
        run->pending[i].thread = (uint16_t)i;
        if (is_quiet(block, &run->pending[i]))
            run->pending[i].op = WIRE_FENCE;
    }
    uint16_t last = outcome->steps ? steps[outcome->steps - 1].thread : 0;
    bool waits = outcome->end == WIRE_DEADLOCK || outcome->end == WIRE_LIVELOCK ||
                 outcome->end == WIRE_TOO_LONG;
    run->cut = !waits;
    run->cut_by = last;
}

void bounded_learn(struct bounded *bounded, size_t index, const struct wire_block *block)
{
    struct branch *branch = branch_of(bounded, index);
    branch->tried = true;
    bounded->schedules++;
    bounded->since_restart++;
    const char *trouble = block ? trouble_of(block) : "a run could not be made";
    bool usable = block && block->outcome.steps <= block->steps_room &&
                  block->outcome.threads <= PATH_THREADS;
    if (usable &&
        !followed(bounded, branch, wire_steps((struct wire_block *)block), block->outcome.steps)) {
        trouble =
            "a run did not follow its plan: the program does not depend on the schedule alone";
        usable = false;
    }
    if (block && block->outcome.steps > LONGEST) {
        trouble = "its runs are too long to try them all";
        bounded->too_long = true;
        usable = false;
    }
    if (trouble)
        note(bounded, trouble);
    branch->failed = !usable;
    if (usable)
        take_run(&branch->run, block, branch->at);
}

struct bounded_exhausted bounded_exhausted(const struct bounded *bounded)
{
    return bounded->exhausted;
}

const char *bounded_trouble(const struct bounded *bounded)
{
    return bounded->trouble;
}

unsigned bounded_level(const struct bounded *bounded)
{
    return bounded->level;
}

size_t bounded_schedules(const struct bounded *bounded)
{
    return bounded->schedules;
}
