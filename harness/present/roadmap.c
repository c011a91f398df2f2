#include "present/roadmap.h"

#include "model/memory.h"
#include "present/json.h"
#include "present/json_value.h"

#include <string.h>

#define COLUMNS 80

static bool is_wanted(const struct roadmap_options *options, enum station station)
{
    return !options->one || options->station == station;
}

/* Of the pairs at this station, those by standing; in all. */
static size_t count_station(const struct progress *progress, enum station station,
                            size_t counts[STANDING_COUNT])
{
    size_t all = 0;
    memset(counts, 0, STANDING_COUNT * sizeof(*counts));
    for (size_t i = 0; i < progress->pair_count; i++) {
        if (progress->pairs[i].station != station)
            continue;
        counts[progress->pairs[i].standing]++;
        all++;
    }
    return all;
}

/* The first to try at the stations that are wanted; NULL: none is left. */
static const struct pair_progress *next_pair(const struct progress *progress,
                                             const struct roadmap_options *options)
{
    for (size_t n = 0; n < progress->next_count; n++) {
        for (size_t i = 0; i < progress->pair_count; i++) {
            const struct pair_progress *pair = &progress->pairs[i];
            if (pair->pair == progress->next[n] && is_wanted(options, pair->station))
                return pair;
        }
    }
    return NULL;
}

static void print_pair(FILE *out, const struct style *style, const struct pair_progress *pair,
                       const struct roadmap_options *options)
{
    const char *title = pair->pair->lesson.title;
    if (options->known)
        fprintf(out, "  %-6s", standing_word(pair->standing));
    fprintf(out, "  %s\n", pair->pair->id);
    if (options->one && title) {
        int indent = options->known ? 12 : 6;
        fprintf(out, "%*s", indent, "");
        print_wrapped(out, style, indent, title);
    }
}

static void print_station(FILE *out, const struct style *style, const struct progress *progress,
                          enum station station, const struct roadmap_options *options)
{
    size_t counts[STANDING_COUNT];
    size_t all = count_station(progress, station, counts);
    fprintf(out, "%s%d. %s%s: %zu pair%s", style_bold(style), (int)station + 1,
            station_title(station), style_end(style), all, all == 1 ? "" : "s");
    for (int s = STANDING_MENDED; s >= STANDING_NEW && options->known; s--)
        fprintf(out, ", %zu %s", counts[s], standing_word((enum standing)s));
    fputc('\n', out);
    for (size_t i = 0; i < progress->pair_count; i++) {
        if (progress->pairs[i].station == station)
            print_pair(out, style, &progress->pairs[i], options);
    }
    fputc('\n', out);
}

static void print_legend(FILE *out, const struct style *style)
{
    static const char *const lines[] = {
        "mended: the last round with its bug was all right: verdict, class, patch",
        "tried: that round was not yet all right",
        "met: innocent rounds of it alone so far",
        "new: no round of it yet",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        print_wrapped(out, style, 2, lines[i]);
}

void roadmap_print(FILE *out, const struct style *style, const struct progress *progress,
                   const struct roadmap_options *options)
{
    bool narrow = style->width > 0 && style->width < COLUMNS;
    struct style page = {.colour = style->colour, .width = narrow ? style->width : COLUMNS};
    for (enum station s = STATION_THREADS; s < STATION_COUNT; s++) {
        if (is_wanted(options, s))
            print_station(out, &page, progress, s, options);
    }
    if (!options->known)
        return;
    print_legend(out, &page);
    const struct pair_progress *next = next_pair(progress, options);
    if (next)
        fprintf(out, "\nNext: racelab review %s\n", next->pair->id);
    else
        fprintf(out, "\nNext: nothing; every pair here is mended.\n");
}

static json_t *pair_json(const struct pair_progress *pair, bool known)
{
    json_t *json =
        json_pack("{ss so}", "id", pair->pair->id, "title", json_text(pair->pair->lesson.title));
    json_object_set_new(json, "standing",
                        known ? json_string(standing_word(pair->standing)) : json_null());
    json_object_set_new(json, "rounds",
                        known ? json_integer((json_int_t)pair->rounds) : json_null());
    json_object_set_new(json, "last",
                        pair->rounds > 0 ? json_integer((json_int_t)pair->last) : json_null());
    return json;
}

static json_t *station_json(const struct progress *progress, enum station station, bool known)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < progress->pair_count; i++) {
        if (progress->pairs[i].station == station)
            json_array_append_new(pairs, pair_json(&progress->pairs[i], known));
    }
    return json_pack("{si ss ss so}", "number", (int)station + 1, "name", station_word(station),
                     "title", station_title(station), "pairs", pairs);
}

int roadmap_write_json(const char *path, const struct progress *progress,
                       const struct roadmap_options *options)
{
    json_t *stations = json_array();
    for (enum station s = STATION_THREADS; s < STATION_COUNT; s++) {
        if (is_wanted(options, s))
            json_array_append_new(stations, station_json(progress, s, options->known));
    }
    const struct pair_progress *next = options->known ? next_pair(progress, options) : NULL;
    return json_save(path,
                     json_pack("{si ss so ss?}", "schema", JSON_SCHEMA, "racelab", RACELAB_VERSION,
                               "stations", stations, "next", next ? next->pair->id : NULL));
}
