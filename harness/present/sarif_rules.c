#include "present/sarif_part.h"

/*
 * What code scanning takes (docs.github.com, "SARIF support for code scanning", reportingDescriptor):
 * problem.severity is error, warning or recommendation; precision very-high, high, medium or low; at most
 * 20 tags a rule. There is no security-severity: it is a score of what an attacker gains, and no class of bugs
 * has one.
 */
struct rule {
    const char *name;
    const char *brief;
    const char *full;
    const char *help; /* what to do */
    const char *level;
    const char *precision;
    const char *cwe[3]; /* ended by NULL */
};

static const struct rule rules[DEFECT_COUNT] = {
    [DEFECT_RACE] =
        {
            .name = "DataRace",
            .brief = "Data race",
            .full = "Two threads access the same memory, at least one of them writes, and nothing "
                    "orders the two accesses. In C and C++ the behaviour is undefined.",
            .help = "Hold the same mutex at both accesses, make the object atomic, or let one "
                    "access happen before the other (a join, a semaphore, a condition variable "
                    "with its mutex).",
            .level = "error",
            .precision = "high",
            .cwe = {"cwe-362", "cwe-366"},
        },
    [DEFECT_LOCK_ORDER] =
        {
            .name = "LockOrderInversion",
            .brief = "Inverted lock order",
            .full = "Threads take the same locks in different orders. Where they meet, each holds "
                    "the lock that the other waits for, and none goes on.",
            .help = "Give the locks one order and take them in it everywhere; or take the second "
                    "with trylock and let go of the first where that fails.",
            .level = "warning",
            .precision = "medium",
            .cwe = {"cwe-833"},
        },
    [DEFECT_MISUSE] =
        {
            .name = "SynchronizationMisuse",
            .brief = "Misuse of locks or threads",
            .full = "A function of the threads library is called in a way that it does not allow: "
                    "an unlock by another thread, the destruction of a lock that is held, and the "
                    "like.",
            .help = "Follow the function's manual: the thread that locks unlocks, and an object is "
                    "initialised once and destroyed when nobody uses it any more.",
            .level = "error",
            .precision = "high",
            .cwe = {"cwe-667"},
        },
    [DEFECT_HANG] =
        {
            .name = "DeadlockOrHang",
            .brief = "Deadlock or hang",
            .full = "The run stopped for good: every thread waits for something that no thread can "
                    "give.",
            .help = "Break the cycle of waits, or make sure that what is waited for comes in every "
                    "order of events: test the condition under its mutex, signal after the change.",
            .level = "error",
            .precision = "very-high",
            .cwe = {"cwe-833", "cwe-667"},
        },
    [DEFECT_WRONG_RESULT] =
        {
            .name = "WrongResult",
            .brief = "Wrong result",
            .full = "The program's own check of its result failed in a run: an assertion, or its "
                    "exit status.",
            .help = "Look for steps that must not be divided and are: a check and the act that "
                    "relies on it, a read and the write that follows from it.",
            .level = "error",
            .precision = "very-high",
            .cwe = {"cwe-362"},
        },
    [DEFECT_CRASH] =
        {
            .name = "ProgramCrash",
            .brief = "Crash",
            .full = "A signal ended the program.",
            .help = "Look at what the threads share at that place, and at who frees it.",
            .level = "error",
            .precision = "very-high",
            .cwe = {NULL},
        },
    [DEFECT_LEAK] =
        {
            .name = "ThreadLeak",
            .brief = "Thread that nobody joins",
            .full = "A thread is neither joined nor detached: its stack and its result stay "
                    "allocated.",
            .help = "Join the thread where its result is needed, or detach it.",
            .level = "warning",
            .precision = "high",
            .cwe = {"cwe-772"},
        },
};

const char *sarif_level(const struct bug *bug)
{
    if (bug->doubt != NO_DOUBT)
        return "note";
    return bug->happened ? "error" : rules[bug->defect].level;
}

static json_t *rule_json(enum defect defect)
{
    const struct rule *rule = &rules[defect];
    json_t *tags = json_pack("[s, s]", "concurrency", defect_word(defect));
    for (size_t i = 0; rule->cwe[i]; i++)
        json_array_append_new(tags, json_sprintf("external/cwe/%s", rule->cwe[i]));
    json_t *help = json_pack(
        "{s:o, s:o}", "text", json_sprintf("%s\n\n%s", rule->full, rule->help), "markdown",
        json_sprintf("# %s\n\n%s\n\n## What to do\n\n%s", rule->brief, rule->full, rule->help));
    return json_pack("{s:s, s:s, s:{s:s}, s:{s:s}, s:o, s:{s:s}, s:{s:s, s:s, s:o}}", "id",
                     defect_word(defect), "name", rule->name, "shortDescription", "text",
                     rule->brief, "fullDescription", "text", rule->full, "help", help,
                     "defaultConfiguration", "level", rule->level, "properties", "precision",
                     rule->precision, "problem.severity", rule->level, "tags", tags);
}

json_t *sarif_rules(void)
{
    json_t *list = json_array();
    for (int defect = 0; defect < DEFECT_COUNT; defect++)
        json_array_append_new(list, rule_json((enum defect)defect));
    return list;
}
