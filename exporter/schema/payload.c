#include "exporter/schema/payload.h"

#include "exporter/base/bytes.h"
#include "exporter/schema/data_location.h"

#define SID_HEADER_BYTES    8
#define SID_AUTHORITIES_MAX 15

/* How records of one kind differ by their writer; found by trying which one fits. */
struct variant {
	uint8_t pointer_bytes;
	bool sid_behind_zeros; /* an absent TOKEN_USER block is zeros, and a SID follows all the
				  same */
};

struct walk {
	const struct schema *schema;
	const struct payload_visitor *visitor;
	struct bytes payload; /* all of it */
	struct bytes rest;
	struct variant variant;
	uint32_t elements; /* so far, of all arrays */
	uint32_t fields;   /* so far, of all structs */
	/*
	 * What fields that lengths and counts refer to said last, by field index. Not cleared: a
	 * schema refers to fields before only, and one that is absent says 0.
	 */
	uint32_t numbers[SCHEMA_FIELDS_MAX];
};

const char *payload_result_name(enum payload_result result)
{
	static const char *const names[] = {
		[PAYLOAD_OK] = "ok",
		[PAYLOAD_SHORT] = "short",
		[PAYLOAD_LEFTOVER] = "leftover",
		[PAYLOAD_COUNT] = "count",
	};

	return names[result];
}

/* Whole units up to and over a zero one; or all there are, where none is. */
static bool take_terminated(struct bytes *rest, size_t unit, struct value *value)
{
	size_t length = 0, left = rest->left / unit * unit;
	bool ended = false;

	value->bytes = rest->at;
	for (; length < left; length += unit) {
		ended = rest->at[length] == 0 && (unit == 1 || rest->at[length + 1] == 0);
		if (ended)
			break;
	}
	value->length = (uint32_t)length;
	/* An odd byte behind unterminated UTF-16 is of no use to anybody, but not of this field. */
	return bytes_take(rest, length + (ended ? unit : 0)) != NULL;
}

/* Fixed: the string ends at the first zero, behind which anything may stand. */
static bool take_units(struct bytes *rest, size_t unit, size_t count, struct value *value)
{
	const uint8_t *bytes = bytes_take(rest, unit * count);
	struct bytes inside = {bytes, unit * count};

	return bytes && take_terminated(&inside, unit, value);
}

static bool take_bytes(struct bytes *rest, size_t count, struct value *value)
{
	value->bytes = bytes_take(rest, count);
	value->length = (uint32_t)count;
	return value->bytes != NULL;
}

static bool take_sid(struct bytes *rest, struct value *value)
{
	uint8_t authorities;

	if (rest->left < SID_HEADER_BYTES)
		return false;
	authorities = rest->at[1];
	return authorities <= SID_AUTHORITIES_MAX &&
	       take_bytes(rest, SID_HEADER_BYTES + 4 * (size_t)authorities, value);
}

/* A TOKEN_USER block of two pointers, then the SID; a first u32 of zero alone: no SID. */
static bool take_wbem_sid(struct walk *walk, struct value *value)
{
	struct bytes *rest = &walk->rest;

	if (rest->left < 4)
		return false;
	if (le32(rest->at) == 0 && !walk->variant.sid_behind_zeros) {
		value->bytes = bytes_take(rest, 4);
		value->length = 0;
		return true;
	}
	return bytes_take(rest, 2 * (size_t)walk->variant.pointer_bytes) && take_sid(rest, value);
}

static size_t unit_bytes(enum value_type type)
{
	return type == VALUE_UTF16 ? 2 : 1;
}

static bool take_prefixed(struct bytes *rest, uint8_t length_kind, struct value *value)
{
	const uint8_t *prefix = bytes_take(rest, length_kind == LENGTH_PREFIX_32 ? 4 : 2);
	size_t count;

	if (!prefix)
		return false;
	if (length_kind == LENGTH_PREFIX_32)
		count = le32(prefix);
	else if (length_kind == LENGTH_PREFIX_BIG)
		count = (size_t)prefix[0] << 8 | prefix[1];
	else
		count = le16(prefix);
	return take_bytes(rest, count, value);
}

/* What a word says where it is; false: there is no word, or it points outside. */
static bool take_location(struct walk *walk, bool is_relative, struct bytes *there)
{
	const uint8_t *word = bytes_take(&walk->rest, DATA_LOCATION_BYTES);

	return word && data_location(&walk->payload, word, is_relative, there);
}

static bool take_located(struct walk *walk, const struct field *field, struct value *value)
{
	struct bytes there;

	if (!take_location(walk, field->length_kind == LENGTH_REL_LOC, &there))
		return false;
	if (field->type != VALUE_BINARY)
		return take_terminated(&there, unit_bytes((enum value_type)field->type), value);
	value->bytes = there.at;
	value->length = (uint32_t)there.left;
	return true;
}

/* Strings and binary: what has no width of its own. */
static bool take_sized(struct walk *walk, const struct field *field, struct value *value)
{
	size_t unit = unit_bytes((enum value_type)field->type), count = field->length;

	switch (field->length_kind) {
	case LENGTH_PREFIX:
	case LENGTH_PREFIX_BIG:
	case LENGTH_PREFIX_32:
		return take_prefixed(&walk->rest, field->length_kind, value);
	case LENGTH_DATA_LOC:
	case LENGTH_REL_LOC:
		return take_located(walk, field, value);
	case LENGTH_FIELD:
		count = walk->numbers[field->length];
		break;
	case LENGTH_NATURAL:
		if (field->type == VALUE_BINARY)
			return take_bytes(&walk->rest, walk->rest.left, value);
		return take_terminated(&walk->rest, unit, value);
	default:
		break;
	}
	if (count > walk->rest.left)
		return false;
	if (field->type == VALUE_BINARY)
		return take_bytes(&walk->rest, count, value);
	return take_units(&walk->rest, unit, count, value);
}

static bool take_value(struct walk *walk, const struct field *field, struct value *value)
{
	size_t width;

	switch (field->type) {
	case VALUE_UTF16:
	case VALUE_ANSI:
	case VALUE_BINARY:
		return take_sized(walk, field, value);
	case VALUE_SID:
		return take_sid(&walk->rest, value);
	case VALUE_WBEM_SID:
		return take_wbem_sid(walk, value);
	default:
		width = value_type_bytes((enum value_type)field->type, walk->variant.pointer_bytes);
		return take_bytes(&walk->rest, width, value);
	}
}

/* Lengths and counts are unsigned numbers of up to 32 bits; anything else is as good as too large.
 */
static uint32_t reference_number(const struct value *value)
{
	switch (value_type_bytes((enum value_type)value->type, value->pointer_bytes)) {
	case 1:
		return value->bytes[0];
	case 2:
		return le16(value->bytes);
	case 4:
		return le32(value->bytes);
	case 8:
		return le64(value->bytes) > UINT32_MAX ? UINT32_MAX : le32(value->bytes);
	default:
		return UINT32_MAX;
	}
}

static void set_number(struct walk *walk, const struct field *field, uint32_t number)
{
	if (field->is_reference)
		walk->numbers[field - walk->schema->fields] = number;
}

static enum payload_result visit_fields(struct walk *walk, uint16_t first, uint16_t count);

static enum payload_result visit_struct(struct walk *walk, const struct field *field)
{
	const struct payload_visitor *visitor = walk->visitor;
	enum payload_result result;

	if (visitor && visitor->begin_struct)
		visitor->begin_struct(visitor->context, field);
	result = visit_fields(walk, field->first_member, field->member_count);
	if (visitor && visitor->end_struct)
		visitor->end_struct(visitor->context);
	return result;
}

static bool is_padding(const struct field *field)
{
	return field->type == VALUE_NULL && field->length_kind == LENGTH_FIXED;
}

static enum payload_result visit_element(struct walk *walk, const struct field *field)
{
	const struct payload_visitor *visitor = walk->visitor;
	const struct bytes before = walk->rest;
	struct value value = {
		.field = field, .type = field->type, .pointer_bytes = walk->variant.pointer_bytes};

	if (field->type == VALUE_STRUCT)
		return visit_struct(walk, field);
	if (is_padding(field))
		return bytes_take(&walk->rest, field->length) ? PAYLOAD_OK : PAYLOAD_SHORT;
	if (!take_value(walk, field, &value)) {
		walk->rest = before;
		return PAYLOAD_SHORT;
	}
	set_number(walk, field, reference_number(&value));
	if (visitor && visitor->value)
		visitor->value(visitor->context, &value);
	return PAYLOAD_OK;
}

static bool element_count(struct walk *walk, const struct field *field, uint32_t *count)
{
	const uint8_t *prefix;

	switch (field->count_kind) {
	case COUNT_FIXED:
		*count = field->count;
		return true;
	case COUNT_FIELD:
		*count = walk->numbers[field->count];
		return true;
	case COUNT_PREFIX:
		prefix = bytes_take(&walk->rest, 2);
		*count = prefix ? le16(prefix) : 0;
		return prefix != NULL;
	default:
		*count = UINT32_MAX; /* to the end */
		return true;
	}
}

static enum payload_result visit_elements(struct walk *walk, const struct field *field,
					  uint32_t count)
{
	const struct payload_visitor *visitor = walk->visitor;
	bool to_end = field->count_kind == COUNT_REST;
	enum payload_result result = PAYLOAD_OK;
	uint32_t i;

	if (visitor && visitor->begin_array)
		visitor->begin_array(visitor->context, field);
	for (i = 0; i < count && result == PAYLOAD_OK && (!to_end || walk->rest.left); i++) {
		if (++walk->elements > PAYLOAD_ELEMENTS_MAX)
			result = PAYLOAD_COUNT;
		else
			result = visit_element(walk, field);
	}
	if (visitor && visitor->end_array)
		visitor->end_array(visitor->context);
	return result;
}

/* As many elements as there is room for where they are. */
static enum payload_result visit_located(struct walk *walk, const struct field *field)
{
	size_t width = value_type_bytes((enum value_type)field->type, walk->variant.pointer_bytes);
	enum payload_result result;
	struct bytes there, behind;

	if (!take_location(walk, field->count_kind == COUNT_REL_LOC, &there))
		return PAYLOAD_SHORT;
	behind = walk->rest;
	walk->rest = there;
	result = visit_elements(walk, field, (uint32_t)(there.left / width));
	walk->rest = behind;
	return result;
}

static enum payload_result visit_array(struct walk *walk, const struct field *field)
{
	uint32_t count;

	if (field->count_kind >= COUNT_DATA_LOC)
		return visit_located(walk, field);
	if (!element_count(walk, field, &count))
		return PAYLOAD_SHORT;
	return visit_elements(walk, field, count);
}

static enum payload_result visit_fields(struct walk *walk, uint16_t first, uint16_t count)
{
	enum payload_result result = PAYLOAD_OK;
	uint16_t i;

	for (i = 0; i < count && result == PAYLOAD_OK; i++) {
		const struct field *field = &walk->schema->fields[first + i];

		if (++walk->fields > PAYLOAD_FIELDS_MAX)
			return PAYLOAD_COUNT;
		if (field->optional && !walk->rest.left)
			set_number(walk, field, 0);
		else if (field->count_kind == COUNT_ONE)
			result = visit_element(walk, field);
		else
			result = visit_array(walk, field);
	}
	return result;
}

static enum payload_result visit(struct walk *walk, const struct payload_visitor *visitor,
				 struct bytes payload, struct variant variant)
{
	enum payload_result result;

	walk->visitor = visitor;
	walk->payload = payload;
	walk->rest = payload;
	walk->variant = variant;
	walk->elements = 0;
	walk->fields = 0;
	result = visit_fields(walk, 0, walk->schema->top_count);
	if (result == PAYLOAD_OK && walk->schema->is_open_ended)
		walk->rest.left = 0;
	if (result == PAYLOAD_OK && walk->rest.left)
		return PAYLOAD_LEFTOVER;
	return result;
}

/* The writer's pointer size is as the record says, but for some tools that wrote the other one. */
static enum payload_result find_variant(struct walk *walk, struct bytes payload,
					struct variant *variant)
{
	const uint8_t own = variant->pointer_bytes, other = own == 4 ? 8 : 4;
	const struct variant variants[] = {
		{own, true}, {other, false}, {other, true}, {own, false}};
	enum payload_result result = visit(walk, NULL, payload, *variant);
	size_t i;

	for (i = 0; result != PAYLOAD_OK && i < sizeof(variants) / sizeof(variants[0]); i++) {
		*variant = variants[i];
		result = visit(walk, NULL, payload, *variant);
	}
	return result;
}

enum payload_result payload_visit(const struct schema *schema, const uint8_t *payload,
				  size_t payload_bytes, size_t pointer_bytes,
				  const struct payload_visitor *visitor, size_t *consumed)
{
	static const uint8_t nothing[1];
	const struct bytes bytes = {payload_bytes ? payload : nothing, payload_bytes};
	struct variant variant = {(uint8_t)(pointer_bytes == 4 ? 4 : 8), false};
	enum payload_result result = PAYLOAD_OK;
	struct walk walk;

	walk.schema = schema;
	if (schema->has_variants)
		result = find_variant(&walk, bytes, &variant);
	if (!schema->has_variants || visitor)
		result = visit(&walk, visitor, bytes, variant);
	*consumed = payload_bytes - walk.rest.left;
	return result;
}
