#include "explain/code/names.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "model/memory.h"
#include "supervise/proc.h"

enum {
    MOST_STACKS = 32,   /* whose locals are looked through */
    MOST_STEPS = 4000,  /* objects looked at along pointers */
    MOST_HOPS = 4,      /* pointers followed in a row */
    MOST_ELEMENTS = 64, /* of an array of structures */
};

static bool reached(const struct object *object, char *path, struct known_object *known)
{
    Dwarf_Die type = object->type;
    const char *name = type_sync_name(&type);
    known->base = object->address;
    known->name = path;
    known->type = NULL;
    if (!name && (dwarf_tag(&type) == DW_TAG_typedef || dwarf_tag(&type) == DW_TAG_base_type))
        name = dwarf_diename(&type);
    if (name)
        known->type = xstrdup(name);
    return true;
}

static bool holds(const struct object *object, uint64_t address)
{
    Dwarf_Die type = object->type;
    return address >= object->address && address - object->address < type_size(&type);
}

struct local_search {
    uint64_t address;
    struct known_object *known;
};

static bool visit_local(void *user, const char *name, const struct object *object)
{
    struct local_search *search = user;
    if (!holds(object, search->address))
        return false;
    struct object at = *object;
    char *path = xstrdup(name);
    object_descend(&at, search->address, &path);
    return reached(&at, path, search->known);
}

/* An object found along pointers. `path` is the object's own name, or with `pointer` the name of a pointer to
 * it. */
struct node {
    struct object object;
    char *path;
    bool pointer;
    unsigned hops;
};

struct search {
    struct image *image;
    uint64_t address;
    struct node *nodes;
    size_t count;
    size_t seen; /* nodes already taken from the front */
};

static void add_node(struct search *search, const struct object *object, char *path, bool pointer,
                     unsigned hops)
{
    if (search->count >= MOST_STEPS) {
        free(path);
        return;
    }
    *(struct node *)xappend((void **)&search->nodes, &search->count, sizeof *search->nodes) =
        (struct node){*object, path, pointer, hops};
}

static bool known_node(const struct search *search, uint64_t address)
{
    for (size_t i = 0; i < search->count; i++)
        if (search->nodes[i].pointer && search->nodes[i].object.address == address)
            return true;
    return false;
}

/* What a pointer variable leads to, unless that has no name for its parts. */
static void follow(struct search *search, const struct object *object, const char *path,
                   unsigned hops)
{
    Dwarf_Die type = object->type;
    Dwarf_Die pointer;
    struct object target;
    uint64_t value;
    if (hops >= MOST_HOPS || !type_peel(&type, &pointer) ||
        dwarf_tag(&pointer) != DW_TAG_pointer_type || !type_of(&pointer, &target.type) ||
        type_size(&target.type) == 0 ||
        !proc_read_memory(search->image->pid, object->address, &value, sizeof value) ||
        value == 0 || known_node(search, value))
        return;
    target.address = value;
    add_node(search, &target, xstrdup(path), true, hops + 1);
}

static void look_inside(struct search *search, const struct object *object, const char *path,
                        bool pointer, unsigned hops);

static void look_at_elements(struct search *search, const struct object *object, Dwarf_Die *array,
                             const char *path, unsigned hops)
{
    struct object element;
    if (!type_of(array, &element.type))
        return;
    Dwarf_Die whole = object->type;
    uint64_t size = type_size(&element.type);
    uint64_t count = size ? type_size(&whole) / size : 0;
    for (uint64_t i = 0; i < count && i < MOST_ELEMENTS && search->count < MOST_STEPS; i++) {
        char *name = xasprintf("%s[%llu]", path, (unsigned long long)i);
        element.address = object->address + i * size;
        look_inside(search, &element, name, false, hops);
        free(name);
    }
}

/* Follows the pointers in an object and in its parts. */
static void look_inside(struct search *search, const struct object *object, const char *path,
                        bool pointer, unsigned hops)
{
    Dwarf_Die type = object->type;
    Dwarf_Die whole;
    Dwarf_Die part;
    if (type_sync_name(&type) || !type_peel(&type, &whole))
        return;
    switch (dwarf_tag(&whole)) {
    case DW_TAG_pointer_type:
        if (!pointer)
            follow(search, object, path, hops);
        return;
    case DW_TAG_array_type:
        look_at_elements(search, object, &whole, path, hops);
        return;
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
        break;
    default:
        return;
    }
    if (dwarf_child(&whole, &part) != 0)
        return;
    do {
        struct object member;
        uint64_t offset;
        const char *name = dwarf_diename(&part);
        if (dwarf_tag(&part) != DW_TAG_member || !name || !member_offset(&part, &offset) ||
            !type_of(&part, &member.type))
            continue;
        member.address = object->address + offset;
        char *longer = xasprintf("%s%s%s", path, pointer ? "->" : ".", name);
        look_inside(search, &member, longer, false, hops);
        free(longer);
    } while (search->count < MOST_STEPS && dwarf_siblingof(&part, &part) == 0);
}

static bool start_local(void *user, const char *name, const struct object *object)
{
    look_inside(user, object, name, false, 0);
    return false;
}

/* Breadth first, so that the shortest way is the one told. */
static bool search_pointers(struct search *search, struct known_object *known)
{
    for (; search->seen < search->count; search->seen++) {
        struct node node = search->nodes[search->seen];
        if (holds(&node.object, search->address)) {
            struct object at = node.object;
            char *rest = xstrdup("");
            object_descend(&at, search->address, &rest);
            char *path = rest[0] == '.' ? xasprintf("%s->%s", node.path, rest + 1)
                         : rest[0]      ? xasprintf("(*%s)%s", node.path, rest)
                                        : xasprintf("*%s", node.path);
            free(rest);
            return reached(&at, path, known);
        }
        look_inside(search, &node.object, node.path, true, node.hops);
    }
    return false;
}

static bool find_by_pointers(struct image *image, const struct frame_states *stack,
                             uint64_t address, struct known_object *known)
{
    struct search search = {.image = image, .address = address};
    for (size_t i = 0; i < stack->count; i++)
        locals_visit(image, &stack->items[i], start_local, &search);
    bool found = search_pointers(&search, known);
    const struct variables *variables = variables_of(image);
    for (size_t i = 0; !found && i < variables->count && search.count < MOST_STEPS; i++)
        look_inside(&search, &variables->items[i].object, variables->items[i].name, false, 0);
    found = found || search_pointers(&search, known);
    for (size_t i = 0; i < search.count; i++)
        free(search.nodes[i].path);
    free(search.nodes);
    return found;
}

bool names_find(struct image *image, const struct frame_states *stacks, size_t count, size_t at,
                uint64_t address, struct known_object *known)
{
    const struct variable *variable = variables_at(image, address);
    if (variable) {
        struct object object = variable->object;
        char *path = xstrdup(variable->name);
        object_descend(&object, address, &path);
        return reached(&object, path, known);
    }
    struct local_search search = {address, known};
    for (size_t i = 0; i < count && i < MOST_STACKS; i++)
        for (size_t k = 0; k < stacks[i].count; k++)
            if (locals_visit(image, &stacks[i].items[k], visit_local, &search))
                return true;
    return at < count && find_by_pointers(image, &stacks[at], address, known);
}
