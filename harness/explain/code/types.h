/* Types by their DWARF: what lies at an offset of an object. */
#ifndef RACELAB_EXPLAIN_CODE_TYPES_H
#define RACELAB_EXPLAIN_CODE_TYPES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* An object in the memory of the process. */
struct object {
    uint64_t address;
    Dwarf_Die type; /* not peeled: typedef names are kept */
};

/* The type behind typedefs and qualifiers. False where there is none (void). */
bool type_peel(Dwarf_Die *type, Dwarf_Die *peeled);
/* The type of a variable, member, pointer or array element. */
bool type_of(Dwarf_Die *die, Dwarf_Die *type);
uint64_t type_size(Dwarf_Die *type); /* 0 unknown */
/* "pthread_mutex_t", "sem_t": the typedef's name where the type is one that threads wait on; else
 * NULL. */
const char *type_sync_name(const Dwarf_Die *type);
/* Offset of a member in its structure. */
bool member_offset(Dwarf_Die *member, uint64_t *offset);

/*
 * Goes down from an object to what lies at `address`, as far as names reach: "[1].lock" is put
 * behind *path (from malloc, reallocated), and *object becomes what was reached.
 */
void object_descend(struct object *object, uint64_t address, char **path);

#endif
