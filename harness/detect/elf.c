#include "detect/elf.h"

#include "detect/demangle.h"
#include "model/memory.h"
#include "model/version.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct image {
    int fd;
    Elf *elf;
};

static int image_open(const char *program, struct image *image)
{
    elf_version(EV_CURRENT);
    image->elf = NULL;
    image->fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (image->fd < 0)
        return -errno;
    image->elf = elf_begin(image->fd, ELF_C_READ_MMAP, NULL);
    if (!image->elf || elf_kind(image->elf) != ELF_K_ELF) {
        elf_end(image->elf);
        close(image->fd);
        return -ENOEXEC;
    }
    return 0;
}

static void image_close(struct image *image)
{
    elf_end(image->elf);
    close(image->fd);
}

/* Calls visit for each symbol of the static and the dynamic symbol table until it returns true. */
static bool each_symbol(struct image *image,
                        bool (*visit)(const GElf_Sym *symbol, const char *name, void *user),
                        void *user)
{
    for (Elf_Scn *section = elf_nextscn(image->elf, NULL); section;
         section = elf_nextscn(image->elf, section)) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) ||
            (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) ||
            header.sh_entsize == 0)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Sym symbol;
            if (!gelf_getsym(data, (int)i, &symbol))
                break;
            const char *name = elf_strptr(image->elf, header.sh_link, symbol.st_name);
            if (name && visit(&symbol, name, user))
                return true;
        }
    }
    return false;
}

static bool is_tsan_init(const GElf_Sym *symbol, const char *name, void *user)
{
    (void)symbol;
    (void)user;
    return strcmp(name, "__tsan_init") == 0;
}

/* What explore/runtime/hooks.h asks of a scheduler that is yet to be preloaded. */
static bool is_hook(const GElf_Sym *symbol, const char *name, void *user)
{
    (void)user;
    return symbol->st_shndx == SHN_UNDEF && strcmp(name, "racelab_explore_access") == 0;
}

/* The program interpreter is glibc's. */
static bool has_glibc_loader(struct image *image)
{
    size_t count = 0;
    if (elf_getphdrnum(image->elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        size_t length = 0;
        if (!gelf_getphdr(image->elf, (int)i, &header) || header.p_type != PT_INTERP)
            continue;
        const char *file = elf_rawfile(image->elf, &length);
        return file && header.p_offset < length && header.p_filesz <= length - header.p_offset &&
               memmem(file + header.p_offset, header.p_filesz, "/ld-linux", strlen("/ld-linux"));
    }
    return false;
}

/* gcc's AddressSanitizer ends a program in which another library comes before it. */
static bool needs_sanitizer(struct image *image)
{
    for (Elf_Scn *section = elf_nextscn(image->elf, NULL); section;
         section = elf_nextscn(image->elf, section)) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNAMIC ||
            header.sh_entsize == 0)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Dyn entry;
            if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag != DT_NEEDED)
                continue;
            const char *name = elf_strptr(image->elf, header.sh_link, entry.d_un.d_val);
            if (name && strncmp(name, "libasan", strlen("libasan")) == 0)
                return true;
        }
    }
    return false;
}

/* The compilers name themselves in .comment, one text each: "Debian clang version 14.0.6",
 * "GCC: (Debian 12.2.0-14) 12.2.0". */
static void read_compilers(const Elf_Data *data, struct elf_facts *facts)
{
    const char *texts = data->d_buf;
    for (size_t at = 0; at < data->d_size;) {
        const char *text = texts + at;
        size_t length = strnlen(text, data->d_size - at);
        const char *space = memrchr(text, ' ', length);
        char *clang = version_behind(text, length, "clang version ");
        char *gcc = length > 4 && memcmp(text, "GCC:", 4) == 0 && space
                        ? version_behind(space, length - (size_t)(space - text), " ")
                        : NULL;
        if (clang)
            snprintf(facts->clang, sizeof(facts->clang), "%s", clang);
        if (gcc)
            snprintf(facts->gcc, sizeof(facts->gcc), "%s", gcc);
        free(clang);
        free(gcc);
        at += length + 1;
    }
}

int elf_inspect(const char *program, struct elf_facts *facts)
{
    struct image image;
    *facts = (struct elf_facts){0};
    int error = image_open(program, &image);
    if (error)
        return error;
    size_t names = 0;
    if (elf_getshdrstrndx(image.elf, &names) == 0) {
        for (Elf_Scn *section = elf_nextscn(image.elf, NULL); section;
             section = elf_nextscn(image.elf, section)) {
            GElf_Shdr header;
            const char *name = gelf_getshdr(section, &header)
                                   ? elf_strptr(image.elf, names, header.sh_name)
                                   : NULL;
            if (name && (strcmp(name, ".debug_line") == 0 || strcmp(name, ".zdebug_line") == 0))
                facts->debug_info = true;
            Elf_Data *data =
                name && strcmp(name, ".comment") == 0 ? elf_getdata(section, NULL) : NULL;
            if (data && data->d_buf)
                read_compilers(data, facts);
        }
    }
    facts->recordable = has_glibc_loader(&image) && !needs_sanitizer(&image);
    /* The scheduler's hooks have ThreadSanitizer's names. */
    facts->tsan_runtime =
        each_symbol(&image, is_tsan_init, NULL) && !each_symbol(&image, is_hook, NULL);
    image_close(&image);
    return 0;
}

struct lookup {
    uint64_t address;
    char *found;
};

static bool covers(const GElf_Sym *symbol, const char *name, void *user)
{
    struct lookup *lookup = user;
    if (GELF_ST_TYPE(symbol->st_info) != STT_OBJECT || lookup->address < symbol->st_value ||
        lookup->address - symbol->st_value >= symbol->st_size)
        return false;
    uint64_t offset = lookup->address - symbol->st_value;
    lookup->found = demangled(name);
    if (offset) {
        char *inside = xasprintf("%s+%llu", lookup->found, (unsigned long long)offset);
        free(lookup->found);
        lookup->found = inside;
    }
    return true;
}

char *elf_symbol_at(const char *program, uint64_t address)
{
    struct image image;
    struct lookup lookup = {.address = address};
    GElf_Ehdr header;
    if (image_open(program, &image) != 0)
        return NULL;
    if (gelf_getehdr(image.elf, &header) && header.e_type == ET_EXEC)
        each_symbol(&image, covers, &lookup);
    image_close(&image);
    return lookup.found;
}
