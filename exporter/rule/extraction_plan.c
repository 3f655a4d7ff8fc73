#include "exporter/rule/extraction_private.h"

#include <stdlib.h>

/* Fields of the top level that stand alone: what steps can take. */
static bool has_step(const struct field *field)
{
	if (field->type == VALUE_STRUCT || field->type == VALUE_WBEM_SID ||
	    field->length_kind == LENGTH_PREFIX_BIG || field->length_kind == LENGTH_PREFIX_32)
		return false;
	if (field->count_kind >= COUNT_DATA_LOC)
		return true;
	if (field->count_kind == COUNT_ONE)
		return field->type != VALUE_BINARY || field->length_kind != LENGTH_NATURAL;
	return field->count_kind == COUNT_FIXED &&
	       value_type_bytes((enum value_type)field->type, 8) != 0;
}

static uint16_t slot_of(const struct extraction *extraction, uint16_t field)
{
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (extraction->slots[i].path.steps[0].field == field)
			return (uint16_t)i;
	return NO_SLOT;
}

static bool is_plain(const struct extraction *extraction, const struct slot *slot)
{
	const struct field *field = extraction_field(extraction, &slot->path);

	return slot->path.count == 1 && !slot->path.length &&
	       slot->path.steps[0].element == FIELD_PATH_ANY && field->type != VALUE_NULL &&
	       field->count_kind < COUNT_DATA_LOC && has_step(field);
}

static bool have_steps(const struct schema *schema, uint16_t count)
{
	uint16_t i;

	for (i = 0; i < count; i++)
		if (!has_step(&schema->fields[i]))
			return false;
	return true;
}

/*
 * How many fields of the top level steps have to take; false: steps cannot do it. All of them,
 * where they can, as only then it is known whether the payload is as its schema says; and where
 * writers disagree about the layout nothing else shows that it was the right one.
 */
static bool fields_to_take(struct extraction *extraction, uint16_t *count)
{
	const struct schema *schema = extraction->schema;
	size_t i;

	*count = 0;
	for (i = 0; i < extraction->count; i++) {
		const struct slot *slot = &extraction->slots[i];

		if (!is_plain(extraction, slot))
			return false;
		if (slot->path.steps[0].field >= *count)
			*count = slot->path.steps[0].field + 1;
	}
	if (have_steps(schema, schema->top_count)) {
		*count = schema->top_count;
		extraction->whole = !schema->is_open_ended;
		return true;
	}
	return !schema->has_variants && have_steps(schema, *count);
}

/* A length that is no number is as good as too large: payload_visit() knows. */
static bool is_number(const struct field *field)
{
	size_t bytes = value_type_bytes((enum value_type)field->type, 8);

	return bytes > 0 && bytes <= 8;
}

/* Lengths that wanted fields depend on are wanted, too. */
static bool want_references(struct extraction *extraction, uint16_t count)
{
	struct field_path path = {.count = 1};
	uint16_t i;

	path.steps[0].element = FIELD_PATH_ANY;
	for (i = 0; i < count; i++) {
		if (extraction->schema->fields[i].length_kind != LENGTH_FIELD)
			continue;
		path.steps[0].field = extraction->schema->fields[i].length;
		if (path.steps[0].field >= count ||
		    !is_number(&extraction->schema->fields[path.steps[0].field]) ||
		    extraction_add(extraction, &path) < 0)
			return false;
	}
	return true;
}

static struct step step_of(const struct extraction *extraction, const struct field *field,
			   size_t pointer_bytes)
{
	size_t width = value_type_bytes((enum value_type)field->type, pointer_bytes);
	struct step step = {.unit = extraction_unit(field), .optional = field->optional};

	step.slot = slot_of(extraction, (uint16_t)(field - extraction->schema->fields));
	if (field->count_kind >= COUNT_DATA_LOC || field->length_kind >= LENGTH_DATA_LOC) {
		step.kind = STEP_LOCATED;
		step.is_relative =
			field->length_kind == LENGTH_REL_LOC || field->count_kind == COUNT_REL_LOC;
	} else if (field->type == VALUE_NULL) {
		step.bytes = field->length_kind == LENGTH_FIXED ? field->length : 0;
	} else if (field->type == VALUE_SID) {
		step.kind = STEP_SID;
	} else if (width) {
		step.bytes =
			(uint32_t)width * (field->count_kind == COUNT_FIXED ? field->count : 1);
	} else if (field->length_kind == LENGTH_PREFIX) {
		step.kind = STEP_PREFIXED;
	} else if (field->length_kind == LENGTH_FIELD) {
		step.kind = STEP_UNITS;
		step.number = slot_of(extraction, field->length);
	} else if (field->length_kind == LENGTH_FIXED) {
		step.kind = field->type == VALUE_BINARY ? STEP_FIXED : STEP_FIXED_TEXT;
		step.bytes = (uint32_t)field->length * step.unit;
	} else {
		step.kind = field->type == VALUE_UTF16 ? STEP_UTF16 : STEP_ANSI;
	}
	return step;
}

static bool make_plan(const struct extraction *extraction, uint16_t count, size_t pointer_bytes,
		      struct plan *plan)
{
	uint32_t skip = 0;
	uint16_t i;

	plan->pointer_bytes = (uint8_t)pointer_bytes;
	plan->steps = calloc(count ? count : 1, sizeof(*plan->steps));
	if (!plan->steps)
		return false;
	for (i = 0; i < count; i++) {
		struct step step =
			step_of(extraction, &extraction->schema->fields[i], pointer_bytes);

		if (step.kind == STEP_FIXED && step.slot == NO_SLOT && !step.optional) {
			skip += step.bytes;
			continue;
		}
		step.skip = skip;
		skip = 0;
		plan->steps[plan->count++] = step;
		if (step.slot < extraction->wanted)
			plan->wanted = (uint32_t)plan->count;
	}
	plan->tail = skip;
	return true;
}

/* What stands in a stretch. */
static bool has_place(const struct step *step)
{
	return step->kind == STEP_FIXED || step->kind == STEP_FIXED_TEXT;
}

/* An optional field of no bytes is there or not by what is behind it. */
static bool fits_stretches(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].optional && has_place(&plan->steps[i]) && !plan->steps[i].bytes)
			return false;
	return true;
}

static size_t count_stretches(const struct plan *plan)
{
	size_t count = 1, i;

	for (i = 0; i < plan->count; i++)
		count += !has_place(&plan->steps[i]);
	return count;
}

static void add_stretch(struct plan *plan, const struct stretch *stretch)
{
	plan->stretches[plan->stretch_count++] = *stretch;
}

/* Without memory steps do. */
static void make_stretches(struct extraction *extraction, struct plan *plan)
{
	struct stretch stretch = {0};
	size_t i;

	if (!fits_stretches(plan))
		return;
	plan->stretches =
		calloc(plan->count + 1, sizeof(*plan->stretches) + sizeof(*plan->offsets));
	if (!plan->stretches)
		return;
	plan->offsets = (struct offset *)(plan->stretches + count_stretches(plan));
	for (i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		stretch.bytes += step->skip;
		if (!has_place(step)) {
			stretch.step = step;
			add_stretch(plan, &stretch);
			stretch = (struct stretch){.first = stretch.end, .end = stretch.end};
			continue;
		}
		if (step->slot != NO_SLOT)
			plan->offsets[stretch.end++] = (struct offset){
				&extraction->values[step->slot], stretch.bytes, step->bytes,
				step->kind == STEP_FIXED_TEXT ? step->unit : 0};
		stretch.bytes += step->bytes;
	}
	add_stretch(plan, &stretch);
}

/* Without steps all is visited, which needs no memory. */
void extraction_compile(struct extraction *extraction)
{
	uint16_t count;

	extraction->compiled = true;
	extraction->wanted = extraction->count;
	extraction->visits = !fields_to_take(extraction, &count) ||
			     !want_references(extraction, count) ||
			     !make_plan(extraction, count, 4, &extraction->plans[0]) ||
			     !make_plan(extraction, count, 8, &extraction->plans[1]);
	if (extraction->visits)
		return;
	make_stretches(extraction, &extraction->plans[0]);
	make_stretches(extraction, &extraction->plans[1]);
}

void extraction_plan_done(struct plan *plan)
{
	free(plan->steps);
	free(plan->stretches);
}
