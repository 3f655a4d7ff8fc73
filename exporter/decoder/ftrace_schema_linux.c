/* Fields of a format file as fields of a schema. */
#include <stdlib.h>
#include <string.h>

#include "exporter/schema/data_location.h"
#include "exporter/decoder/ftrace_private.h"

#define IPV4_BYTES 4
#define IPV6_BYTES 16

static uint8_t number_type(size_t bytes, bool is_signed)
{
	switch (bytes) {
	case 1:
		return is_signed ? VALUE_I8 : VALUE_U8;
	case 2:
		return is_signed ? VALUE_I16 : VALUE_U16;
	case 4:
		return is_signed ? VALUE_I32 : VALUE_U32;
	case 8:
		return is_signed ? VALUE_I64 : VALUE_U64;
	default:
		return VALUE_BINARY;
	}
}

/* Of a 64-bit system call's arguments, and of what the kernel calls addresses. */
static bool is_address(const char *name)
{
	return strncmp(name, "saddr", 5) == 0 || strncmp(name, "daddr", 5) == 0;
}

/* Events of the network hold addresses as bytes, in network order. */
static void set_bytes(const struct tep_format_field *from, struct field *field)
{
	size_t bytes = (size_t)from->size;

	field->type = VALUE_BINARY;
	field->length_kind = LENGTH_FIXED;
	field->length = (uint16_t)bytes;
	if (!is_address(from->name))
		return;
	if (bytes != IPV4_BYTES && bytes != IPV6_BYTES) {
		field->out = OUT_SOCKET_ADDRESS;
		return;
	}
	field->type = bytes == IPV4_BYTES ? VALUE_IPV4 : VALUE_IPV6;
	field->length_kind = LENGTH_NATURAL;
}

/* libtraceevent takes bytes (u8) for characters, too: addresses are such. */
static bool is_text(const struct tep_format_field *from)
{
	return from->flags & TEP_FIELD_IS_STRING && strstr(from->type, "char") &&
	       !strstr(from->type, "unsigned");
}

/*
 * libtraceevent does not know the elements of arrays that are somewhere else, but for some types,
 * nor of those of probes, which leave out how many there are.
 */
static size_t element_bytes(const struct tep_format_field *from)
{
	const struct ftrace_c_type *type = ftrace_c_type_find(from->type);

	if (from->elementsize)
		return from->elementsize;
	return type ? type->bytes : 0;
}

static void set_located(const struct tep_format_field *from, bool is_bitmask, struct field *field)
{
	bool is_relative = from->flags & TEP_FIELD_IS_RELATIVE;
	size_t bytes = element_bytes(from);

	if (is_text(from)) {
		field->type = VALUE_ANSI;
		field->out = OUT_UTF8;
		field->count_kind = from->size > DATA_LOCATION_BYTES ? COUNT_FIXED : COUNT_ONE;
		field->count = (uint16_t)(from->size / DATA_LOCATION_BYTES);
	} else if (is_bitmask) {
		field->type = VALUE_BINARY;
		field->out = OUT_BITMASK;
	} else {
		field->type = bytes > 1 ? number_type(bytes, from->flags & TEP_FIELD_IS_SIGNED)
					: VALUE_BINARY;
	}
	if (field->type == VALUE_ANSI || field->type == VALUE_BINARY)
		field->length_kind = is_relative ? LENGTH_REL_LOC : LENGTH_DATA_LOC;
	else
		field->count_kind = is_relative ? COUNT_REL_LOC : COUNT_DATA_LOC;
}

static void set_array(const struct tep_format_field *from, struct field *field)
{
	size_t size = (size_t)from->size, bytes = element_bytes(from);
	size_t count = from->arraylen || !bytes ? from->arraylen : size / bytes;
	uint8_t type = number_type(bytes, from->flags & TEP_FIELD_IS_SIGNED);

	if (is_text(from)) {
		field->type = VALUE_ANSI;
		field->out = OUT_UTF8;
		field->length_kind = LENGTH_FIXED;
		field->length = (uint16_t)from->size;
	} else if (bytes <= 1 || type == VALUE_BINARY || bytes * count != size) {
		set_bytes(from, field);
	} else {
		field->type = type;
		field->count_kind = COUNT_FIXED;
		field->count = (uint16_t)count;
	}
}

/*
 * An argument of a system call has a register's width, of which the kernel takes what the type has:
 * the lower bits. NULL: the field is as wide as its type.
 */
static const struct ftrace_c_type *argument_type(const struct tep_format_field *from)
{
	const unsigned long others =
		TEP_FIELD_IS_POINTER | TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_DYNAMIC;
	const struct ftrace_c_type *type = ftrace_c_type_find(from->type);

	if (!type || from->flags & others || from->size != sizeof(long))
		return NULL;
	return type->bytes < sizeof(long) ? type : NULL;
}

/* How many bytes it takes; likewise below. */
static int set_single(const struct tep_format_field *from, struct field *field)
{
	const struct ftrace_c_type *argument = argument_type(from);

	if (argument) {
		field->type = number_type(argument->bytes, argument->is_signed);
		return (int)argument->bytes;
	}
	if (from->flags & TEP_FIELD_IS_POINTER && from->size == sizeof(long)) {
		field->type = VALUE_POINTER;
		return from->size;
	}
	field->type = number_type((size_t)from->size, from->flags & TEP_FIELD_IS_SIGNED);
	if (field->type == VALUE_BINARY)
		set_bytes(from, field);
	else if (strcmp(from->type, "bool") == 0)
		field->out = OUT_BOOLEAN;
	return from->size;
}

/* One word, or of texts several. */
static bool is_located(const struct tep_format_field *from)
{
	return from->size == DATA_LOCATION_BYTES ||
	       (is_text(from) && from->size > 0 && from->size % DATA_LOCATION_BYTES == 0);
}

static int set_field(const struct tep_event *event, const struct tep_format_field *from,
		     struct field *field)
{
	if (from->flags & TEP_FIELD_IS_DYNAMIC && !is_located(from))
		set_bytes(from, field);
	else if (from->flags & TEP_FIELD_IS_DYNAMIC)
		set_located(from, ftrace_is_bitmask(event, from), field);
	else if (from->flags & TEP_FIELD_IS_ARRAY)
		set_array(from, field);
	else
		return set_single(from, field);
	return from->size;
}

static int by_offset(const void *a, const void *b)
{
	const struct tep_format_field *first = *(struct tep_format_field *const *)a;
	const struct tep_format_field *second = *(struct tep_format_field *const *)b;

	return first->offset - second->offset;
}

/* Common fields and the event's own, as they stand in the record; NULL: no memory. */
static const struct tep_format_field **in_order(const struct tep_event *event, size_t *count)
{
	const struct tep_format_field **fields, *field;
	size_t all = (size_t)event->format.nr_common + (size_t)event->format.nr_fields;

	*count = 0;
	fields = calloc(all + 1, sizeof(const struct tep_format_field *));
	if (!fields)
		return NULL;
	for (field = event->format.common_fields; field && *count < all; field = field->next)
		fields[(*count)++] = field;
	for (field = event->format.fields; field && *count < all; field = field->next)
		fields[(*count)++] = field;
	qsort(fields, *count, sizeof(const struct tep_format_field *), by_offset);
	return fields;
}

static void add_padding(struct schema_builder *builder, size_t bytes)
{
	const struct field padding = {.length_kind = LENGTH_FIXED, .length = (uint16_t)bytes};

	if (bytes)
		schema_builder_add(builder, SCHEMA_TOP, &padding, "", 0);
}

/* What overlaps a field before it has no place of its own. */
static void add_fields(struct schema_builder *builder, struct ftrace_maps **maps,
		       const struct tep_event *event, const struct tep_format_field *const *fields,
		       size_t count)
{
	int end = 0, taken;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct tep_format_field *from = fields[i];
		struct field field = {.map = ftrace_map_find(maps, event, from)};

		if (from->offset < end || from->size <= 0 || from->size > UINT16_MAX ||
		    from->offset > UINT16_MAX)
			continue;
		taken = set_field(event, from, &field);
		add_padding(builder, (size_t)(from->offset - end));
		schema_builder_add(builder, SCHEMA_TOP, &field, from->name, strlen(from->name));
		end = from->offset + taken;
	}
}

struct schema *ftrace_schema_make(struct ftrace_maps **maps, const struct tep_event *event)
{
	struct schema_builder *builder = schema_builder_new("format");
	const struct tep_format_field **fields;
	size_t count;

	if (!builder)
		return NULL;
	fields = in_order(event, &count);
	if (!fields) {
		schema_builder_free(builder);
		return NULL;
	}
	schema_builder_name(builder, SCHEMA_PROVIDER, event->system, strlen(event->system));
	schema_builder_name(builder, SCHEMA_EVENT, event->name, strlen(event->name));
	schema_builder_is_open_ended(builder);
	add_fields(builder, maps, event, fields, count);
	free(fields);
	return schema_builder_end(builder);
}
