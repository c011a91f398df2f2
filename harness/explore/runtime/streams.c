/*
 * Reading by stdio, which calls read() by a name of the C library's own. Where the stream's buffer is empty, the
 * thread waits before the call as it would before read(). In the middle of a line or of a block that comes
 * in parts it may wait in the kernel: then the turn is taken from it.
 */
/* Functions, not the header's inline definitions of some of them. */
#define __NO_INLINE__ 1 // NOLINT(*-reserved-identifier)
#include "explore/runtime/io.h"

#include <stdio.h>

REAL_FUNCTION(fgets)
REAL_FUNCTION(fread)
REAL_FUNCTION(getline)
REAL_FUNCTION(getdelim)
REAL_PLAIN_FUNCTION(fgetc)
REAL_PLAIN_FUNCTION(getc)
REAL_PLAIN_FUNCTION(getchar)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(fgets)
    REAL_RESOLVE(fread)
    REAL_RESOLVE(getline)
    REAL_RESOLVE(getdelim)
    REAL_PLAIN_RESOLVE(fgetc)
    REAL_PLAIN_RESOLVE(getc)
    REAL_PLAIN_RESOLVE(getchar)
    resolved = true;
}

static struct io begin(FILE *stream, uint64_t pc)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    struct io io = {.pc = pc};
    int fd = stream && stream->_IO_read_ptr == stream->_IO_read_end ? stream->_fileno : -1;
    if (fd < 0)
        return io;
    io = io_begin(fd, pc);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, false);
    return io;
}

EXPORTED char *fgets(char *restrict line, int size, FILE *restrict stream)
{
    struct io io IO = begin(stream, CALLER);
    return SEEN_AT(io.pc, REAL(fgets)(line, size, stream));
}

EXPORTED size_t fread(void *restrict data, size_t size, size_t count, FILE *restrict stream)
{
    struct io io IO = begin(stream, CALLER);
    return SEEN_AT(io.pc, REAL(fread)(data, size, count, stream));
}

EXPORTED ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream)
{
    struct io io IO = begin(stream, CALLER);
    return SEEN_AT(io.pc, REAL(getline)(line, size, stream));
}

/* <stdio.h> makes getline() this in optimised programs. */
EXPORTED ssize_t getdelim(char **restrict line, size_t *restrict size, int end,
                          FILE *restrict stream)
{
    struct io io IO = begin(stream, CALLER);
    return SEEN_AT(io.pc, REAL(getdelim)(line, size, end, stream));
}

EXPORTED ssize_t __getdelim(char **restrict line, size_t *restrict size, int end,
                            FILE *restrict stream)
{
    struct io io IO = begin(stream, CALLER);
    return SEEN_AT(io.pc, REAL(getdelim)(line, size, end, stream));
}

EXPORTED int fgetc(FILE *stream)
{
    struct io io IO = begin(stream, CALLER);
    return REAL_PLAIN(fgetc)(stream);
}

EXPORTED int getc(FILE *stream)
{
    struct io io IO = begin(stream, CALLER);
    return REAL_PLAIN(getc)(stream);
}

EXPORTED int getchar(void)
{
    struct io io IO = begin(stdin, CALLER);
    return REAL_PLAIN(getchar)();
}
