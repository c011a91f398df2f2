#include "judge/remedy.h"

#include "judge/name.h"
#include "judge/sentence.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const order_lessons[] = {
    "false_alarm/one_thread_inversion", "deadlock/three_lock_cycle",
    "deadlock/rwlock_mutex_cycle",      "deadlock/spinlock_inversion",
    "deadlock/transfer_argument_order", "false_alarm/trylock_with_back_off",
    "deadlock/lock_order_inversion",
};
enum { ONE_THREAD, CYCLE, RWLOCK, SPINLOCK, ARGUMENTS, TRYLOCK, TWO_LOCKS };

static const char *const end_lessons[] = {
    "lifetime/thread_never_joined",
    "atomicity/check_then_act",
    "lifetime/stack_argument_escapes",
};
enum { NEVER_JOINED, NOT_IN_ONE_GO, GONE_MEMORY };

void remedy_lessons(void (*visit)(const char *lesson, void *user), void *user)
{
    for (size_t i = 0; i < sizeof(order_lessons) / sizeof(*order_lessons); i++)
        visit(order_lessons[i], user);
    for (size_t i = 0; i < sizeof(end_lessons) / sizeof(*end_lessons); i++)
        visit(end_lessons[i], user);
    remedy_race_lessons(visit, user);
    remedy_misuse_lessons(visit, user);
    remedy_hang_lessons(visit, user);
}

static bool site_calls(const struct site *site, const char *beginning)
{
    for (size_t f = 0; f < site->stack.count; f++) {
        const char *function = site->stack.frames[f].function;
        if (function && strncmp(function, beginning, strlen(beginning)) == 0)
            return true;
    }
    return false;
}

static bool calls(const struct finding *finding, const char *beginning)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        if (site_calls(&finding->sites[i], beginning))
            return true;
    }
    return false;
}

/* Whether a second lock is taken by a trylock: of each thread's two places, and of the order that was set
 * before, the last. The first lock of a thread may be, and the second still wait. */
static bool second_by_trylock(const struct finding *finding)
{
    size_t count = finding->site_count;
    for (size_t i = count == 3 ? 2 : 1; i < count && count >= 3; i += 2) {
        if (site_calls(&finding->sites[i], "pthread_mutex_trylock") ||
            site_calls(&finding->sites[i], "pthread_rwlock_try"))
            return true;
    }
    return false;
}

/* All places are told, and all of one thread: it cannot wait for itself in the other order. */
static bool one_thread(const struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        const char *thread = finding->sites[i].thread;
        if (!thread || !finding->sites[0].thread || strcmp(thread, finding->sites[0].thread) != 0)
            return false;
    }
    return finding->site_count >= 4;
}

/* "`from` before `to`" of "from, to". NULL where there are not two of different names: those of two
 * objects of one kind ("accounts, accounts+40") are not the same in another run. */
static char *in_order(const char *objects)
{
    const char *comma = objects ? strchr(objects, ',') : NULL;
    if (!comma || strchr(comma + 1, ','))
        return NULL;
    struct names names = {0};
    names_add_list(&names, objects);
    bool two = names.count == 2;
    names_release(&names);
    const char *second = comma + 1 + strspn(comma + 1, " ");
    return two ? xasprintf("`%.*s` before `%s`", (int)(comma - objects), objects, second) : NULL;
}

/* The place that takes the locks the other way round: of ThreadSanitizer's pairs of places the second;
 * what broke the order, which Helgrind tells first; NULL where it cannot be told. */
static const struct site *turned_site(const struct finding *finding)
{
    if (finding->site_count >= 4)
        return &finding->sites[2];
    bool set_before = finding->site_count > 1 && finding->sites[1].thread &&
                      strncmp(finding->sites[1].thread, "the order", strlen("the order")) == 0;
    return finding->site_count == 1 || set_before ? &finding->sites[0] : NULL;
}

static struct remedy for_lock_order(const struct inspection *inspection,
                                    const struct finding *finding, const char *object)
{
    if (one_thread(finding))
        return (struct remedy){
            .text = xstrdup("both orders are one thread's, which cannot wait for itself: it is a "
                            "deadlock only once a second thread runs this code; take the locks in "
                            "one order even so"),
            .lesson = order_lessons[ONE_THREAD],
        };
    if (second_by_trylock(finding))
        return (struct remedy){
            .text = xstrdup("one of these locks is taken by a trylock, which cannot wait: that is "
                            "no deadlock as "
                            "long as its failure is handled by giving the other lock back"),
            .lesson = order_lessons[TRYLOCK],
        };
    char *order = in_order(object);
    const struct site *turned = order ? turned_site(finding) : NULL;
    const char *comma = object ? strchr(object, ',') : NULL;
    bool many = comma && strchr(comma + 1, ',');
    const char *gate =
        "; if every thread that takes them holds one more lock all the time, it is a "
        "false alarm";
    struct remedy remedy = {.lesson = order_lessons[TWO_LOCKS]};
    if (turned) {
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        if (out) {
            fprintf(out, "take %s everywhere: ", order);
            write_place(out, inspection, turned, NULL);
            fputs(
                " takes them the other way round; where that cannot be, take the second by trylock "
                "and give the first back when it fails",
                out);
            fputs(gate, out);
            if (fclose(out) == 0)
                remedy.text = text;
            else
                free(text);
        }
    }
    if (many)
        remedy.lesson = order_lessons[CYCLE];
    else if (calls(finding, "pthread_rwlock_"))
        remedy.lesson = order_lessons[RWLOCK];
    else if (calls(finding, "pthread_spin_"))
        remedy.lesson = order_lessons[SPINLOCK];
    else if (!order)
        remedy.lesson = order_lessons[ARGUMENTS];
    if (!remedy.text && many)
        remedy.text =
            xasprintf("give these locks one order, and take them in it everywhere; or give "
                      "one lock back before the next module is called%s",
                      gate);
    if (!remedy.text)
        remedy.text = xasprintf("take the two locks in one order everywhere; of two objects of one "
                                "kind take the one at the lower address first%s",
                                gate);
    free(order);
    return remedy;
}

struct remedy remedy_for(const struct inspection *inspection, const struct finding *finding,
                         const char *object, const struct explanation *explanation)
{
    struct remedy remedy = {0};
    char *quoted = object ? xasprintf("`%s`", object) : xstrdup("the variable");
    switch (finding->defect) {
    case DEFECT_RACE:
        remedy = remedy_for_race(inspection, finding, quoted);
        break;
    case DEFECT_LOCK_ORDER:
        remedy = for_lock_order(inspection, finding, object);
        break;
    case DEFECT_MISUSE:
        remedy = remedy_for_misuse(finding);
        break;
    case DEFECT_HANG:
        remedy = remedy_for_hang(explanation);
        break;
    case DEFECT_WRONG_RESULT:
        remedy.text =
            xstrdup("mend the races first; if there are none, look for a check and an act, "
                    "or two values that belong together, that are not in one critical "
                    "section: no detector of races sees that");
        remedy.lesson = end_lessons[NOT_IN_ONE_GO];
        break;
    case DEFECT_CRASH:
        remedy.text =
            xstrdup("mend the races and misuse first: memory that is gone or half changed "
                    "when another thread uses it is the common cause; a core dump or "
                    "AddressSanitizer shows the place");
        remedy.lesson = end_lessons[GONE_MEMORY];
        break;
    case DEFECT_LEAK:
        remedy.text = xstrdup("join each thread that is made here, or detach it");
        remedy.lesson = end_lessons[NEVER_JOINED];
        break;
    }
    free(quoted);
    return remedy;
}
