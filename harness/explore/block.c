#include "explore/block.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of each block; memory is taken by what is written alone. */
enum { SEGMENTS = 1 << 18, FILTERED = 1 << 16, STEPS = 1 << 19, PART = 4096 };

static uint64_t parted(uint64_t size)
{
    return (size + PART - 1) / PART * PART;
}

static struct wire_block layout(void)
{
    struct wire_block block = {.magic = WIRE_MAGIC,
                               .version = WIRE_VERSION,
                               .segments_room = SEGMENTS,
                               .filter_room = FILTERED,
                               .steps_room = STEPS};
    block.segments_at = parted(sizeof(block));
    block.filter_at = block.segments_at + parted(SEGMENTS * sizeof(struct wire_segment));
    block.steps_at = block.filter_at + parted(FILTERED * sizeof(uint64_t));
    block.size = block.steps_at + parted(STEPS * sizeof(struct wire_step));
    return block;
}

static int map(int fd, struct wire_block **made)
{
    const struct wire_block empty = layout();
    int flags = fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    *made = NULL;
    if (fd >= 0 && ftruncate(fd, (off_t)empty.size) < 0)
        return -errno;
    struct wire_block *block = mmap(NULL, empty.size, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (block == MAP_FAILED)
        return -errno;
    *block = empty;
    *made = block;
    return 0;
}

int block_open(const char *path, struct wire_block **made)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    *made = NULL;
    if (fd < 0)
        return -errno;
    int error = map(fd, made);
    close(fd);
    if (error)
        unlink(path);
    return error;
}

int block_new(struct wire_block **made)
{
    return map(-1, made);
}

void block_close(struct wire_block *block)
{
    if (block)
        munmap(block, block->size);
}

/* The program may have written whatever it likes. */
static size_t at_most(uint64_t count, uint64_t room)
{
    return (size_t)(count < room ? count : room);
}

static size_t threads_used(const struct wire_block *block)
{
    return at_most(block->outcome.threads, WIRE_THREADS);
}

void block_clear(struct wire_block *block)
{
    /* Where the run was ended from outside, it may not have counted its threads. */
    memset(block->threads, 0, sizeof(block->threads));
    memset(&block->outcome, 0, sizeof(block->outcome));
}

void block_copy(struct wire_block *to, struct wire_block *from)
{
    size_t segments = at_most(from->plan.segments, to->segments_room);
    size_t filter = at_most(from->plan.filter, to->filter_room);
    size_t steps = at_most(from->outcome.steps, to->steps_room);
    to->plan = from->plan;
    to->outcome = from->outcome;
    memset(to->threads, 0, sizeof(to->threads));
    memcpy(to->threads, from->threads, threads_used(from) * sizeof(*to->threads));
    to->module_count = from->module_count;
    memcpy(to->modules, from->modules, sizeof(to->modules));
    memcpy(wire_segments(to), wire_segments(from), segments * sizeof(struct wire_segment));
    memcpy(wire_filter(to), wire_filter(from), filter * sizeof(uint64_t));
    memcpy(wire_steps(to), wire_steps(from), steps * sizeof(struct wire_step));
}

int block_guide(struct wire_block *block, const struct wire_segment *segments, size_t count)
{
    if (count > block->segments_room)
        return -ENOSPC;
    if (count > 0)
        memcpy(wire_segments(block), segments, count * sizeof(*segments));
    block->plan.segments = (uint32_t)count;
    return 0;
}
