/* Where libdw finds the files of an image: callbacks for Dwfl_Callbacks. */
#ifndef RACELAB_EXPLAIN_CODE_IMAGE_FILES_H
#define RACELAB_EXPLAIN_CODE_IMAGE_FILES_H

#include <elfutils/libdwfl.h>

/* The file as the process sees it: it may live in another mount namespace. *user is the pid. */
int image_find_elf(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                   char **file_name, Elf **elf);

/* Only what is installed here, by its build ID. Of the C library it serves for the names of its
 * inner functions. */
int image_find_debuginfo(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                         const char *file, const char *link, GElf_Word crc, char **found);

#endif
