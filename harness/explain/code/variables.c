#include "explain/code/variables.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

enum { MOST_VARIABLES = 200000, MOST_DEPTH = 12 };

/* An operation that is an address: in DWARF 5 it may be the index of one in a table. */
static bool op_address(Dwarf_Attribute *location, const Dwarf_Op *op, uint64_t *address)
{
    Dwarf_Attribute attribute;
    Dwarf_Addr value;
    if (op->atom == DW_OP_addr) {
        *address = op->number;
        return true;
    }
    if ((op->atom != DW_OP_addrx && op->atom != DW_OP_GNU_addr_index) ||
        dwarf_getlocation_attr(location, op, &attribute) != 0 ||
        dwarf_formaddr(&attribute, &value) != 0)
        return false;
    *address = value;
    return true;
}

static void add_variable(struct variables *variables, Dwarf_Die *die, Dwarf_Addr bias)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *ops;
    size_t count;
    struct variable found = {.name = dwarf_diename(die)};
    if (!found.name || variables->count >= MOST_VARIABLES ||
        !dwarf_attr(die, DW_AT_location, &attribute) ||
        dwarf_getlocation(&attribute, &ops, &count) != 0 || count != 1 ||
        !op_address(&attribute, &ops[0], &found.object.address) ||
        !type_of(die, &found.object.type))
        return;
    found.object.address += bias;
    found.size = type_size(&found.object.type);
    *(struct variable *)xappend((void **)&variables->items, &variables->count, sizeof found) =
        found;
}

/* Static variables stand in functions and their blocks, too. */
static void add_variables(struct variables *variables, Dwarf_Die *parent, Dwarf_Addr bias,
                          int depth)
{
    Dwarf_Die child;
    if (depth > MOST_DEPTH || dwarf_child(parent, &child) != 0)
        return;
    do {
        switch (dwarf_tag(&child)) {
        case DW_TAG_variable:
            add_variable(variables, &child, bias);
            break;
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
        case DW_TAG_namespace:
            add_variables(variables, &child, bias, depth + 1);
            break;
        default:
            break;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
}

static int add_module(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                      void *data)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = NULL;
    (void)user;
    (void)base;
    if (!image_own_module(name))
        return DWARF_CB_OK;
    while ((unit = dwfl_module_nextcu(module, unit, &bias)))
        add_variables(data, unit, bias, 0);
    return DWARF_CB_OK;
}

static int by_address(const void *left, const void *right)
{
    uint64_t a = ((const struct variable *)left)->object.address;
    uint64_t b = ((const struct variable *)right)->object.address;
    return (a > b) - (a < b);
}

const struct variables *variables_of(struct image *image)
{
    if (!image->variables) {
        image->variables = xcalloc(1, sizeof *image->variables);
        dwfl_getmodules(image->dwfl, add_module, image->variables, 0);
        if (image->variables->count > 0)
            qsort(image->variables->items, image->variables->count, sizeof *image->variables->items,
                  by_address);
    }
    return image->variables;
}

const struct variable *variables_at(struct image *image, uint64_t address)
{
    const struct variables *variables = variables_of(image);
    size_t low = 0;
    size_t high = variables->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (variables->items[middle].object.address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    const struct variable *found = low > 0 ? &variables->items[low - 1] : NULL;
    return found && address - found->object.address < found->size ? found : NULL;
}

const struct variable *variables_named(struct image *image, const char *name)
{
    const struct variables *variables = variables_of(image);
    for (size_t i = 0; i < variables->count; i++)
        if (strcmp(variables->items[i].name, name) == 0)
            return &variables->items[i];
    return NULL;
}

void variables_free(struct variables *variables)
{
    if (variables)
        free(variables->items);
    free(variables);
}

static bool base_of(Dwarf_Die *function, Dwarf_Addr pc, const struct frame_state *frame,
                    uint64_t *base)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *ops;
    size_t count;
    if (!dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) ||
        dwarf_getlocation_addr(&attribute, pc, &ops, &count, 1) != 1 || count != 1)
        return false;
    switch (ops[0].atom) {
    case DW_OP_call_frame_cfa:
        *base = frame->cfa;
        break;
    case DW_OP_reg0 + REGISTER_BP:
        *base = frame->bp;
        break;
    case DW_OP_breg0 + REGISTER_BP:
        *base = frame->bp ? frame->bp + ops[0].number : 0;
        break;
    default:
        return false;
    }
    return *base != 0;
}

static bool local_address(Dwarf_Die *die, Dwarf_Die *function, Dwarf_Addr pc, Dwarf_Addr bias,
                          const struct frame_state *frame, uint64_t *address)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *ops;
    size_t count;
    uint64_t base;
    if (!dwarf_attr_integrate(die, DW_AT_location, &attribute) ||
        dwarf_getlocation_addr(&attribute, pc, &ops, &count, 1) != 1 || count != 1)
        return false;
    if (op_address(&attribute, &ops[0], address)) {
        *address += bias;
        return true;
    }
    switch (ops[0].atom) {
    case DW_OP_fbreg:
        if (!base_of(function, pc, frame, &base))
            return false;
        *address = base + ops[0].number;
        return true;
    case DW_OP_breg0 + REGISTER_BP:
        *address = frame->bp + ops[0].number;
        return frame->bp != 0;
    default:
        return false; /* in a register, or optimised away */
    }
}

bool locals_visit(struct image *image, const struct frame_state *frame, local_visit *visit,
                  void *user)
{
    Dwarf_Addr bias;
    Dwarf_Addr address = frame->pc - frame->after_call;
    Dwarf_Die *unit = image_unit(image, address, &bias);
    Dwarf_Die *inner = NULL;
    Dwarf_Die *scopes = NULL;
    bool done = false;
    int count = unit ? dwarf_getscopes(unit, address - bias, &inner) : 0;
    /* Around an inlined function lie the scopes it was inlined into, which are the ones to have. */
    count = count > 0 ? dwarf_getscopes_die(&inner[0], &scopes) : 0;
    Dwarf_Die *function = NULL;
    for (int i = 0; i < count && !function; i++)
        if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
            function = &scopes[i];
    for (int i = 0; i < count && function && !done; i++) {
        Dwarf_Die child;
        int scope = dwarf_tag(&scopes[i]);
        if (scope == DW_TAG_compile_unit || dwarf_child(&scopes[i], &child) != 0)
            continue;
        do {
            struct object object;
            int tag = dwarf_tag(&child);
            const char *name = dwarf_diename(&child);
            if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) && name &&
                type_of(&child, &object.type) &&
                local_address(&child, function, address - bias, bias, frame, &object.address))
                done = visit(user, name, &object);
        } while (!done && dwarf_siblingof(&child, &child) == 0);
    }
    free(inner);
    free(scopes);
    return done;
}
