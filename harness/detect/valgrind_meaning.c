/* What the texts of a report mean: how its parts become a finding (see valgrind_report.h). */
#include "detect/demangle.h"
#include "detect/elf.h"
#include "detect/valgrind_report.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

#define WAS_MADE    "was made" /* what a thread did at the site that stands in for its own */
#define MAX_THREADS 16         /* whose announcements go with one report */

struct meaning {
    struct valgrind_error *error;
    const struct valgrind_threads *threads;
    const char *own_source;
    const char *program;
    struct finding *finding;
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* "thread 3", "thread 3 'payer'", "main"; NULL where the text names none. From malloc. */
static char *label(const struct meaning *m, unsigned long number)
{
    if (number == 0)
        return NULL;
    if (number == 1)
        return xstrdup("main");
    const struct valgrind_thread *thread = valgrind_threads_find(m->threads, number);
    return thread && thread->name ? xasprintf("thread %lu '%s'", number, thread->name)
                                  : xasprintf("thread %lu", number);
}

/* What Helgrind said when it announced the thread; NULL: nothing. */
static const struct valgrind_error *announcement(const struct meaning *m, unsigned long number)
{
    const struct valgrind_thread *thread = valgrind_threads_find(m->threads, number);
    return thread && thread->made && thread->made->part_count > 0 ? thread->made : NULL;
}

static char *thread_of(const struct meaning *m, const char *text)
{
    return label(m, valgrind_thread_in(text, NULL));
}

/* The address that follows `after` in the text; 0: none. `*rest`, where not NULL, is moved behind. */
static uint64_t address_in(const char *text, const char *after, const char **rest)
{
    const char *at = strstr(text, after);
    at = at ? strstr(at + strlen(after), "0x") : NULL;
    if (!at)
        return 0;
    char *end = NULL;
    uint64_t address = strtoull(at, &end, 16);
    if (rest)
        *rest = end;
    return address;
}

/*
 * What the report itself calls this address: "Address 0x404040 is 0 bytes inside data symbol "x"",
 * and with --read-var-info=yes "Location 0x404040 is 0 bytes inside global var "x"" (or "local var",
 * or the path to a member: "inside table[3].count,"). With `offset`, "x+8" behind its first byte.
 */
static char *told_name(const struct valgrind_error *error, uint64_t address, bool offset)
{
    for (size_t i = 0; i < error->part_count; i++) {
        const char *text = error->parts[i].text;
        if ((!begins(text, "Address 0x") && !begins(text, "Location 0x")) ||
            address_in(text, "", NULL) != address)
            continue;
        const char *is = strstr(text, " is ");
        const char *inside = strstr(text, " inside ");
        if (!is || !inside)
            continue;
        unsigned long behind = strtoul(is + strlen(" is "), NULL, 10);
        const char *name = inside + strlen(" inside ");
        const char *quote = strchr(name, '"');
        bool known = begins(name, "data symbol \"") || begins(name, "global var \"") ||
                     begins(name, "local var \"");
        size_t length = 0;
        if (known) {
            name = quote + 1;
            length = strcspn(name, "\"");
        } else if (text[0] == 'L') {
            length = strcspn(name, ",");
        }
        if (length == 0)
            continue;
        char *symbol = xstrndup(name, length);
        char *told = demangled(symbol);
        free(symbol);
        if (!offset || behind == 0)
            return told;
        char *inside_it = xasprintf("%s+%lu", told, behind);
        free(told);
        return inside_it;
    }
    return NULL;
}

/* The symbol of an address, from the report or else the program; NULL where neither tells. */
static char *symbol_of(const struct meaning *m, uint64_t address)
{
    char *name = address ? told_name(m->error, address, true) : NULL;
    if (!name && address && m->program)
        name = elf_symbol_at(m->program, address);
    return name;
}

static bool sees_lock(const char *text)
{
    return strstr(text, " was first observed") || strstr(text, " no stacktrace for first observ");
}

/* Whether this part describes the lock that the one before it is about: "Address 0x4040B0 is 0 bytes
 * inside a block of size 48 alloc'd". */
static bool describes_lock(const struct valgrind_error *error, size_t at)
{
    const char *text = error->parts[at].text;
    const char *before = at > 0 ? error->parts[at - 1].text : "";
    return (begins(text, "Address 0x") || begins(text, "Location 0x")) && sees_lock(before) &&
           address_in(text, "", NULL) == address_in(before, "", NULL);
}

/* A lock as people are told of it: "`from`", or its address. */
static char *lock_called(const struct meaning *m, uint64_t address)
{
    char *symbol = symbol_of(m, address);
    char *called =
        symbol ? xasprintf("`%s`", symbol) : xasprintf("0x%llx", (unsigned long long)address);
    free(symbol);
    return called;
}

/* "Locks held: none", "Locks held: 2, at addresses 0x4040B0 0x4040E0", and behind that perhaps
 * "(and 1 that can't be shown)". */
static void read_locks(const struct meaning *m, const char *locks, struct site *site)
{
    const char *at = locks + strlen("Locks held: ");
    int count = (int)strtoul(at, NULL, 10);
    /* "none" counts only locks that are held for writing: it is no proof that none is held. */
    if (count > 0)
        site->locks_held = count;
    for (uint64_t lock = address_in(at, "", &at); lock != 0; lock = address_in(at, "", &at)) {
        char *called = lock_called(m, lock);
        char *longer = site->locks ? xasprintf("%s, %s", site->locks, called) : xstrdup(called);
        free(called);
        free(site->locks);
        site->locks = longer;
    }
}

/* Whether both lists are whole and have no lock in common. Two that are empty prove nothing: both sides
 * may hold the same read-write lock for reading, which the tool leaves out. */
static bool locks_differ(const char *left, const char *right)
{
    if (!left || !right || (!strstr(left, "0x") && !strstr(right, "0x")) ||
        strstr(left, "can't be shown") || strstr(right, "can't be shown"))
        return false;
    for (uint64_t lock = address_in(left, "", &left); lock != 0;
         lock = address_in(left, "", &left)) {
        const char *at = right;
        for (uint64_t other = address_in(at, "", &at); other != 0; other = address_in(at, "", &at))
            if (other == lock)
                return false;
    }
    return true;
}

static bool is_access(const char *text)
{
    /* With --history-level=approx the other side is only known to lie between two stacks, which are
     * told as background: "This conflicts with a previous access by thread #2, after". */
    return begins(text, "Possible data race during ") || begins(text, "Conflicting load ") ||
           begins(text, "Conflicting store ") ||
           begins(text, "This conflicts with a previous read") ||
           begins(text, "This conflicts with a previous write");
}

static void read_race(const struct meaning *m, const char *headline)
{
    const char *locks[2] = {NULL, NULL};
    size_t sides = 0;
    for (size_t i = 0; i < m->error->part_count; i++) {
        struct valgrind_part *part = &m->error->parts[i];
        if (!is_access(part->text))
            continue;
        bool writes = strstr(part->text, "write of size") || begins(part->text, "Conflicting st");
        char *thread = thread_of(m, part->text);
        struct site *site = finding_add_site_at(m->finding, &part->stack, m->own_source, thread,
                                                writes ? "writes" : "reads");
        free(thread);
        if (site && part->locks)
            read_locks(m, part->locks, site);
        if (sides < 2)
            locks[sides] = part->locks;
        sides++;
    }
    m->finding->no_common_lock =
        sides == 2 && m->finding->site_count == 2 && locks_differ(locks[0], locks[1]);
    /* Helgrind names the symbol, DRD mostly only the address. */
    uint64_t address = address_in(headline, " at ", NULL);
    m->finding->object = address ? told_name(m->error, address, false) : NULL;
    if (!m->finding->object && address && m->program)
        m->finding->object = elf_symbol_at(m->program, address);
}

/*
 * The text tells four acquisitions: the two of the order that violates, then the two that set the
 * order. The XML leaves out the first of them, and has the second below the headline.
 */
static void read_lock_order(const struct meaning *m, const char *headline)
{
    char *thread = thread_of(m, headline);
    char *earlier = symbol_of(m, address_in(headline, "lock order ", NULL));
    char *later = symbol_of(m, address_in(headline, " before ", NULL));
    bool set_before = false;
    for (size_t i = 0; i < m->error->part_count; i++) {
        struct valgrind_part *part = &m->error->parts[i];
        bool observed = begins(part->text, "Observed (incorrect) order");
        bool violation = part->text == headline;
        bool required = begins(part->text, "Required order was established");
        bool followed = begins(part->text, "followed by a later acquisition");
        if ((!observed && !violation && !required && !followed) || part->stack.count == 0)
            continue;
        set_before = set_before || required;
        const char *lock = observed || (followed && set_before) ? later : earlier;
        char *act = lock ? xasprintf("locks `%s`", lock) : xstrdup("locks");
        finding_add_site_at(m->finding, &part->stack, m->own_source,
                            set_before ? "the order set before" : thread, act);
        free(act);
    }
    if (earlier && later)
        m->finding->object = xasprintf("%s, %s", earlier, later);
    free(thread);
    free(earlier);
    free(later);
}

/* The stack of the report itself, which the error code of a failed call may stand before; where none
 * of it is the program's own (a thread that has returned and still holds a lock), the place where that
 * thread was made. */
static void read_misuse(const struct meaning *m, size_t headline)
{
    struct valgrind_part *parts = m->error->parts;
    unsigned long number = valgrind_thread_in(parts[headline].text, NULL);
    char *thread = label(m, number);
    size_t at = headline;
    while (at + 1 < m->error->part_count && parts[at].stack.count == 0)
        at++;
    const struct valgrind_error *made = announcement(m, number);
    bool elsewhere = !stack_own_frame(&parts[at].stack, m->own_source) && made &&
                     stack_own_frame(&made->parts[0].stack, m->own_source);
    if (elsewhere) {
        struct stack copy = {0};
        stack_copy(&made->parts[0].stack, &copy);
        finding_add_site_at(m->finding, &copy, m->own_source, thread, WAS_MADE);
        stack_clear(&copy);
    } else {
        finding_add_site_at(m->finding, &parts[at].stack, m->own_source, thread, NULL);
    }
    free(thread);
    m->finding->object = symbol_of(m, address_in(parts[headline].text, "", NULL));
}

/*
 * Who "Lock at 0x4040B0 was first observed" speaks of. The XML of Helgrind gives an address of its own
 * there, so where the headline does not have the address its place counts: locks are told in the
 * headline's order.
 */
static char *first_observed(const struct meaning *m, const char *headline, const char *text,
                            size_t place, size_t places)
{
    uint64_t address = address_in(text, "", NULL);
    uint64_t named[4];
    size_t count = 0;
    bool told = false;
    const char *at = strstr(headline, "data race") ? "" : headline;
    for (uint64_t lock = address_in(at, "", &at); lock != 0 && count < 4;
         lock = address_in(at, "", &at)) {
        told = told || lock == address;
        named[count++] = lock;
    }
    if (!told && count > 0) {
        if (count != places)
            return NULL;
        address = named[place];
    }
    return lock_called(m, address);
}

static void read_backgrounds(const struct meaning *m, const char *headline)
{
    size_t places = 0;
    size_t place = 0;
    for (size_t i = 0; i < m->error->part_count; i++)
        places += sees_lock(m->error->parts[i].text);
    size_t block = 0; /* the memory told last, counted from 1: a further background may move it */
    for (size_t i = 0; i < m->error->part_count; i++) {
        struct valgrind_part *part = &m->error->parts[i];
        const char *text = part->text;
        /* "Block was alloc'd by thread #1" comes behind the stack. */
        struct background *memory_told = block > 0 ? &m->finding->backgrounds[block - 1] : NULL;
        if (begins(text, "Block was alloc'd by thread ") && memory_told && !memory_told->subject)
            memory_told->subject = thread_of(m, text);
        bool seen = sees_lock(text);
        bool lock = seen || describes_lock(m->error, i);
        if (part->stack.count > 0) { /* what a site took over is empty */
            bool memory = strstr(text, " alloc'd") || strstr(text, " Allocation context:");
            struct background *background =
                finding_add_background(m->finding, lock     ? LOCK_SEEN
                                                   : memory ? ALLOCATED
                                                            : OTHER_STACK);
            background->text = xstrdup(text);
            background->subject = lock     ? first_observed(m, headline, text, place, places)
                                  : memory ? NULL
                                           : thread_of(m, text);
            stack_move(&part->stack, &background->stack);
            if (lock || memory)
                block = lock ? 0 : m->finding->background_count;
        }
        place += seen;
    }
}

/* The threads that the report names, and their announcements. */
static void read_threads(const struct meaning *m, struct valgrind_error *raw)
{
    const struct site *site = m->finding->site_count > 0 ? m->finding->sites : NULL;
    bool made_is_site = site && site->act && strcmp(site->act, WAS_MADE) == 0;
    unsigned long named[MAX_THREADS];
    size_t count = 0;
    for (size_t i = 0; i < m->error->part_count; i++) {
        const char *text = m->error->parts[i].text;
        for (unsigned long number = valgrind_thread_in(text, &text);
             number > 0 && count < MAX_THREADS; number = valgrind_thread_in(text, &text)) {
            bool again = false;
            for (size_t k = 0; k < count; k++)
                again = again || named[k] == number;
            const struct valgrind_error *made = again ? NULL : announcement(m, number);
            if (!made)
                continue;
            named[count++] = number;
            if (made->raw)
                valgrind_error_raw(raw, made->raw, made->raw_length - 1);
            if (made->parts[0].stack.count == 0 || made_is_site)
                continue; /* the program's first thread, or told already */
            struct background *background = finding_add_background(m->finding, THREAD_MADE);
            background->subject = label(m, number);
            background->text = xstrdup(made->parts[0].text);
            stack_copy(&made->parts[0].stack, &background->stack);
        }
    }
}

bool valgrind_is_prologue(const char *text)
{
    static const char *const with[] = {"Lock at 0x",         "Address 0x",   "Location 0x",
                                       "Block was alloc'd ", "declared at ", "Acquired at:"};
    for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++) {
        if (begins(text, with[i]))
            return true;
    }
    return false;
}

static size_t headline_of(const struct valgrind_error *error)
{
    for (size_t i = 0; i < error->part_count; i++) {
        const char *text = error->parts[i].text;
        if (text[0] && !valgrind_is_prologue(text))
            return i;
    }
    return 0;
}

struct finding *valgrind_error_finding(struct valgrind_error *error,
                                       const struct valgrind_threads *threads,
                                       const char *own_source, const char *program,
                                       struct findings *findings)
{
    if (error->part_count == 0) {
        valgrind_error_clear(error);
        return NULL;
    }
    size_t at = headline_of(error);
    const char *headline = error->parts[at].text;
    enum defect defect = is_access(headline)                   ? DEFECT_RACE
                         : strstr(headline, ": lock order \"") ? DEFECT_LOCK_ORDER
                                                               : DEFECT_MISUSE;
    struct meaning m = {error, threads, own_source, program, findings_add(findings, defect)};
    /* DRD ends some of its headlines with a full stop, and ours go on. */
    size_t length = strlen(headline);
    while (length > 0 && headline[length - 1] == '.')
        length--;
    m.finding->message = xstrndup(headline, length);
    if (defect == DEFECT_RACE)
        read_race(&m, headline);
    else if (defect == DEFECT_LOCK_ORDER)
        read_lock_order(&m, headline);
    else
        read_misuse(&m, at);
    struct valgrind_error whole = {0};
    read_threads(&m, &whole);
    read_backgrounds(&m, headline);
    if (error->raw)
        valgrind_error_raw(&whole, error->raw, error->raw_length - 1);
    m.finding->raw = whole.raw;
    whole.raw = NULL;
    valgrind_error_clear(error);
    return m.finding;
}
