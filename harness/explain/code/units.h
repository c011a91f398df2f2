/*
 * Which compilation unit an address belongs to. libdw's own look-up goes by .debug_aranges, which
 * clang does not write.
 */
#ifndef RACELAB_EXPLAIN_CODE_UNITS_H
#define RACELAB_EXPLAIN_CODE_UNITS_H

#include <elfutils/libdwfl.h>
#include <stddef.h>
#include <stdint.h>

struct units;

/* The unit and the bias between its addresses and those of the process; NULL where the debug info
 * has none. Only the program's own modules are looked at. *units starts as NULL. */
Dwarf_Die *units_find(struct units **units, Dwfl *dwfl, uint64_t address, Dwarf_Addr *bias);
void units_free(struct units *units);

#endif
