/* Which frames are a library's, a tool's or the system's (see stack.h). */
#include "model/stack.h"

#include <string.h>

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
    static const char *const folders[] = {"/lib/",         "/lib32/",         "/lib64/",
                                          "/usr/lib/",     "/usr/lib32/",     "/usr/lib64/",
                                          "/usr/libexec/", "/usr/local/lib/", NULL};
    static const char *const names[] = {
        "libc.so",      "libpthread", "libm.so",  "librt.so",     "libdl.so",
        "ld-linux",     "linux-vdso", "libgcc_s", "libstdc++.so", "libc++.so",
        "libc++abi.so", "libtsan",    "libasan",  "libubsan",     "libclang_rt",
        "vgpreload_",   NULL};
    if (!module)
        return false;
    const char *slash = strrchr(module, '/');
    return begins_with_any(module, folders) || begins_with_any(slash ? slash + 1 : module, names);
}

/* What the sanitizers' runtimes and Valgrind put in front of the C library's functions, and what stands below
 * every thread: without debug info of either, only the whole name tells it from the program's own. */
static bool is_library_call(const char *function)
{
    static const char names[] =
        " _IO_file_write _Unwind_Resume _exit _start abort accept accept4 aligned_alloc "
        "asprintf atexit bcopy bind bsearch bzero calloc call_once cfree chdir chmod "
        "clock_gettime clock_nanosleep clone clone3 close closedir cnd_broadcast "
        "cnd_signal cnd_wait connect creat creat64 dlclose dlopen dup dup2 dup3 "
        "epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd exit fclose "
        "fdopen fflush fgets fopen fopen64 fork fprintf fputs fread free freopen fscanf "
        "fstat fsync ftruncate fwrite getaddrinfo getc getenv getline gettimeofday gmtime "
        "index inotify_init ioctl kill listen localtime localtime_r longjmp lseek madvise "
        "malloc malloc_usable_size memalign memccpy memchr memcmp memcpy memmem memmove "
        "mempcpy memrchr memset mkdir mmap mmap64 mq_receive mq_send mtx_lock mtx_unlock "
        "munmap nanosleep on_exit open open64 openat opendir pipe pipe2 poll "
        "posix_memalign ppoll pread pread64 printf puts pvalloc pwrite pwrite64 qsort "
        "raise read readdir readdir64 readv realloc reallocarray recv recvfrom recvmsg "
        "rename rindex rmdir scanf select send sendmsg sendto setenv setjmp shutdown "
        "sigaction signal sigprocmask sigsuspend sigwait sleep snprintf socket socketpair "
        "sprintf sscanf start_thread stat stpcpy strcasecmp strcat strchr strchrnul strcmp "
        "strcpy strcspn strdup strerror strlen strncasecmp strncat strncmp strncpy strndup "
        "strnlen strpbrk strrchr strspn strstr strtok strtol strtoll thrd_create thrd_join "
        "tmpfile truncate unlink usleep valloc vasprintf vfork vfprintf vprintf vsnprintf "
        "wait waitpid write writev ";
    size_t length = strlen(function);
    for (const char *at = strstr(names + 1, function); length > 0 && at;
         at = strstr(at + 1, function)) {
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    }
    return false;
}

/* "std::mutex::lock()", "void std::__invoke_impl<...>(...)": the type that a template gives stands before. */
static bool is_std(const char *function)
{
    const char *name = strstr(function, "std::");
    return name && (name == function ||
                    (name[-1] == ' ' && (size_t)(name - function) < strcspn(function, "<(")));
}

/*
 * Go's own library, wherever it is installed ("/usr/local/go/src/sync/mutex.go"): the path ends with the
 * package that the function's name begins with ("sync.(*Mutex).Lock"), right below "src".
 */
static bool is_go_library(const struct frame *frame)
{
    static const char *const packages[] = {
        "bufio",   "bytes",   "container", "context", "crypto",  "database", "encoding",
        "errors",  "fmt",     "internal",  "io",      "log",     "math",     "net",
        "os",      "reflect", "runtime",   "sort",    "strconv", "strings",  "sync",
        "syscall", "testing", "time",      NULL};
    const char *suffix = frame->file ? strrchr(frame->file, '.') : NULL;
    if (!suffix || !frame->function || (strcmp(suffix, ".go") != 0 && strcmp(suffix, ".s") != 0))
        return false;
    for (size_t i = 0; packages[i]; i++) {
        size_t length = strlen(packages[i]);
        if (strncmp(frame->function, packages[i], length) != 0 ||
            (frame->function[length] != '.' && frame->function[length] != '/'))
            continue;
        const char *source = strstr(frame->file, "/src/");
        while (source &&
               (strncmp(source + 5, packages[i], length) != 0 || source[5 + length] != '/'))
            source = strstr(source + 1, "/src/");
        return source;
    }
    return false;
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
    return begins_with_any(frame->file, files) || begins_with_any(frame->function, functions) ||
           (frame->function && (strstr(frame->function, "@GLIBC_") || is_std(frame->function)));
}

bool frame_is_foreign(const struct frame *frame)
{
    /* The C library's and the runtimes' sources, as their packages' debug info names them. */
    static const char *const folders[] = {
        "/usr/include/",   "/usr/lib/", "./nptl/",   "./csu/",  "../sysdeps/",
        "./string/",       "./malloc/", "./stdlib/", "./misc/", "./io/",
        "./stdio-common/", "./libio/",  "./posix/",  "./elf/",  "./socket/",
        "./time/",         "./signal/", "./debug/",  NULL};
    /* racelab's own scheduler is linked into what it runs under ThreadSanitizer. The compilers' headers have many ways to be named: "/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../..
     * /include/x86_64-linux-gnu/c++/12/bits/gthr-default.h" is clang's. */
    static const char *const parts[] = {"/compiler-rt/",
                                        "/libsanitizer/",
                                        "/sanitizer_common/",
                                        "tsan_interceptors",
                                        "tsan_interface_",
                                        "tsan_new_delete",
                                        "/include/c++/",
                                        "/lib/gcc/",
                                        "/libstdc++-v3/",
                                        "/lib/clang/",
                                        "-linux-gnu/c++/",
                                        "/explore/runtime/",
                                        NULL};
    static const char *const runtimes[] = {"__interceptor_", "___interceptor_", "__tsan",
                                           "__sanitizer",    "__asan",          "__wrap_",
                                           "__libc_start",   "(below main)",    NULL};
    if (is_library_module(frame->module) || begins_with_any(frame->function, runtimes) ||
        holds_any(frame->file, parts) || begins_with_any(frame->file, folders) ||
        is_library_file(frame) || is_go_library(frame))
        return true;
    if (frame->file && frame->line > 0)
        return false;
    /* "libevent-2.1.so.7", without debug info. */
    if (frame->module && strstr(frame->module, ".so"))
        return true;
    if (!frame->function)
        return false;
    static const char *const calls[] = {"pthread_",        "sem_",     "__",    "operator new",
                                        "operator delete", "Annotate", "clone", NULL};
    return begins_with_any(frame->function, calls) || is_std(frame->function) ||
           is_library_call(frame->function);
}
