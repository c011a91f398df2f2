#include "explore/runtime/modules.h"

#include <link.h>
#include <stddef.h>

static int note(struct dl_phdr_info *info, size_t size, void *user)
{
    struct wire_block *block = user;
    (void)size;
    if (block->module_count == WIRE_MODULES)
        return 1;
    struct wire_module *module = &block->modules[block->module_count];
    *module = (struct wire_module){.bias = info->dlpi_addr, .from = UINT64_MAX};
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
    for (size_t i = 0; info->dlpi_name && info->dlpi_name[i] && i + 1 < sizeof module->path; i++)
        module->path[i] = info->dlpi_name[i];
    block->module_count++;
    return 0;
}

void modules_note(struct wire_block *block)
{
    block->module_count = 0;
    dl_iterate_phdr(note, block);
}
