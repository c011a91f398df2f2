#include "explain/places.h"

#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static void add_place(void *user, const struct place *place)
{
    struct place_list *list = user;
    struct place *added = xappend((void **)&list->items, &list->count, sizeof *added);
    *added = (struct place){.function = copy(place->function),
                            .file = copy(place->file),
                            .line = place->line,
                            .module = copy(place->module),
                            .address = place->address};
}

void places_add(struct place_cache *cache, struct image *image, const struct frame_state *frame,
                struct place_list *list)
{
    struct placed *placed = NULL;
    for (size_t i = 0; i < cache->count && !placed; i++)
        if (cache->items[i].pc == frame->pc && cache->items[i].after_call == frame->after_call)
            placed = &cache->items[i];
    if (!placed) {
        placed = xappend((void **)&cache->items, &cache->count, sizeof *placed);
        placed->pc = frame->pc;
        placed->after_call = frame->after_call;
        image_places(image, frame, add_place, &placed->list);
    }
    for (size_t i = 0; i < placed->list.count; i++)
        add_place(list, &placed->list.items[i]);
}

void place_list_release(struct place_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        place_release(&list->items[i]);
    free(list->items);
    *list = (struct place_list){0};
}

void place_cache_release(struct place_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        place_list_release(&cache->items[i].list);
    free(cache->items);
    *cache = (struct place_cache){0};
}

static bool begins_with_any(const char *text, const char *const *beginnings, size_t count)
{
    for (size_t i = 0; text && i < count; i++)
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

static bool is_runtime(const struct place *place)
{
    static const char *const names[] = {"__interceptor_", "___interceptor_", "__tsan",
                                        "__sanitizer",    "__asan",          "__wrap_"};
    return begins_with_any(place->function, names, sizeof names / sizeof *names) ||
           (place->file && strstr(place->file, "/compiler-rt/"));
}

/* The C library within a static program. */
static bool is_library(const struct place *place)
{
    static const char *const names[] = {"__", "pthread_", "sem_"};
    return begins_with_any(place->function, names, sizeof names / sizeof *names);
}

size_t places_own(const struct place_list *list, const char *own_source)
{
    size_t lineless = NO_INDEX;
    for (size_t i = 0; i < list->count; i++) {
        const struct place *place = &list->items[i];
        bool has_line = place->file && place->line > 0;
        if (own_source) {
            if (has_line && strncmp(place->file, own_source, strlen(own_source)) == 0)
                return i;
            continue;
        }
        if (!image_own_module(place->module) || is_runtime(place))
            continue;
        if (has_line)
            return i;
        if (lineless == NO_INDEX && !is_library(place))
            lineless = i;
    }
    return lineless;
}
