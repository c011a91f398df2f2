#include "model/stack.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

struct frame *stack_push(struct stack *stack)
{
    return xappend((void **)&stack->frames, &stack->count, sizeof(*stack->frames));
}

void stack_move(struct stack *stack, struct stack *to)
{
    stack_clear(to);
    *to = *stack;
    *stack = (struct stack){0};
}

void stack_copy(const struct stack *stack, struct stack *to)
{
    stack_clear(to);
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *from = &stack->frames[i];
        struct frame *frame = stack_push(to);
        frame->function = from->function ? xstrdup(from->function) : NULL;
        frame->file = from->file ? xstrdup(from->file) : NULL;
        frame->module = from->module ? xstrdup(from->module) : NULL;
        frame->line = from->line;
    }
}

void stack_clear(struct stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        free(stack->frames[i].function);
        free(stack->frames[i].file);
        free(stack->frames[i].module);
    }
    free(stack->frames);
    *stack = (struct stack){0};
}

static bool begins_with_any(const char *text, const char *const *beginnings)
{
    for (size_t i = 0; text && beginnings[i]; i++) {
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    }
    return false;
}

static bool holds_any(const char *text, const char *const *parts)
{
    for (size_t i = 0; text && parts[i]; i++) {
        if (strstr(text, parts[i]))
            return true;
    }
    return false;
}

/* "/usr/lib/x86_64-linux-gnu/libc.so.6", or "libc.so.6" where the tool cuts the folder off. */
static bool is_library_module(const char *module)
{
    static const char *const folders[] = {"/lib", "/usr/lib", "/usr/libexec/", "/usr/local/lib",
                                          NULL};
    static const char *const names[] = {
        "libc.so", "libpthread", "libtsan",  "libasan",    "libstdc++.so", "libgcc_s", "ld-linux",
        "libm.so", "librt.so",   "libdl.so", "vgpreload_", "linux-vdso",   NULL};
    if (!module)
        return false;
    const char *slash = strrchr(module, '/');
    return begins_with_any(module, folders) || begins_with_any(slash ? slash + 1 : module, names);
}

/* Valgrind's text has files without their folder, and a module only where it has no file: there the C
 * library, the tools' own interceptors and the standard headers of C++ are told by these names. */
static bool is_library_file(const struct frame *frame)
{
    static const char *const files[] = {"clone.S",
                                        "clone3.S",
                                        "pthread_create.c",
                                        "libc-start.c",
                                        "exit.c",
                                        "_exit.c",
                                        "hg_intercepts.c",
                                        "drd_pthread_intercepts.c",
                                        "vg_replace_malloc.c",
                                        "vg_replace_strmem.c",
                                        "gthr-default.h",
                                        NULL};
    static const char *const twice[] = {"nptl/./nptl/",     "csu/./csu/",     "misc/./misc/",
                                        "stdlib/./stdlib/", "libio/./libio/", NULL};
    static const char *const functions[] = {"__", "pthread_", "_Exit", NULL};
    if (!frame->file)
        return false;
    /* --fullpath-after= leaves "nptl/./nptl/pthread_create.c" of the folder "./nptl/./nptl". */
    if (strchr(frame->file, '/'))
        return strstr(frame->file, "/../sysdeps/") || begins_with_any(frame->file, twice);
    /* "void std::__invoke_impl<...>(...)" has its type first. */
    size_t plain = frame->function ? strcspn(frame->function, "<(") : 0;
    const char *std = plain > 0 ? memmem(frame->function, plain, "std::", 5) : NULL;
    return begins_with_any(frame->file, files) || begins_with_any(frame->function, functions) ||
           (frame->function && strstr(frame->function, "@GLIBC_")) ||
           (std && (std == frame->function || std[-1] == ' '));
}

bool frame_is_foreign(const struct frame *frame)
{
    /* The C library's and the runtimes' sources, as their packages' debug info names them. */
    static const char *const folders[] = {
        "/usr/include/",   "/usr/lib/", "./nptl/",   "./csu/",  "../sysdeps/",
        "./string/",       "./malloc/", "./stdlib/", "./misc/", "./io/",
        "./stdio-common/", "./libio/",  "./posix/",  "./elf/",  "./socket/",
        "./time/",         "./signal/", "./debug/",  NULL};
    static const char *const parts[] = {"/compiler-rt/",     "/libsanitizer/", "/sanitizer_common/",
                                        "tsan_interceptors", "/include/c++/",  "-linux-gnu/c++/",
                                        "/go/src/runtime/",  "/src/sync/",     NULL};
    static const char *const runtimes[] = {"__interceptor_", "___interceptor_", "__tsan",
                                           "__sanitizer",    "__asan",          "__wrap_",
                                           "__libc_start",   "(below main)",    NULL};
    if (is_library_module(frame->module) || begins_with_any(frame->function, runtimes) ||
        holds_any(frame->file, parts) || begins_with_any(frame->file, folders) ||
        is_library_file(frame))
        return true;
    if (frame->file && frame->line > 0)
        return false;
    /* Without a file only the name tells. */
    static const char *const calls[] = {"pthread_", "sem_",    "__",   "std::",     "start_thread",
                                        "clone",    "_start",  "mem",  "str",       "malloc",
                                        "calloc",   "realloc", "free", "operator ", NULL};
    return begins_with_any(frame->function, calls);
}

const struct frame *stack_own_frame(const struct stack *stack, const char *own_source)
{
    const struct frame *lineless = NULL;
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &stack->frames[i];
        bool has_line = frame->file && frame->line > 0;
        if (own_source) {
            if (has_line && strncmp(frame->file, own_source, strlen(own_source)) == 0)
                return frame;
            continue;
        }
        if (frame_is_foreign(frame))
            continue;
        if (has_line)
            return frame;
        if (!lineless && frame->function)
            lineless = frame;
    }
    return lineless;
}
