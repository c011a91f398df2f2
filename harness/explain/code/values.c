#include <ctype.h>
#include <dwarf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "explain/code/names.h"
#include "model/memory.h"
#include "supervise/proc.h"

static bool read_unsigned(pid_t pid, const struct object *object, uint64_t size, uint64_t *value)
{
    unsigned char bytes[8] = {0};
    if (size == 0 || size > sizeof bytes || !proc_read_memory(pid, object->address, bytes, size))
        return false;
    memcpy(value, bytes, sizeof *value);
    return true;
}

static int64_t sign_extend(uint64_t value, uint64_t size)
{
    unsigned shift = (unsigned)(64 - size * 8);
    return (int64_t)(value << shift) >> shift;
}

static char *enumerator(Dwarf_Die *type, uint64_t value, uint64_t size)
{
    Dwarf_Die child;
    if (dwarf_child(type, &child) != 0)
        return NULL;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Sword constant;
        if (dwarf_tag(&child) == DW_TAG_enumerator &&
            dwarf_formsdata(dwarf_attr(&child, DW_AT_const_value, &attribute), &constant) == 0 &&
            sign_extend((uint64_t)constant, size) == sign_extend(value, size))
            return xstrdup(dwarf_diename(&child));
    } while (dwarf_siblingof(&child, &child) == 0);
    return NULL;
}

static char *value_of(struct image *image, const struct object *object)
{
    Dwarf_Die type = object->type;
    Dwarf_Attribute attribute;
    Dwarf_Word encoding = 0;
    Dwarf_Die plain;
    uint64_t value;
    if (type_sync_name(&type) || !type_peel(&type, &plain))
        return NULL;
    uint64_t size = type_size(&plain);
    if (!read_unsigned(image->pid, object, size, &value))
        return NULL;
    switch (dwarf_tag(&plain)) {
    case DW_TAG_pointer_type:
        /* The address itself would differ from run to run and tell nothing. */
        return xstrdup(value ? "not NULL" : "NULL");
    case DW_TAG_enumeration_type:
        return enumerator(&plain, value, size);
    case DW_TAG_base_type:
        break;
    default:
        return NULL;
    }
    if (dwarf_formudata(dwarf_attr(&plain, DW_AT_encoding, &attribute), &encoding) != 0)
        return NULL;
    switch (encoding) {
    case DW_ATE_boolean:
        return xstrdup(value ? "true" : "false");
    case DW_ATE_signed:
    case DW_ATE_signed_char:
        return xasprintf("%" PRId64, sign_extend(value, size));
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
        return xasprintf("%" PRIu64, value);
    default:
        return NULL;
    }
}

/* The text of an expression that is being read. */
struct reader {
    struct image *image;
    const struct frame_state *frame;
    const char *at;
    const char *end;
};

static size_t word_length(const struct reader *reader)
{
    size_t length = 0;
    while (reader->at + length < reader->end &&
           (isalnum((unsigned char)reader->at[length]) || reader->at[length] == '_'))
        length++;
    return length;
}

struct by_name {
    const char *name;
    size_t length;
    struct object *object;
};

static bool visit_named(void *user, const char *name, const struct object *object)
{
    const struct by_name *search = user;
    if (strlen(name) != search->length || memcmp(name, search->name, search->length) != 0)
        return false;
    *search->object = *object;
    return true;
}

static bool read_variable(struct reader *reader, struct object *object)
{
    size_t length = word_length(reader);
    struct by_name search = {reader->at, length, object};
    if (length == 0 || isdigit((unsigned char)reader->at[0]))
        return false;
    if (!locals_visit(reader->image, reader->frame, visit_named, &search)) {
        char *name = xstrndup(reader->at, length);
        const struct variable *variable = variables_named(reader->image, name);
        free(name);
        if (!variable)
            return false;
        *object = variable->object;
    }
    reader->at += length;
    return true;
}

static bool go_to_pointee(struct image *image, struct object *object)
{
    Dwarf_Die type = object->type;
    Dwarf_Die pointer;
    uint64_t value;
    if (!type_peel(&type, &pointer) || dwarf_tag(&pointer) != DW_TAG_pointer_type ||
        !type_of(&pointer, &object->type) ||
        !proc_read_memory(image->pid, object->address, &value, sizeof value))
        return false;
    object->address = value;
    return true;
}

static bool read_member(struct reader *reader, struct object *object)
{
    Dwarf_Die type = object->type;
    Dwarf_Die whole;
    Dwarf_Die part;
    size_t length = word_length(reader);
    if (length == 0 || !type_peel(&type, &whole) || dwarf_child(&whole, &part) != 0)
        return false;
    do {
        uint64_t offset;
        const char *name = dwarf_diename(&part);
        if (dwarf_tag(&part) != DW_TAG_member || !name || strlen(name) != length ||
            memcmp(name, reader->at, length) != 0)
            continue;
        reader->at += length;
        if (!member_offset(&part, &offset))
            return false;
        object->address += offset;
        return type_of(&part, &object->type);
    } while (dwarf_siblingof(&part, &part) == 0);
    return false;
}

static bool read_path(struct reader *reader, struct object *object);

/* A number, or the value of what stands in the brackets. */
static bool read_index(struct reader *reader, uint64_t *index)
{
    struct object object;
    char *end;
    if (reader->at < reader->end && isdigit((unsigned char)*reader->at)) {
        *index = strtoull(reader->at, &end, 0);
        reader->at = end;
        return end <= reader->end;
    }
    if (!read_path(reader, &object))
        return false;
    Dwarf_Die type = object.type;
    return read_unsigned(reader->image->pid, &object, type_size(&type), index);
}

static bool read_element(struct reader *reader, struct object *object)
{
    Dwarf_Die type = object->type;
    Dwarf_Die array;
    uint64_t index;
    if (!read_index(reader, &index) || reader->at >= reader->end || *reader->at != ']' ||
        !type_peel(&type, &array))
        return false;
    reader->at++;
    if (dwarf_tag(&array) == DW_TAG_pointer_type) {
        if (!go_to_pointee(reader->image, object))
            return false;
    } else if (dwarf_tag(&array) != DW_TAG_array_type || !type_of(&array, &object->type)) {
        return false;
    }
    Dwarf_Die element = object->type;
    object->address += index * type_size(&element);
    return true;
}

/* Up to the end of the text or the bracket that closes it. */
static bool read_path(struct reader *reader, struct object *object)
{
    if (!read_variable(reader, object))
        return false;
    while (reader->at < reader->end && *reader->at != ']') {
        bool read = false;
        if (*reader->at == '.') {
            reader->at++;
            read = read_member(reader, object);
        } else if (reader->end - reader->at > 2 && memcmp(reader->at, "->", 2) == 0) {
            reader->at += 2;
            read = go_to_pointee(reader->image, object) && read_member(reader, object);
        } else if (*reader->at == '[') {
            reader->at++;
            read = read_element(reader, object);
        }
        if (!read)
            return false;
    }
    return true;
}

char *names_value(struct image *image, const struct frame_state *frame, const char *expression,
                  size_t length)
{
    struct reader reader = {image, frame, expression, expression + length};
    struct object object;
    return read_path(&reader, &object) && reader.at == reader.end ? value_of(image, &object) : NULL;
}
