#include "explain/code/image_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain/code/image.h"
#include "model/memory.h"

bool image_own_module(const char *module)
{
    static const char *const foreign[] = {
        "libc.so",    "libc-",     "libpthread", "ld-linux",         "ld-musl",        "ld-2.",
        "libm.so",    "[vdso",     "vgpreload_", "libtsan",          "libasan",        "libubsan",
        "linux-vdso", "libstdc++", "libgcc_s",   "racelab-recorder", "racelab-explore"};
    if (!module)
        return false;
    const char *name = basename(module);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strncmp(name, foreign[i], strlen(foreign[i])) == 0)
            return false;
    return true;
}

int image_find_elf(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                   char **file_name, Elf **elf)
{
    struct stat status;
    pid_t pid = (pid_t)(intptr_t)*user;
    if (pid && name[0] == '/') {
        char *path = xasprintf("/proc/%d/root%s", pid, name);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        free(path);
        if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
            *file_name = xstrdup(name);
            return fd;
        }
        if (fd >= 0)
            close(fd);
    }
    return dwfl_linux_proc_find_elf(module, user, name, base, file_name, elf);
}

int image_find_debuginfo(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                         const char *file, const char *link, GElf_Word crc, char **found)
{
    const unsigned char *id;
    GElf_Addr where;
    (void)user;
    (void)name;
    (void)base;
    (void)file;
    (void)link;
    (void)crc;
    int length = dwfl_module_build_id(module, &id, &where);
    if (length < 2)
        return -1;
    char *path = xasprintf("/usr/lib/debug/.build-id/%02x/", id[0]);
    for (int i = 1; i < length; i++) {
        char *longer = xasprintf("%s%02x", path, id[i]);
        free(path);
        path = longer;
    }
    char *file_name = xasprintf("%s.debug", path);
    free(path);
    int fd = open(file_name, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        *found = file_name;
    else
        free(file_name);
    return fd;
}

int image_open_files(const struct image_file *files, size_t count, struct image *image)
{
    static const Dwfl_Callbacks callbacks = {.find_debuginfo = image_find_debuginfo};
    *image = (struct image){.dwfl = dwfl_begin(&callbacks)};
    if (!image->dwfl)
        return -ENOMEM;
    dwfl_report_begin(image->dwfl);
    bool first = false;
    for (size_t i = 0; i < count; i++) {
        /* The bias is what is added to the addresses that the file itself has. */
        bool reported =
            dwfl_report_elf(image->dwfl, files[i].path, files[i].path, -1, files[i].bias, true);
        first = first || (i == 0 && reported);
    }
    if (dwfl_report_end(image->dwfl, NULL, NULL) == 0 && first)
        return 0;
    dwfl_end(image->dwfl);
    *image = (struct image){0};
    int error = count > 0 && access(files[0].path, R_OK) != 0 ? errno : ENOEXEC;
    return -error;
}
