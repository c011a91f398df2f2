#include "explain/code/units.h"

#include <stdlib.h>

#include "explain/code/image.h"
#include "model/memory.h"

struct range {
    uint64_t from;
    uint64_t to; /* exclusive */
    Dwarf_Die unit;
    Dwarf_Addr bias;
};

struct units {
    struct range *ranges; /* ascending */
    size_t count;
};

static int add_module(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr start,
                      void *data)
{
    struct units *units = data;
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias;
    (void)user;
    (void)start;
    if (!image_own_module(name))
        return DWARF_CB_OK;
    while ((unit = dwfl_module_nextcu(module, unit, &bias))) {
        Dwarf_Addr base;
        Dwarf_Addr from;
        Dwarf_Addr to;
        ptrdiff_t at = 0;
        while ((at = dwarf_ranges(unit, at, &base, &from, &to)) > 0) {
            struct range *range = xappend((void **)&units->ranges, &units->count, sizeof *range);
            *range = (struct range){from + bias, to + bias, *unit, bias};
        }
    }
    return DWARF_CB_OK;
}

static int by_address(const void *left, const void *right)
{
    uint64_t a = ((const struct range *)left)->from;
    uint64_t b = ((const struct range *)right)->from;
    return (a > b) - (a < b);
}

static int holds(const void *key, const void *element)
{
    uint64_t address = *(const uint64_t *)key;
    const struct range *range = element;
    return address < range->from ? -1 : address >= range->to ? 1 : 0;
}

Dwarf_Die *units_find(struct units **units, Dwfl *dwfl, uint64_t address, Dwarf_Addr *bias)
{
    if (!*units) {
        *units = xcalloc(1, sizeof **units);
        dwfl_getmodules(dwfl, add_module, *units, 0);
        if ((*units)->count > 0)
            qsort((*units)->ranges, (*units)->count, sizeof *(*units)->ranges, by_address);
    }
    if ((*units)->count == 0)
        return NULL;
    struct range *range =
        bsearch(&address, (*units)->ranges, (*units)->count, sizeof *(*units)->ranges, holds);
    if (!range)
        return NULL;
    *bias = range->bias;
    return &range->unit;
}

void units_free(struct units *units)
{
    if (units)
        free(units->ranges);
    free(units);
}
