/* Places of addresses, each looked up once. */
#include "explore/resolver.h"

#include "explain/places.h"
#include "model/memory.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct seen_place {
    uint64_t address; /* these two are the key */
    bool after_call;
    struct place place;
};

static int by_address(const void *left, const void *right)
{
    const struct seen_place *a = left;
    const struct seen_place *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return (int)a->after_call - (int)b->after_call;
}

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

/* A library's places are told by its name alone, whatever debug info is installed for it. */
static struct place look_up(struct resolver *resolver, uint64_t address, bool after_call)
{
    struct frame_state frame = {.pc = address, .after_call = after_call};
    struct place_cache cache = {0};
    struct place_list list = {0};
    struct place found = {.address = address};
    if (address == 0)
        return found;
    places_add(&cache, &resolver->image, &frame, &list);
    size_t own = places_own(&list, NULL);
    const struct place *place = own != NO_INDEX  ? &list.items[own]
                                : list.count > 0 ? &list.items[0]
                                                 : NULL;
    if (place) {
        found.module = copy(place->module);
        found.function = copy(place->function);
    }
    if (place && own != NO_INDEX && place->line > 0) {
        found.file = copy(place->file);
        found.line = place->line;
    }
    place_list_release(&list);
    place_cache_release(&cache);
    return found;
}

const struct place *resolver_place(struct resolver *resolver, uint64_t address, bool after_call)
{
    struct seen_place key = {.address = address, .after_call = after_call};
    struct seen_place **found = tfind(&key, &resolver->places, by_address);
    if (found)
        return &(*found)->place;
    struct seen_place *seen = xcalloc(1, sizeof(*seen));
    *seen = key;
    seen->place = look_up(resolver, address, after_call);
    if (!tsearch(seen, &resolver->places, by_address))
        abort(); /* as model/memory.h has it: out of memory is the end */
    return &seen->place;
}

static void free_seen(void *seen)
{
    place_release(&((struct seen_place *)seen)->place);
    free(seen);
}

void resolver_forget_places(struct resolver *resolver)
{
    tdestroy(resolver->places, free_seen);
    resolver->places = NULL;
}

struct place resolve_place_of(const struct resolver *resolver, const struct place *place)
{
    struct place told = {.function = copy(place->function),
                         .file = copy(place->file),
                         .line = place->line,
                         .module = copy(place->module),
                         .address = place->address};
    const char *root = resolver->options.root;
    size_t length = root ? strlen(root) : 0;
    if (told.file && length > 0 && strncmp(told.file, root, length) == 0 &&
        told.file[length] == '/')
        memmove(told.file, told.file + length + 1, strlen(told.file + length + 1) + 1);
    return told;
}

struct place resolve_place(struct resolver *resolver, uint64_t pc)
{
    return resolve_place_of(resolver, resolver_place(resolver, pc, true));
}

/* The last two parts of a path. */
static const char *short_path(const char *path)
{
    size_t slashes = 0;
    for (size_t i = strlen(path); i-- > 0;) {
        if (path[i] == '/' && ++slashes == 2)
            return path + i + 1;
    }
    return path[0] == '/' ? path + 1 : path;
}

char *place_phrase(const struct place *place)
{
    if (place->file && place->line > 0)
        return xasprintf("at %s:%d", short_path(place->file), place->line);
    if (place->function)
        return xasprintf("in %s", place->function);
    if (place->module)
        return xasprintf("in %s", basename(place->module));
    return xstrdup("at an unknown place");
}
