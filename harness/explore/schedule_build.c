/* What a schedule was counted in (see schedule_file.h). */
#include "explore/schedule_file.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a: two builds are to be told apart, not to be proof against forgery. */
static uint64_t add(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* A note holds the linker's own identity of the file, which differs with its debug info. */
static bool counts(const GElf_Shdr *header)
{
    return (header->sh_flags & SHF_ALLOC) && header->sh_type != SHT_NOTE &&
           header->sh_type != SHT_NOBITS;
}

static bool add_sections(Elf *elf, uint64_t *hash)
{
    bool any = false;
    for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !counts(&header))
            continue;
        *hash = add(*hash, &header.sh_addr, sizeof(header.sh_addr));
        for (Elf_Data *data = elf_rawdata(section, NULL); data; data = elf_rawdata(section, data))
            *hash = add(*hash, data->d_buf, data->d_buf ? data->d_size : 0);
        any = true;
    }
    return any;
}

char *schedule_build(const char *program, char **trouble)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    *trouble = NULL;
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        *trouble = xasprintf("%s: %s", program, strerror(errno));
        return NULL;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    bool read = elf && elf_kind(elf) == ELF_K_ELF && add_sections(elf, &hash);
    elf_end(elf);
    close(fd);
    if (!read) {
        *trouble = xasprintf("%s is no executable of this kind of system (ELF)", program);
        return NULL;
    }
    return xasprintf("%016" PRIx64, hash);
}
