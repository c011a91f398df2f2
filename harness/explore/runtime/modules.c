#include "explore/runtime/modules.h"

#include <link.h>
#include <stddef.h>

/* Member by member: an initialiser may become a call of memset. */
static int note(struct dl_phdr_info *info, size_t size, void *user)
{
    struct wire_block *block = user;
    (void)size;
    if (block->module_count == WIRE_MODULES)
        return 1;
    struct wire_module *module = &block->modules[block->module_count];
    module->bias = info->dlpi_addr;
    module->from = UINT64_MAX;
    module->to = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uint64_t from = info->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD)
            continue;
        module->from = from < module->from ? from : module->from;
        module->to = from + part->p_memsz > module->to ? from + part->p_memsz : module->to;
    }
    if (module->from >= module->to)
        return 0;
    size_t length = 0;
    for (; info->dlpi_name && info->dlpi_name[length] && length + 1 < sizeof module->path; length++)
        module->path[length] = info->dlpi_name[length];
    module->path[length] = '\0';
    block->module_count++;
    return 0;
}

void modules_note(struct wire_block *block)
{
    block->module_count = 0;
    dl_iterate_phdr(note, block);
}
