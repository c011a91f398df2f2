#include "explore/runtime/memory.h"

#include "explore/runtime/hooks.h"
#include "explore/runtime/spin.h"

#include <stddef.h>

/* What a thread knows of itself. `updated`: its last access has changed something, if it is not taken back. */
static __thread struct own {
    struct spin spin;
    bool updated;
    uint64_t object, pc; /* of its last update */
    uint32_t size;
} own;

/* Of long objects the beginning: enough to see that a loop waits for it. */
static uint64_t value_at(uint64_t address, uint64_t size)
{
    enum { MOST_BYTES = 64 };
    const volatile unsigned char *bytes = (const volatile unsigned char *)address;
    uint64_t value = 0;
    for (uint64_t i = 0; i < size && i < MOST_BYTES; i++)
        value = value * 257 + bytes[i];
    return value;
}

/* At the first time nothing is read: where the program is about to fault, it is to do so itself. */
static void found(struct fiber *self, uint64_t object, uint64_t size, uint64_t pc)
{
    uint64_t value = spin_knows(&own.spin, pc, object) ? value_at(object, size) : 0;
    if (!spin_found(&own.spin, pc, object, value))
        return;
    held_flush(true);
    runtime_set_back(self);
}

void memory_tried(struct fiber *self, uint64_t object, uint64_t pc)
{
    found(self, object, 0, pc);
}

static void settle_update(void)
{
    if (own.updated)
        spin_changed(&own.spin);
    own.updated = false;
}

void memory_settle(enum wire_op op)
{
    if (runtime_plan()->flags & WIRE_BUFFERED)
        held_flush(op != WIRE_READ && op != WIRE_WRITE && op != WIRE_ATOMIC_LOAD &&
                   op != WIRE_ATOMIC_STORE);
}

/* Text without the C library's formatting, which others intercept. */
struct text {
    char bytes[160];
    unsigned used;
};

static void add(struct text *text, const char *more)
{
    while (*more && text->used < sizeof text->bytes - 1)
        text->bytes[text->used++] = *more++;
    text->bytes[text->used] = '\0';
}

static void add_number(struct text *text, uint64_t number, unsigned base)
{
    char digits[24];
    unsigned at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    add(text, digits + at);
}

static void describe(struct text *text, enum wire_op op, uint64_t address, uint64_t size,
                     const struct freed_block *block)
{
    add(text, wire_op_word(op));
    if (op == WIRE_FREE) {
        add(text, " again of a block");
    } else {
        if (size > 0) {
            add(text, " of ");
            add_number(text, size, 10);
            add(text, size == 1 ? " byte" : " bytes");
        }
        add(text, ", ");
        add_number(text, address > block->address ? address - block->address : 0, 10);
        add(text, " bytes into a block");
    }
    add(text, " of up to ");
    add_number(text, block->size, 10);
    add(text, " bytes that ");
    if (block->thread == 0) {
        add(text, "main");
    } else {
        add(text, "thread ");
        add_number(text, block->thread, 10);
    }
    add(text, " freed freed-at 0x");
    add_number(text, block->pc, 16);
}

void memory_check(struct fiber *self, enum wire_op op, uint64_t address, uint64_t size, uint64_t pc)
{
    struct freed_block block;
    struct text text = {.used = 0};
    if (__builtin_expect(!memory_freed(address, size ? size : 1, &block), 1))
        return;
    describe(&text, op, address, size, &block);
    runtime_end(self, WIRE_FREED, 0, pc, address, text.bytes);
}

static void pass(struct fiber *self, enum wire_op op, uint64_t address, uint64_t size, uint64_t pc)
{
    settle_update();
    runtime_pass(self, op, address, size > UINT32_MAX ? UINT32_MAX : (uint32_t)size, pc);
    if (op == WIRE_FENCE)
        return;
    memory_check(self, op, address, size, pc);
    if (op == WIRE_READ || op == WIRE_ATOMIC_LOAD) {
        found(self, address, size, pc);
        return;
    }
    own.updated = true;
    own.object = address;
    own.size = (uint32_t)size;
    own.pc = pc;
}

EXPORTED bool racelab_explore_access(const volatile void *address, size_t size, unsigned op,
                                     uint64_t pc)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return false;
    char part[16];
    pass(self, op, (uint64_t)address, size, pc);
    /* A plain access to what is held back as an atomic: it is to find it there. */
    if ((op == WIRE_READ || op == WIRE_WRITE) && size <= sizeof part &&
        held_load((uint64_t)address, part, (uint32_t)size))
        held_flush(true);
    runtime_leave(self);
    return true;
}

EXPORTED void racelab_explore_idle(bool failed)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return;
    own.updated = false;
    if (failed)
        runtime_mark(self, WIRE_FAILED);
    else
        runtime_unchanged(self);
    found(self, own.object, own.size, own.pc);
    runtime_leave(self);
}

static bool equal_at(const volatile void *address, const void *value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const volatile unsigned char *)address)[i] != ((const unsigned char *)value)[i])
            return false;
    return true;
}

EXPORTED bool racelab_explore_store(volatile void *address, const void *value, size_t size,
                                    int order, uint64_t pc)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return false;
    pass(self, WIRE_ATOMIC_STORE, (uint64_t)address, size, pc);
    if (equal_at(address, value, size)) {
        own.updated = false;
        runtime_unchanged(self);
    }
    bool held = held_store(self, (uint64_t)address, value, (uint32_t)size, order);
    runtime_leave(self);
    return held;
}

EXPORTED bool racelab_explore_load(const volatile void *address, void *value, size_t size,
                                   uint64_t pc)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return false;
    pass(self, WIRE_ATOMIC_LOAD, (uint64_t)address, size, pc);
    bool held = held_load((uint64_t)address, value, (uint32_t)size);
    runtime_leave(self);
    return held;
}
