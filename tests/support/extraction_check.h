/*
 * extraction_check: whether an extraction takes out of a payload what payload_visit() tells of it.
 *
 * For tests and fuzzers; aborts where it does not.
 */
#ifndef TESTS_SUPPORT_EXTRACTION_CHECK_H
#define TESTS_SUPPORT_EXTRACTION_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/rule/extraction.h"
#include "exporter/schema/payload_size.h"
#include "tests/support/random.h"

enum {
	CHECK_PARTS_MAX = 4096,
	CHECK_SLOTS_MAX = 8,
	CHECK_ELEMENTS = 3, /* of arrays that are asked for */
	CHECK_LEVELS = 2 * SCHEMA_DEPTH_MAX + 2,
};

/* A value or a length that payload_visit() told of. */
struct check_part {
	struct field_path path;
	struct value value;
	uint32_t length; /* of path.length */
};

struct check_level {
	const struct field *field;
	bool array;
	uint32_t elements;
};

struct reference {
	const struct schema *schema;
	struct check_level levels[CHECK_LEVELS];
	size_t depth;
	struct check_part parts[CHECK_PARTS_MAX];
	size_t count;
	bool full; /* there were more: not to be compared */
};

static inline void check_require(bool condition)
{
	if (!condition)
		abort();
}

static inline struct check_level *check_top(struct reference *reference)
{
	return reference->depth ? &reference->levels[reference->depth - 1] : NULL;
}

static inline void check_step(const struct reference *reference, struct field_path *path,
			      const struct field *field, uint32_t element)
{
	struct field_path_step *step = &path->steps[path->count++];

	check_require(path->count <= SCHEMA_DEPTH_MAX + 1);
	step->field = (uint16_t)(field - reference->schema->fields);
	step->element = element;
}

/* Where the visitor is: an array and its element are one step. */
static inline struct field_path check_here(const struct reference *reference)
{
	struct field_path path = {0};
	size_t i;

	for (i = 0; i < reference->depth; i++) {
		const struct check_level *level = &reference->levels[i];

		if (level->array)
			check_step(reference, &path, level->field, level->elements - 1);
		else if (!i || !level[-1].array)
			check_step(reference, &path, level->field, FIELD_PATH_ANY);
	}
	return path;
}

static inline void check_note(struct reference *reference, struct check_part part)
{
	if (reference->count < CHECK_PARTS_MAX)
		reference->parts[reference->count++] = part;
	else
		reference->full = true;
}

static inline bool check_is_sized(const struct field *field)
{
	return field->type == VALUE_UTF16 || field->type == VALUE_ANSI ||
	       field->type == VALUE_BINARY;
}

static inline void check_value(void *context, const struct value *value)
{
	struct reference *reference = context;
	struct check_level *top = check_top(reference);
	struct check_part part = {.value = *value};

	if (top && top->array)
		top->elements++;
	part.path = check_here(reference);
	if (!top || !top->array)
		check_step(reference, &part.path, value->field, FIELD_PATH_ANY);
	check_note(reference, part);
	if (!check_is_sized(value->field))
		return;
	part.path.length = true;
	part.length = value->length / (value->type == VALUE_UTF16 ? 2 : 1);
	check_note(reference, part);
}

static inline void check_push(struct reference *reference, const struct field *field, bool array)
{
	check_require(reference->depth < CHECK_LEVELS);
	reference->levels[reference->depth++] = (struct check_level){field, array, 0};
}

static inline void check_begin_struct(void *context, const struct field *field)
{
	struct check_level *top = check_top(context);

	if (top && top->array)
		top->elements++;
	check_push(context, field, false);
}

static inline void check_begin_array(void *context, const struct field *field)
{
	check_push(context, field, true);
}

static inline void check_end_struct(void *context)
{
	struct reference *reference = context;

	reference->depth--;
}

static inline void check_end_array(void *context)
{
	struct reference *reference = context;
	const struct check_level *level = &reference->levels[--reference->depth];
	struct check_part part = {.path = check_here(reference), .length = level->elements};

	check_step(reference, &part.path, level->field, FIELD_PATH_ANY);
	part.path.length = true;
	check_note(reference, part);
}

static inline bool check_same(const struct field_path *a, const struct field_path *b)
{
	uint8_t i;

	if (a->count != b->count || a->length != b->length)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->steps[i].field != b->steps[i].field ||
		    a->steps[i].element != b->steps[i].element)
			return false;
	return true;
}

static inline const struct check_part *check_find(const struct reference *reference,
						  const struct field_path *path)
{
	size_t i;

	for (i = 0; i < reference->count; i++)
		if (check_same(&reference->parts[i].path, path))
			return &reference->parts[i];
	return NULL;
}

/* A path to a field of the schema, as field_path_find() finds them. False: it ran into nothing. */
static inline bool check_choose_path(const struct schema *schema, struct random *random,
				     struct field_path *path)
{
	uint16_t first = 0, count = schema->top_count;

	*path = (struct field_path){0};
	while (count) {
		const struct field *field = &schema->fields[first + random_below(random, count)];
		struct field_path_step *step = &path->steps[path->count++];
		bool array = field->count_kind != COUNT_ONE;

		step->field = (uint16_t)(field - schema->fields);
		step->element = FIELD_PATH_ANY;
		path->length = (array || check_is_sized(field)) && !random_below(random, 4);
		if (array && (!path->length || (check_is_sized(field) && random_below(random, 2))))
			step->element = random_below(random, CHECK_ELEMENTS);
		if (path->length || field->type != VALUE_STRUCT)
			return true;
		first = field->first_member;
		count = field->member_count;
	}
	return false;
}

/* What is asked for, compiled. */
struct check_wanted {
	struct extraction *extraction;
	struct field_path paths[CHECK_SLOTS_MAX];
	int slots[CHECK_SLOTS_MAX];
	size_t count;
};

static inline void check_choose(struct check_wanted *wanted, const struct schema *schema,
				struct random *random)
{
	size_t count = random_below(random, CHECK_SLOTS_MAX + 1), i;

	*wanted = (struct check_wanted){.extraction = extraction_new(schema)};
	check_require(wanted->extraction != NULL);
	for (i = 0; i < count; i++) {
		struct field_path *path = &wanted->paths[wanted->count];

		if (!check_choose_path(schema, random, path))
			continue;
		wanted->slots[wanted->count] = extraction_add(wanted->extraction, path);
		check_require(wanted->slots[wanted->count] >= 0);
		check_require(extraction_add(wanted->extraction, path) ==
			      wanted->slots[wanted->count]);
		wanted->count++;
	}
}

static inline void check_slot(const struct reference *reference, const struct field_path *path,
			      const struct value *value, bool complete)
{
	const struct check_part *part = check_find(reference, path);

	/* Of an array that the payload ends in nobody knows the length. */
	if (part && !value && !complete && path->length)
		return;
	check_require((part != NULL) == (value != NULL));
	if (!part)
		return;
	if (path->length) {
		check_require(value->type == VALUE_U32 && value->length == 4 &&
			      le32(value->bytes) == part->length);
		return;
	}
	check_require(value->field == part->value.field && value->type == part->value.type &&
		      value->length == part->value.length &&
		      value->pointer_bytes == part->value.pointer_bytes);
	check_require(!value->length || value->bytes == part->value.bytes);
}

/* Every field can be stepped over by itself, up to the end. */
static inline bool check_can_step(const struct schema *schema)
{
	uint16_t i;

	for (i = 0; i < schema->top_count; i++) {
		const struct field *field = &schema->fields[i];

		if (field->count_kind != COUNT_ONE || field->type == VALUE_STRUCT ||
		    field->type == VALUE_WBEM_SID || field->length_kind >= LENGTH_PREFIX_BIG ||
		    (field->type == VALUE_BINARY && field->length_kind == LENGTH_NATURAL))
			return false;
	}
	return true;
}

/* What is said of the whole payload is never wrong, and always said where it can be. */
static inline void check_fit(const struct check_wanted *wanted, const struct schema *schema,
			     const struct event_record *record, enum payload_result expected)
{
	enum payload_result fit = extraction_fit(wanted->extraction);
	struct payload_size size = payload_size_of(schema, record->pointer_bytes);

	check_require(fit == expected || (fit == PAYLOAD_OK && !check_can_step(schema)));
	check_require(expected != PAYLOAD_OK || payload_size_fits(&size, record->payload_bytes));
}

/* Whether all that is wanted is there, and there alone; what payload_visit() said. */
static inline enum payload_result check_run(const struct check_wanted *wanted,
					    const struct schema *schema,
					    const struct event_record *record)
{
	static struct reference reference;
	const struct payload_visitor visitor = {check_value,	  check_begin_struct,
						check_end_struct, check_begin_array,
						check_end_array,  &reference};
	enum payload_result expected, result;
	size_t consumed, i;
	bool complete;

	reference.schema = schema;
	reference.depth = reference.count = 0;
	reference.full = false;
	expected = payload_visit(schema, record->payload, record->payload_bytes,
				 record->pointer_bytes, &visitor, &consumed);
	result = extraction_run(wanted->extraction, record);
	complete = expected == PAYLOAD_OK || expected == PAYLOAD_LEFTOVER;
	check_require(result == PAYLOAD_OK || (!complete && result == expected));
	check_fit(wanted, schema, record, expected);
	if (reference.full || expected == PAYLOAD_COUNT)
		return expected;
	for (i = 0; i < wanted->count; i++)
		check_slot(&reference, &wanted->paths[i],
			   extraction_value(wanted->extraction, wanted->slots[i]), complete);
	return expected;
}

#endif
