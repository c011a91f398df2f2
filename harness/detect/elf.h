/* What an executable says of itself, read with elfutils. Each call opens and closes the file. */
#ifndef RACELAB_DETECT_ELF_H
#define RACELAB_DETECT_ELF_H

#include <stdbool.h>
#include <stdint.h>

struct elf_facts {
    bool debug_info; /* it has DWARF line information */
    bool
        recordable; /* the recorder may be preloaded: glibc loads it, and no sanitizer's library that
                          wants to be first */
    char clang[16];    /* version of the clang that compiled a part of it, "" where none did */
    char gcc[16];      /* the same of gcc */
    bool tsan_runtime; /* ThreadSanitizer's runtime is linked in, statically or as a library */
};

/* Returns 0; a negative errno where the file cannot be opened; -ENOEXEC where it is no ELF file. */
int elf_inspect(const char *program, struct elf_facts *facts);

/* The data symbol at this link-time address: "accounts", or "accounts+40" inside it. From malloc;
 * NULL where there is none, and where the program is position independent: its addresses are others
 * in each run. */
char *elf_symbol_at(const char *program, uint64_t address);

#endif
