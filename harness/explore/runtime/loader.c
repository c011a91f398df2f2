#include "explore/runtime/memory.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <sys/auxv.h>

/* [from, to); empty where it is not known. */
static uint64_t loader_from, loader_to;

/* Not dl_iterate_phdr(), which takes a lock of the loader's: this may be asked for before the others' constructors. */
static __attribute__((constructor)) void find_loader(void)
{
    uint64_t base = getauxval(AT_BASE);
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)base;
    if (!header)
        return;
    const ElfW(Phdr) *parts = (const ElfW(Phdr) *)(base + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (parts[i].p_type == PT_LOAD && base + parts[i].p_vaddr + parts[i].p_memsz > loader_to)
            loader_to = base + parts[i].p_vaddr + parts[i].p_memsz;
    loader_from = base;
}

bool memory_of_loader(uint64_t pc)
{
    return pc - loader_from < loader_to - loader_from;
}
