#include "explain/code/image.h"

#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain/code/image_files.h"
#include "explain/code/units.h"
#include "explain/code/variables.h"
#include "model/memory.h"

enum {
    MOST_FRAMES = 256,
    LINELESS = 512, /* bytes of code without a line that are gone back over */
};

static const Dwfl_Callbacks callbacks = {.find_elf = image_find_elf,
                                         .find_debuginfo = image_find_debuginfo};

static int prepare_module(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                          void *data)
{
    struct image *image = data;
    (void)base;
    *user = (void *)(intptr_t)image->pid;
    const char *file = basename(name);
    if (strncmp(file, "libc.so.6", 9) == 0 || strncmp(file, "libc-2.", 7) == 0)
        image->glibc = true;
    (void)module;
    return DWARF_CB_OK;
}

/* libdw asks for one thread at a time, by its number. */
static bool get_thread(Dwfl *dwfl, pid_t tid, void *dwfl_arg, void **thread_arg)
{
    (void)dwfl;
    (void)tid;
    *thread_arg = dwfl_arg;
    return true;
}

static pid_t next_thread(Dwfl *dwfl, void *dwfl_arg, void **thread_arg)
{
    (void)dwfl;
    (void)dwfl_arg;
    (void)thread_arg;
    return 0;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word, void *arg)
{
    const struct image *image = arg;
    (void)dwfl;
    return image->unwound && snapshot_read(image->unwound, address, word, sizeof *word);
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
    const struct snapshot *from = ((struct image *)arg)->unwound;
    for (int i = 0; i < REGISTER_COUNT; i++) {
        /* libdw looks up the innermost frame as an interrupted one. */
        Dwarf_Word value = from->registers[i] - (i == REGISTER_PC && from->after_call);
        if ((from->known >> i & 1) && !dwfl_thread_state_registers(thread, i, 1, &value))
            return false;
    }
    dwfl_thread_state_register_pc(thread, from->registers[REGISTER_PC] - from->after_call);
    return true;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {.next_thread = next_thread,
                                                       .get_thread = get_thread,
                                                       .memory_read = read_word,
                                                       .set_initial_registers = set_registers};

/* The static program of a glibc: its symbols are there unless it is stripped. */
static bool has_glibc_symbol(Dwfl_Module *module)
{
    int count = dwfl_module_getsymtab(module);
    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        const char *name = dwfl_module_getsym(module, i, &symbol, NULL);
        if (name && strcmp(name, "__nptl_main") == 0)
            return true;
        if (name && strcmp(name, "__nptl_version") == 0)
            return true;
    }
    return false;
}

static int look_for_glibc(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
                          void *data)
{
    struct image *image = data;
    (void)user;
    (void)base;
    if (image_own_module(name))
        image->glibc = has_glibc_symbol(module);
    return DWARF_CB_ABORT; /* the executable comes first */
}

int image_open(pid_t pid, struct image *image)
{
    *image = (struct image){.pid = pid};
    image->dwfl = dwfl_begin(&callbacks);
    if (!image->dwfl)
        return -ENOMEM;
    int rc = dwfl_linux_proc_report(image->dwfl, pid);
    if (rc == 0 && dwfl_report_end(image->dwfl, NULL, NULL) != 0)
        rc = ENOEXEC;
    if (rc == 0) {
        dwfl_getmodules(image->dwfl, prepare_module, image, 0);
        if (!image->glibc)
            dwfl_getmodules(image->dwfl, look_for_glibc, image, 0);
        /* Fails where the machine is one that libdw cannot unwind; then image_unwind() does. */
        dwfl_attach_state(image->dwfl, NULL, pid, &thread_callbacks, image);
        return 0;
    }
    dwfl_end(image->dwfl);
    return rc < 0 ? -EIO : rc == ENOENT ? -ESRCH : -rc;
}

void image_close(struct image *image)
{
    variables_free(image->variables);
    units_free(image->units);
    if (image->dwfl)
        dwfl_end(image->dwfl);
    *image = (struct image){0};
}

static int add_frame(Dwfl_Frame *frame, void *data)
{
    struct frame_states *frames = data;
    Dwarf_Addr pc;
    bool activation;
    if (!dwfl_frame_pc(frame, &pc, &activation) || pc == 0)
        return DWARF_CB_ABORT;
    Dwarf_Word sp = 0;
    Dwarf_Word bp = 0;
    bool knows_sp = dwfl_frame_reg(frame, REGISTER_SP, &sp) == 0;
    if (dwfl_frame_reg(frame, REGISTER_BP, &bp) != 0)
        bp = 0;
    /* The frame address of a frame is the stack pointer of its caller. */
    if (frames->count > 0 && knows_sp)
        frames->items[frames->count - 1].cfa = sp;
    if (frames->count == MOST_FRAMES) {
        frames->cut = true;
        return DWARF_CB_ABORT;
    }
    struct frame_state *added =
        xappend((void **)&frames->items, &frames->count, sizeof *frames->items);
    *added = (struct frame_state){.pc = pc, .after_call = !activation, .bp = bp};
    return DWARF_CB_OK;
}

bool image_unwind(struct image *image, const struct snapshot *snapshot, struct frame_states *frames)
{
    *frames = (struct frame_states){0};
    if (!(snapshot->known >> REGISTER_PC & 1))
        return false;
    image->unwound = snapshot;
    dwfl_getthread_frames(image->dwfl, image->pid, add_frame, frames);
    image->unwound = NULL;
    if (frames->count == 0)
        *(struct frame_state *)xappend((void **)&frames->items, &frames->count,
                                       sizeof *frames->items) =
            (struct frame_state){.pc = snapshot->registers[REGISTER_PC]};
    return true;
}

static char *source_path(Dwarf_Die *unit, const char *file)
{
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (!file)
        return NULL;
    if (file[0] == '/' || !folder)
        return xstrdup(file);
    return xasprintf("%s/%s", folder, file);
}

static void inlined_places(Dwarf_Die *unit, Dwarf_Addr address, struct place *place,
                           void (*add)(void *user, const struct place *place), void *user)
{
    Dwarf_Die *scopes = NULL;
    Dwarf_Die *outer = NULL;
    int count = dwarf_getscopes(unit, address, &scopes);
    int outer_count = count > 0 ? dwarf_getscopes_die(&scopes[0], &outer) : 0;
    const char *function = place->function;
    char *file = place->file;
    int line = place->line;
    struct place part = *place;
    for (int i = 0; i < outer_count; i++) {
        Dwarf_Attribute attribute;
        if (dwarf_tag(&outer[i]) != DW_TAG_inlined_subroutine)
            continue;
        part.function = (char *)dwarf_diename(&outer[i]);
        part.file = file;
        part.line = line;
        add(user, &part);
        Dwarf_Word call_line = 0;
        Dwarf_Word call_file = 0;
        Dwarf_Files *files;
        size_t file_count;
        dwarf_formudata(dwarf_attr(&outer[i], DW_AT_call_line, &attribute), &call_line);
        dwarf_formudata(dwarf_attr(&outer[i], DW_AT_call_file, &attribute), &call_file);
        if (file != place->file)
            free(file);
        file = NULL;
        if (dwarf_getsrcfiles(unit, &files, &file_count) == 0 && call_file < file_count)
            file = source_path(unit, dwarf_filesrc(files, call_file, NULL, NULL));
        line = (int)call_line;
    }
    part.function = (char *)function;
    part.file = file;
    part.line = line;
    add(user, &part);
    if (file != place->file)
        free(file);
    free(scopes);
    free(outer);
}

/* Optimised code has places that belong to no line; then the nearest line before is told. */
static Dwarf_Line *source_line(Dwarf_Die *unit, Dwarf_Addr address, int *number)
{
    for (Dwarf_Addr back = 0; back < LINELESS && back <= address; back++) {
        Dwarf_Line *line = dwarf_getsrc_die(unit, address - back);
        if (line && dwarf_lineno(line, number) == 0 && *number > 0)
            return line;
    }
    return NULL;
}

/* "server+0x12f0", as addr2line takes it. */
static char *offset_name(Dwfl_Module *module, const char *path, Dwarf_Addr address)
{
    Dwarf_Addr bias = 0;
    (void)dwfl_module_getelf(module, &bias);
    return xasprintf("%s+0x%llx", basename(path), (unsigned long long)(address - bias));
}

Dwarf_Die *image_unit(struct image *image, uint64_t address, Dwarf_Addr *bias)
{
    return units_find(&image->units, image->dwfl, address, bias);
}

/* Without the version of a library's symbol, and without the mark of its inner aliases. */
static char *plain_name(const char *name)
{
    if (!name)
        return NULL;
    name += strncmp(name, "__GI_", 5) == 0 ? 5 : 0;
    return xstrndup(name, strcspn(name, "@"));
}

void image_places(struct image *image, const struct frame_state *frame,
                  void (*add)(void *user, const struct place *place), void *user)
{
    Dwarf_Addr address = frame->pc - frame->after_call;
    struct place place = {.address = frame->pc};
    Dwfl_Module *module = dwfl_addrmodule(image->dwfl, address);
    if (!module) {
        add(user, &place);
        return;
    }
    GElf_Off offset;
    GElf_Sym symbol;
    Dwarf_Addr bias;
    place.module = (char *)dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    place.function =
        plain_name(dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL));
    Dwarf_Die *unit = image_unit(image, address, &bias);
    Dwarf_Line *line = unit ? source_line(unit, address - bias, &place.line) : NULL;
    if (line)
        place.file = source_path(unit, dwarf_linesrc(line, NULL, NULL));
    if (!place.function && image_own_module(place.module))
        place.function = offset_name(module, place.module, address);
    if (unit)
        inlined_places(unit, address - bias, &place, add, user);
    else
        add(user, &place);
    free(place.file);
    free(place.function);
}
