#include "explain/code/types.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

enum { MOST_DEPTH = 12 };

bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type) != NULL;
}

bool type_peel(Dwarf_Die *type, Dwarf_Die *peeled)
{
    return dwarf_peel_type(type, peeled) == 0;
}

uint64_t type_size(Dwarf_Die *type)
{
    Dwarf_Word size;
    return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

const char *type_sync_name(const Dwarf_Die *type)
{
    static const char *const names[] = {"pthread_mutex_t",
                                        "pthread_cond_t",
                                        "pthread_rwlock_t",
                                        "pthread_barrier_t",
                                        "pthread_once_t",
                                        "pthread_spinlock_t",
                                        "sem_t",
                                        "mtx_t",
                                        "cnd_t",
                                        "once_flag"};
    Dwarf_Die at = *type;
    for (;;) {
        int tag = dwarf_tag(&at);
        if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type &&
            tag != DW_TAG_atomic_type)
            return NULL;
        const char *name = tag == DW_TAG_typedef ? dwarf_diename(&at) : NULL;
        for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
            if (strcmp(name, names[i]) == 0)
                return names[i];
        if (!type_of(&at, &at))
            return NULL;
    }
}

bool member_offset(Dwarf_Die *member, uint64_t *offset)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    *offset = 0;
    if (!dwarf_attr_integrate(member, DW_AT_data_member_location, &attribute))
        return true; /* of a union */
    if (dwarf_formudata(&attribute, &value) != 0)
        return false;
    *offset = value;
    return true;
}

static uint64_t element_size(Dwarf_Die *array, Dwarf_Die *element)
{
    return type_of(array, element) ? type_size(element) : 0;
}

/* One step down; false at the end of the names. */
static bool step_down(struct object *object, uint64_t address, char **path)
{
    Dwarf_Die type;
    Dwarf_Die part;
    if (type_sync_name(&object->type) || !type_peel(&object->type, &type))
        return false;
    if (dwarf_tag(&type) == DW_TAG_array_type) {
        uint64_t size = element_size(&type, &part);
        if (size == 0)
            return false;
        uint64_t index = (address - object->address) / size;
        char *longer = xasprintf("%s[%llu]", *path, (unsigned long long)index);
        free(*path);
        *path = longer;
        *object = (struct object){object->address + index * size, part};
        return true;
    }
    if (dwarf_child(&type, &part) != 0)
        return false;
    do {
        Dwarf_Die of;
        uint64_t offset;
        int tag = dwarf_tag(&part);
        if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || !member_offset(&part, &offset) ||
            !type_of(&part, &of))
            continue;
        uint64_t start = object->address + offset;
        if (address < start || address >= start + type_size(&of))
            continue;
        const char *name = tag == DW_TAG_member ? dwarf_diename(&part) : NULL;
        /* The standard library's own members would tell the reader nothing. */
        if (name && name[0] != '_') {
            char *longer = xasprintf("%s.%s", *path, name);
            free(*path);
            *path = longer;
        }
        *object = (struct object){start, of};
        return true;
    } while (dwarf_siblingof(&part, &part) == 0);
    return false;
}

void object_descend(struct object *object, uint64_t address, char **path)
{
    for (int depth = 0; depth < MOST_DEPTH && step_down(object, address, path); depth++)
        ;
}
