/*
 * snapshot_edited_in_place: a reload changes a table that older snapshots still share
 *
 * Story: The desks of an exchange office quote a customer from a snapshot of the tariff, and pay
 *   out from the same one even if the tariff is reloaded before the customer agrees.
 * Wrong: Customers are paid at another rate than the one they agreed to, but only after a reload
 *   that changes a rate: those that begin with a new currency do no harm. A reload that is refused
 *   for a mistake in its last line can change rates all the same.
 * Why: A tariff is copied without its sections; tariffs share these until one is to be changed. A
 *   reload copies a section that must grow, but overwrites a rate that is there already where it
 *   is, in memory that desks with older snapshots read, as they may, without a lock.
 * Fix: Any change makes the section the new tariff's own first, whether it adds or overwrites.
 * Roadmap: threads, Lock, races, server
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C
 * Size: large
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SIZE = 8, DESKS = 3, RELOADS = 3, AMOUNT = 500 };
enum section_id { RATES, FEES, SECTIONS };

static const char *const section_name[SECTIONS] = {[RATES] = "rates", [FEES] = "fees"};

static const char first_tariff[] = "rates.usd 1080\n"
                                   "rates.gbp 860\n"
                                   "fees.cash 5\n";

/* A reload names only what changes. */
static const struct {
    const char *text;
    int result;
} reload[RELOADS] = {
    {"rates.nok 11400\nrates.usd 1090\n", 0},
    {"rates.usd 1120\nfees.cash 6\n", 0},
    {"rates.usd 1200\nfees.cash none\n", -EINVAL},
};

struct entry {
    char key[KEY_SIZE];
    long value; /* a rate for 1000 units, or a fee */
};

struct section {
    unsigned int refs; /* the tariffs that have it; guarded by the store's lock */
    size_t count;
    struct entry entry[];
};

/* Does not change once it is the store's current one: who has a reference reads without a lock. */
struct tariff {
    unsigned int refs; /* guarded by the store's lock */
    struct section *section[SECTIONS];
};

struct store {
    pthread_mutex_t lock; /* guards current, and all counts of references */
    struct tariff *current;
};

struct desk {
    struct store *store;
    pthread_t thread;
    int complaints;
};

/* Each is for the desks and main, which reloads the tariff in between. */
static pthread_barrier_t quoted, reloaded;

static struct entry *section_find(struct section *section, const char *key)
{
    for (size_t i = 0; i < section->count; i++)
        if (strcmp(section->entry[i].key, key) == 0)
            return &section->entry[i];
    return NULL;
}

/* For a section that has just been copied, and so has room. */
static struct entry *section_add(struct section *section, const char *key)
{
    struct entry *entry = &section->entry[section->count++];

    snprintf(entry->key, sizeof(entry->key), "%s", key);
    return entry;
}

/* Called with the store's lock held. */
static void section_unref(struct section *section)
{
    if (section != NULL && --section->refs == 0)
        free(section);
}

static long tariff_value(const struct tariff *tariff, enum section_id id, const char *key)
{
    const struct entry *entry = section_find(tariff->section[id], key);

    return entry != NULL ? entry->value : 0; /* bug: race(value) */
}

/* A copy for one tariff, with room for one more entry; NULL without memory. */
static struct section *section_copy(const struct section *section)
{
    struct section *copy = malloc(sizeof(*copy) + (section->count + 1) * sizeof(copy->entry[0]));

    if (copy == NULL)
        return NULL;
    copy->refs = 1;
    copy->count = section->count;
    for (size_t i = 0; i < section->count; i++)
        copy->entry[i] = section->entry[i];
    return copy;
}

/* Puts a copy in the place of a section that the tariff shares with others. */
static struct section *tariff_own(struct store *store, struct tariff *tariff, enum section_id id)
{
    struct section *shared = tariff->section[id];
    struct section *own = section_copy(shared);

    if (own == NULL)
        return NULL;
    tariff->section[id] = own;
    pthread_mutex_lock(&store->lock);
    section_unref(shared);
    pthread_mutex_unlock(&store->lock);
    return own;
}

static int tariff_set(struct store *store, struct tariff *tariff, enum section_id id,
                      const char *key, long value)
{
    struct section *section = tariff->section[id];
    struct entry *entry = section_find(section, key);

    if (entry == NULL) {
        section = tariff_own(store, tariff, id);
        if (section == NULL)
            return -ENOMEM;
        entry = section_add(section, key);
    }
    entry->value = value; /* bug: race(value) */
    return 0;
}

/* Carries out lines of the form "section.key value". */
static int tariff_apply(struct store *store, struct tariff *tariff, const char *text)
{
    char section[KEY_SIZE], key[KEY_SIZE];
    long value;

    for (int length = 0; *text != '\0'; text += length) {
        int id = 0, error;

        if (sscanf(text, "%7[a-z].%7[a-z] %9ld%n", section, key, &value, &length) != 3 ||
            text[length++] != '\n' || value <= 0)
            return -EINVAL;
        while (id < SECTIONS && strcmp(section_name[id], section) != 0)
            id++;
        if (id == SECTIONS)
            return -EINVAL;
        error = tariff_set(store, tariff, (enum section_id)id, key, value);
        if (error != 0)
            return error;
    }
    return 0;
}

static struct tariff *store_get(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    struct tariff *tariff = store->current;
    tariff->refs++;
    pthread_mutex_unlock(&store->lock);
    return tariff;
}

static void store_put(struct store *store, struct tariff *tariff)
{
    pthread_mutex_lock(&store->lock);
    if (--tariff->refs == 0) {
        for (int id = 0; id < SECTIONS; id++)
            section_unref(tariff->section[id]);
        free(tariff);
    }
    pthread_mutex_unlock(&store->lock);
}

/* A tariff of the caller's own, which shares all sections with the current one. */
static struct tariff *store_copy(struct store *store)
{
    struct tariff *copy = malloc(sizeof(*copy));

    if (copy == NULL)
        return NULL;
    pthread_mutex_lock(&store->lock);
    *copy = *store->current;
    copy->refs = 1;
    for (int id = 0; id < SECTIONS; id++)
        copy->section[id]->refs++;
    pthread_mutex_unlock(&store->lock);
    return copy;
}

/* Called by one thread at a time. After a failure the current tariff stays what it was. */
static int store_reload(struct store *store, const char *text)
{
    struct tariff *tariff = store_copy(store);
    int error;

    if (tariff == NULL)
        return -ENOMEM;
    error = tariff_apply(store, tariff, text);
    if (error == 0) {
        pthread_mutex_lock(&store->lock);
        struct tariff *last = store->current;
        store->current = tariff;
        pthread_mutex_unlock(&store->lock);
        tariff = last;
    }
    store_put(store, tariff); /* the one that is not in force */
    return error;
}

static void store_release(struct store *store)
{
    store_put(store, store->current);
    pthread_mutex_destroy(&store->lock);
}

static int store_init(struct store *store, const char *text)
{
    static const struct section empty;
    struct tariff *tariff = calloc(1, sizeof(*tariff));
    int error = 0;

    if (tariff == NULL)
        return -ENOMEM;
    pthread_mutex_init(&store->lock, NULL);
    store->current = tariff;
    tariff->refs = 1;
    for (int id = 0; id < SECTIONS && error == 0; id++) {
        tariff->section[id] = section_copy(&empty);
        error = tariff->section[id] != NULL ? 0 : -ENOMEM;
    }
    if (error == 0)
        error = store_reload(store, text);
    if (error != 0)
        store_release(store);
    return error;
}

/* Euros for AMOUNT dollars, the fee taken off. */
static long pay_out(const struct tariff *tariff)
{
    return AMOUNT * 1000 / tariff_value(tariff, RATES, "usd") - tariff_value(tariff, FEES, "cash");
}

static void *serve_customers(void *arg)
{
    struct desk *desk = arg;

    for (int i = 0; i < RELOADS; i++) {
        struct tariff *tariff = store_get(desk->store);
        long agreed = pay_out(tariff);

        pthread_barrier_wait(&quoted);
        long printed = pay_out(tariff); /* the slip, while the tariff is reloaded */
        pthread_barrier_wait(&reloaded);
        long paid = pay_out(tariff);
        store_put(desk->store, tariff);
        desk->complaints += printed != agreed || paid != agreed;
    }
    return NULL;
}

int main(void)
{
    struct store store;
    struct desk desk[DESKS];
    int complaints = 0, unexpected = 0;
    long dollar;

    if (store_init(&store, first_tariff) != 0)
        return EXIT_FAILURE;
    pthread_barrier_init(&quoted, NULL, DESKS + 1);
    pthread_barrier_init(&reloaded, NULL, DESKS + 1);
    for (int i = 0; i < DESKS; i++) {
        desk[i] = (struct desk){.store = &store};
        pthread_create(&desk[i].thread, NULL, serve_customers, &desk[i]);
    }
    for (int i = 0; i < RELOADS; i++) {
        pthread_barrier_wait(&quoted);
        unexpected += store_reload(&store, reload[i].text) != reload[i].result;
        pthread_barrier_wait(&reloaded);
    }
    for (int i = 0; i < DESKS; i++) {
        pthread_join(desk[i].thread, NULL);
        complaints += desk[i].complaints;
    }
    dollar = tariff_value(store.current, RATES, "usd");
    store_release(&store);
    pthread_barrier_destroy(&reloaded);
    pthread_barrier_destroy(&quoted);

    printf("%d of %d customers complain\n", complaints, DESKS * RELOADS);
    assert(unexpected == 0);
    assert(complaints == 0 && dollar == 1120); /* bug: wrong-result(complaints) */
    return 0;
}
