#include "exporter/decoder/tracelogging.h"

#include "exporter/base/bytes.h"

enum {
	IN_TYPE = 0x1f,
	IN_COUNT = 0x60,
	IN_CONSTANT_COUNT = 0x20,
	IN_VARIABLE_COUNT = 0x40,
	IN_CUSTOM = 0x60,
	MORE = 0x80, /* in types, out types and tags: a byte more follows */

	IN_COUNTED_UTF16 = 22,
	IN_COUNTED_ANSI = 23,
	IN_STRUCT = 24,
	IN_COUNTED_BINARY = 25,
	IN_BINARY = 14,
};

static const uint8_t in_types[] = {
	[0] = VALUE_NULL,     [1] = VALUE_UTF16,     [2] = VALUE_ANSI,	      [3] = VALUE_I8,
	[4] = VALUE_U8,	      [5] = VALUE_I16,	     [6] = VALUE_U16,	      [7] = VALUE_I32,
	[8] = VALUE_U32,      [9] = VALUE_I64,	     [10] = VALUE_U64,	      [11] = VALUE_F32,
	[12] = VALUE_F64,     [13] = VALUE_BOOL32,   [14] = VALUE_BINARY,     [15] = VALUE_GUID,
	[16] = VALUE_POINTER, [17] = VALUE_FILETIME, [18] = VALUE_SYSTEMTIME, [19] = VALUE_SID,
	[20] = VALUE_HEX32,   [21] = VALUE_HEX64,    [22] = VALUE_UTF16,      [23] = VALUE_ANSI,
	[24] = VALUE_STRUCT,  [25] = VALUE_BINARY,
};

static const uint8_t out_types[] = {
	[0] = OUT_DEFAULT,
	[1] = OUT_NO_PRINT,
	[2] = OUT_STRING,
	[3] = OUT_BOOLEAN,
	[4] = OUT_HEX,
	[5] = OUT_PID,
	[6] = OUT_TID,
	[7] = OUT_PORT,
	[8] = OUT_IPV4,
	[9] = OUT_IPV6,
	[10] = OUT_SOCKET_ADDRESS,
	[11] = OUT_XML,
	[12] = OUT_JSON,
	[13] = OUT_WIN32_ERROR,
	[14] = OUT_NTSTATUS,
	[15] = OUT_HRESULT,
	[16] = OUT_DATETIME,
	[17] = OUT_SIGNED,
	[18] = OUT_UNSIGNED,
	[35] = OUT_UTF8,
	[37] = OUT_CODE_POINTER,
	[38] = OUT_DATETIME_UTC,
};

/* Both items begin with their own length. */
static struct bytes open_item(const uint8_t *item, uint16_t item_bytes)
{
	struct bytes bytes = {item, item_bytes};

	if (!item || !bytes_take(&bytes, 2))
		bytes.left = 0;
	return bytes;
}

/* One to four bytes, each but the last with its high bit set. */
static bool skip_tags(struct bytes *bytes)
{
	const uint8_t *tag;

	do {
		tag = bytes_take(bytes, 1);
	} while (tag && *tag & MORE);
	return tag != NULL;
}

/* The bytes of a field's descriptor behind its name. */
struct descriptor {
	uint8_t in;
	uint8_t out;
	uint16_t count;
};

static bool take_count(struct bytes *bytes, struct descriptor *descriptor)
{
	const uint8_t *count;

	if (!(descriptor->in & IN_CONSTANT_COUNT))
		return true;
	count = bytes_take(bytes, 2);
	if (!count)
		return false;
	descriptor->count = le16(count);
	/* A schema of its own for the bytes of the value: nothing that we could read. */
	return (descriptor->in & IN_COUNT) != IN_CUSTOM || bytes_take(bytes, descriptor->count);
}

static bool take_descriptor(struct bytes *bytes, struct descriptor *descriptor)
{
	const uint8_t *byte = bytes_take(bytes, 1);

	*descriptor = (struct descriptor){0};
	if (!byte)
		return false;
	descriptor->in = *byte;
	if (descriptor->in & MORE) {
		byte = bytes_take(bytes, 1);
		if (!byte)
			return false;
		descriptor->out = *byte & (uint8_t)~MORE;
		if (*byte & MORE && !skip_tags(bytes))
			return false;
	}
	return take_count(bytes, descriptor);
}

static bool make_field(const struct descriptor *descriptor, struct field *field)
{
	uint8_t type = descriptor->in & IN_TYPE;

	*field = (struct field){0};
	if (type >= sizeof(in_types))
		return false;
	field->type = in_types[type];
	if (type != IN_STRUCT && descriptor->out < sizeof(out_types))
		field->out = out_types[descriptor->out];
	if (type == IN_COUNTED_UTF16 || type == IN_COUNTED_ANSI || type == IN_COUNTED_BINARY ||
	    type == IN_BINARY)
		field->length_kind = LENGTH_PREFIX;
	switch (descriptor->in & IN_COUNT) {
	case IN_CONSTANT_COUNT:
		field->count_kind = COUNT_FIXED;
		field->count = descriptor->count;
		break;
	case IN_VARIABLE_COUNT:
		field->count_kind = COUNT_PREFIX;
		break;
	case IN_CUSTOM:
		field->type = VALUE_BINARY;
		field->length_kind = LENGTH_PREFIX;
		break;
	default:
		break;
	}
	return true;
}

/* All fields that there are; of a struct `count`, as many as its out type says follow it. */
static bool add_fields(struct schema_builder *builder, uint16_t parent, struct bytes *bytes,
		       size_t count, unsigned int depth)
{
	for (; count && bytes->left; count--) {
		struct descriptor descriptor;
		struct field field;
		size_t length;
		const uint8_t *name = bytes_string(bytes, &length);
		uint16_t added;

		if (!name || !take_descriptor(bytes, &descriptor) ||
		    !make_field(&descriptor, &field))
			return false;
		added = schema_builder_add(builder, parent, &field, (const char *)name, length);
		if (field.type == VALUE_STRUCT &&
		    (depth >= SCHEMA_DEPTH_MAX ||
		     !add_fields(builder, added, bytes, descriptor.out, depth + 1)))
			return false;
	}
	return parent == SCHEMA_TOP || !count;
}

const char *tracelogging_provider(const struct event_record *record, size_t *length)
{
	struct bytes bytes = open_item(record->traits, record->traits_bytes);

	return (const char *)bytes_string(&bytes, length);
}

struct schema *tracelogging_schema_new(const struct event_record *record)
{
	struct bytes bytes = open_item(record->schema, record->schema_bytes);
	struct schema_builder *builder;
	const char *name, *provider;
	size_t length;

	if (!skip_tags(&bytes))
		return NULL;
	name = (const char *)bytes_string(&bytes, &length);
	builder = name ? schema_builder_new("tracelogging") : NULL;
	if (!builder)
		return NULL;
	schema_builder_name(builder, SCHEMA_EVENT, name, length);
	provider = tracelogging_provider(record, &length);
	if (provider)
		schema_builder_name(builder, SCHEMA_PROVIDER, provider, length);
	if (add_fields(builder, SCHEMA_TOP, &bytes, SIZE_MAX, 0))
		return schema_builder_end(builder);
	schema_builder_free(builder);
	return NULL;
}
