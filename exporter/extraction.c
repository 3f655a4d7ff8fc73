#include "exporter/extraction.h"

#include <stdlib.h>

#include "exporter/bytes.h"

#define NO_SLOT UINT16_MAX

enum step_kind {
	STEP_FIXED, /* of so many bytes */
	STEP_UTF16,
	STEP_ANSI,
	STEP_PREFIXED,	 /* a u16 of bytes stands before */
	STEP_UNITS,	 /* as many units as an earlier field says */
	STEP_FIXED_TEXT, /* of so many bytes, but it ends at a zero unit */
	STEP_SID,
};

/* One field, with what stands before it and is not wanted. */
struct step {
	uint32_t skip; /* bytes before it */
	uint32_t bytes;
	uint16_t slot;	 /* NO_SLOT: only stepped over */
	uint16_t number; /* of STEP_UNITS: the slot that says how many */
	uint8_t kind;
	uint8_t unit;
	bool optional; /* absent where the payload has ended */
};

/* Fields of fixed size that stand together, and the step that follows them. */
struct stretch {
	uint32_t bytes;		 /* of all that is up to the step */
	uint16_t first, end;	 /* of its offsets */
	const struct step *step; /* NULL: none, behind the last */
};

/* Where a field of fixed size is in its stretch. */
struct offset {
	struct value *value;
	uint32_t at;
	uint32_t length;
};

/*
 * The steps for one size of pointers; and the same as stretches, which take a payload that has all
 * that is wanted. Where one of them does not, the steps say what is there.
 */
struct plan {
	struct stretch *stretches;
	struct offset *offsets; /* behind the stretches */
	uint32_t stretch_count; /* 0: only steps do */
	uint32_t tail;		/* bytes of fixed size behind the last step */
	uint8_t pointer_bytes;
	struct step *steps;
	size_t count;
};

struct slot {
	struct field_path path;
	uint8_t scratch[4]; /* of a length */
	size_t part;	    /* of an array's length: how many parts had been visited */
};

struct extraction {
	/* What each payload needs comes first, so that it is together. */
	const struct plan *sized; /* by whose offsets values have their lengths; NULL: none */
	struct value *values;	  /* by slot; bytes NULL: absent */
	bool whole;		  /* steps go to the end of the payload, and must meet it */
	bool compiled, visits;	  /* the layout is too free for steps */
	struct plan plans[2];	  /* for 4 and for 8 byte pointers */
	const struct schema *schema;
	struct slot *slots;
	size_t count;
	/* While the payload is visited. */
	struct {
		uint16_t field;
		uint32_t element;
		bool array;
	} stack[2 * SCHEMA_DEPTH_MAX + 2];
	size_t depth;
	size_t parts; /* values, structs and arrays so far */
};

static void plan_done(struct plan *plan)
{
	free(plan->steps);
	free(plan->stretches);
}

static const struct field length_field = {.name = "length", .type = VALUE_U32};

struct extraction *extraction_new(const struct schema *schema)
{
	struct extraction *extraction = calloc(1, sizeof(*extraction));

	if (extraction)
		extraction->schema = schema;
	return extraction;
}

void extraction_free(struct extraction *extraction)
{
	if (!extraction)
		return;
	plan_done(&extraction->plans[0]);
	plan_done(&extraction->plans[1]);
	free(extraction->slots);
	free(extraction->values);
	free(extraction);
}

static bool same_path(const struct field_path *a, const struct field_path *b)
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

static const struct field *last_field(const struct extraction *extraction,
				      const struct field_path *path)
{
	return &extraction->schema->fields[path->steps[path->count - 1].field];
}

int extraction_add(struct extraction *extraction, const struct field_path *path)
{
	struct value *values;
	struct slot *slots;
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (same_path(&extraction->slots[i].path, path))
			return (int)i;
	slots = realloc(extraction->slots, (i + 1) * sizeof(*slots));
	if (!slots)
		return -1;
	extraction->slots = slots;
	values = realloc(extraction->values, (i + 1) * sizeof(*values));
	if (!values)
		return -1;
	extraction->values = values;
	slots[i] = (struct slot){.path = *path};
	values[i] = (struct value){.field = path->length ? &length_field
							 : last_field(extraction, path)};
	values[i].type = values[i].field->type;
	extraction->count++;
	return (int)i;
}

size_t extraction_fixed_bytes(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->values[slot];
	size_t bytes = value_type_bytes((enum value_type)value->type, 8);

	return bytes <= 8 ? bytes : 0;
}

/* Fields of the top level that stand alone: what steps can take. */
static bool has_step(const struct field *field)
{
	if (field->type == VALUE_STRUCT || field->type == VALUE_WBEM_SID)
		return false;
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
	const struct field *field = last_field(extraction, &slot->path);

	return slot->path.count == 1 && !slot->path.length &&
	       slot->path.steps[0].element == FIELD_PATH_ANY && field->type != VALUE_NULL &&
	       has_step(field);
}

/*
 * How many fields of the top level steps have to take; 0: steps cannot do it. Where writers
 * disagree about the layout only a payload that is used up shows that it was the right one.
 */
static uint16_t fields_to_take(const struct extraction *extraction)
{
	const struct schema *schema = extraction->schema;
	uint16_t last = 0;
	size_t i;

	for (i = 0; i < extraction->count; i++) {
		const struct slot *slot = &extraction->slots[i];

		if (!is_plain(extraction, slot))
			return 0;
		if (slot->path.steps[0].field >= last)
			last = slot->path.steps[0].field + 1;
	}
	if (schema->has_variants)
		last = schema->top_count;
	for (i = 0; i < last; i++)
		if (!has_step(&schema->fields[i]))
			return 0;
	return last;
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

static uint8_t text_unit(const struct field *field)
{
	return field->type == VALUE_UTF16 ? 2 : 1;
}

static struct step step_of(const struct extraction *extraction, const struct field *field,
			   size_t pointer_bytes)
{
	size_t width = value_type_bytes((enum value_type)field->type, pointer_bytes);
	struct step step = {.unit = text_unit(field), .optional = field->optional};

	step.slot = slot_of(extraction, (uint16_t)(field - extraction->schema->fields));
	if (field->type == VALUE_NULL) {
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
	}
	plan->tail = skip;
	return true;
}

/* An optional field of no bytes is there or not by what is behind it. */
static bool fits_stretches(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].optional && plan->steps[i].kind == STEP_FIXED &&
		    !plan->steps[i].bytes)
			return false;
	return true;
}

static size_t count_stretches(const struct plan *plan)
{
	size_t count = 1, i;

	for (i = 0; i < plan->count; i++)
		count += plan->steps[i].kind != STEP_FIXED;
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
		if (step->kind != STEP_FIXED) {
			stretch.step = step;
			add_stretch(plan, &stretch);
			stretch = (struct stretch){.first = stretch.end, .end = stretch.end};
			continue;
		}
		if (step->slot != NO_SLOT)
			plan->offsets[stretch.end++] = (struct offset){
				&extraction->values[step->slot], stretch.bytes, step->bytes};
		stretch.bytes += step->bytes;
	}
	add_stretch(plan, &stretch);
}

/* Without steps all is visited, which needs no memory. */
static void compile(struct extraction *extraction)
{
	uint16_t count = fields_to_take(extraction);

	extraction->compiled = true;
	extraction->whole = extraction->schema->has_variants;
	extraction->visits = !count || !want_references(extraction, count) ||
			     !make_plan(extraction, count, 4, &extraction->plans[0]) ||
			     !make_plan(extraction, count, 8, &extraction->plans[1]);
	if (extraction->visits)
		return;
	make_stretches(extraction, &extraction->plans[0]);
	make_stretches(extraction, &extraction->plans[1]);
}

/* Up to a zero unit, or all; four units at a time. A subtraction borrows only from units behind. */
static size_t utf16_bytes(const uint8_t *at, size_t bytes)
{
	size_t length = 0;

	for (; length + 8 <= bytes; length += 8) {
		uint64_t units = le64(at + length);
		uint64_t zeros = (units - 0x0001000100010001) & ~units & 0x8000800080008000;

		if (zeros)
			return length + (size_t)__builtin_ctzll(zeros) / 16 * 2;
	}
	while (length < bytes && le16(at + length))
		length += 2;
	return length;
}

static size_t ansi_bytes(const uint8_t *at, size_t bytes)
{
	const uint8_t *end = bytes ? memchr(at, 0, bytes) : NULL;

	return end ? (size_t)(end - at) : bytes;
}

/* Whole units up to and over a zero one; or all there are, where none is. As payload_visit() does.
 */
static uint32_t take_text(struct bytes *rest, size_t unit)
{
	size_t left = rest->left / unit * unit;
	size_t length = unit == 1 ? ansi_bytes(rest->at, left) : utf16_bytes(rest->at, left);

	bytes_take(rest, length < left ? length + unit : length);
	return (uint32_t)length;
}

/* Of at most 8 bytes. */
static uint32_t number_of(const struct value *value)
{
	uint8_t padded[8] = {0};

	if (!value->bytes)
		return 0;
	memcpy(padded, value->bytes, value->length);
	return le64(padded) > UINT32_MAX ? UINT32_MAX : (uint32_t)le64(padded);
}

static bool take_counted(struct bytes *rest, size_t count, struct value *value)
{
	value->bytes = bytes_take(rest, count);
	value->length = (uint32_t)count;
	return value->bytes != NULL;
}

static bool take_fixed_text(struct bytes *rest, size_t bytes, size_t unit, struct value *value)
{
	struct bytes inside;

	if (!take_counted(rest, bytes, value))
		return false;
	inside = (struct bytes){value->bytes, value->length};
	value->length = take_text(&inside, unit);
	return true;
}

static bool take_units(const struct extraction *extraction, const struct step *step,
		       struct bytes *rest, struct value *value)
{
	size_t units = number_of(&extraction->values[step->number]);

	if (units > rest->left)
		return false;
	if (value->type == VALUE_BINARY)
		return take_counted(rest, units, value);
	return take_fixed_text(rest, units * step->unit, step->unit, value);
}

static bool take_sid(struct bytes *rest, struct value *value)
{
	if (rest->left < 8 || rest->at[1] > 15)
		return false;
	return take_counted(rest, 8 + 4 * (size_t)rest->at[1], value);
}

static bool take_step(const struct extraction *extraction, const struct step *step,
		      struct bytes *rest, struct value *value)
{
	const uint8_t *prefix;

	switch (step->kind) {
	case STEP_FIXED:
		return take_counted(rest, step->bytes, value);
	case STEP_UTF16:
	case STEP_ANSI:
		value->bytes = rest->at;
		value->length = take_text(rest, step->unit);
		return true;
	case STEP_PREFIXED:
		prefix = bytes_take(rest, 2);
		return prefix && take_counted(rest, le16(prefix), value);
	case STEP_UNITS:
		return take_units(extraction, step, rest, value);
	case STEP_FIXED_TEXT:
		return take_fixed_text(rest, step->bytes, step->unit, value);
	default:
		return take_sid(rest, value);
	}
}

static void clear_from(struct extraction *extraction, const struct plan *plan, size_t step)
{
	for (; step < plan->count; step++)
		if (plan->steps[step].slot != NO_SLOT)
			extraction->values[plan->steps[step].slot].bytes = NULL;
}

static enum payload_result run_steps(struct extraction *extraction, const struct plan *plan,
				     struct bytes *rest, uint8_t pointer_bytes)
{
	struct value nobody;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		struct value *value =
			step->slot == NO_SLOT ? &nobody : &extraction->values[step->slot];
		const uint8_t *before;

		if (!bytes_take(rest, step->skip)) {
			clear_from(extraction, plan, i);
			return PAYLOAD_SHORT;
		}
		if (step->optional && !rest->left) {
			value->bytes = NULL;
			continue;
		}
		before = rest->at;
		if (step->slot == NO_SLOT)
			nobody.type = step->unit == 2 ? VALUE_UTF16 : VALUE_BINARY;
		else
			value->pointer_bytes = pointer_bytes;
		if (!take_step(extraction, step, rest, value)) {
			rest->left += (size_t)(rest->at - before);
			rest->at = before;
			clear_from(extraction, plan, i);
			return PAYLOAD_SHORT;
		}
	}
	return PAYLOAD_OK;
}

/* The lengths of fixed sizes do not change from payload to payload. */
static void set_lengths(struct extraction *extraction, const struct plan *plan)
{
	const struct stretch *last = &plan->stretches[plan->stretch_count - 1];
	size_t i;

	for (i = 0; i < last->end; i++)
		plan->offsets[i].value->length = plan->offsets[i].length;
	for (i = 0; i < extraction->count; i++)
		extraction->values[i].pointer_bytes = plan->pointer_bytes;
	extraction->sized = plan;
}

static bool run_step(const struct extraction *extraction, const struct step *step,
		     struct bytes *rest)
{
	struct value nobody = {.type = step->unit == 2 ? VALUE_UTF16 : VALUE_BINARY};
	struct value *value = step->slot == NO_SLOT ? &nobody : &extraction->values[step->slot];

	if (step->optional && !rest->left)
		return false;
	return take_step(extraction, step, rest, value);
}

/* False: something is missing, or not as it should be. */
static inline bool run_stretches(struct extraction *extraction, const struct plan *plan,
				 const struct event_record *record)
{
	struct bytes rest = {record->payload, record->payload_bytes};
	const struct stretch *stretch = plan->stretches;
	const struct stretch *end = stretch + plan->stretch_count;

	for (; stretch < end; stretch++) {
		const struct offset *offset = plan->offsets + stretch->first;
		const struct offset *last = plan->offsets + stretch->end;
		const uint8_t *at = bytes_take(&rest, stretch->bytes);

		if (!at)
			return false;
		for (; offset < last; offset++)
			offset->value->bytes = at + offset->at;
		if (stretch->step && !run_step(extraction, stretch->step, &rest))
			return false;
	}
	return !extraction->whole || rest.left == plan->tail;
}

static bool is_at(const struct extraction *extraction, const struct field_path *path, uint16_t last)
{
	uint8_t step = 0;
	size_t i;

	for (i = 0; i < extraction->depth; i++) {
		const uint16_t field = extraction->stack[i].field;

		if (step >= path->count)
			return false;
		if (extraction->stack[i].array) {
			/* The field itself follows, as struct or as value. */
			if (path->steps[step].field != field ||
			    path->steps[step].element != extraction->stack[i].element)
				return false;
			if (i + 1 < extraction->depth && !extraction->stack[i + 1].array &&
			    extraction->stack[i + 1].field == field)
				i++;
			else if (i + 1 == extraction->depth)
				return step + 1 == path->count && field == last;
		} else if (path->steps[step].field != field) {
			return false;
		}
		step++;
	}
	return step + 1 == path->count && path->steps[step].field == last;
}

static void set_length(struct extraction *extraction, size_t index, uint32_t length)
{
	struct slot *slot = &extraction->slots[index];
	struct value *value = &extraction->values[index];

	put_le32(slot->scratch, length);
	value->bytes = slot->scratch;
	value->length = sizeof(slot->scratch);
}

/* The next element of the array that the stack ends with, if it does. */
static void count_element(struct extraction *extraction)
{
	if (extraction->depth && extraction->stack[extraction->depth - 1].array)
		extraction->stack[extraction->depth - 1].element++;
}

static void visit_value(void *context, const struct value *value)
{
	struct extraction *extraction = context;
	uint16_t field = (uint16_t)(value->field - extraction->schema->fields);
	size_t i;

	extraction->parts++;
	count_element(extraction);
	for (i = 0; i < extraction->count; i++) {
		struct slot *slot = &extraction->slots[i];

		if (last_field(extraction, &slot->path) != value->field ||
		    !is_at(extraction, &slot->path, field))
			continue;
		if (!slot->path.length)
			extraction->values[i] = *value;
		else
			set_length(extraction, i, value->length / text_unit(value->field));
	}
}

static void push(struct extraction *extraction, const struct field *field, bool array)
{
	extraction->parts++;
	extraction->stack[extraction->depth].field = (uint16_t)(field - extraction->schema->fields);
	extraction->stack[extraction->depth].element = UINT32_MAX;
	extraction->stack[extraction->depth++].array = array;
}

static void begin_struct(void *context, const struct field *field)
{
	count_element(context);
	push(context, field, false);
}

static void end_struct(void *context)
{
	struct extraction *extraction = context;

	extraction->depth--;
}

static void begin_array(void *context, const struct field *field)
{
	push(context, field, true);
}

static void end_array(void *context)
{
	struct extraction *extraction = context;
	uint16_t field = extraction->stack[--extraction->depth].field;
	uint32_t elements = extraction->stack[extraction->depth].element + 1;
	size_t i;

	for (i = 0; i < extraction->count; i++) {
		struct slot *slot = &extraction->slots[i];

		if (!slot->path.length ||
		    slot->path.steps[slot->path.count - 1].element != FIELD_PATH_ANY ||
		    !is_at(extraction, &slot->path, field))
			continue;
		set_length(extraction, i, elements);
		slot->part = extraction->parts;
	}
}

/*
 * Where a payload ends too early, what ended with it may be an array that would have had more
 * elements.
 */
static void forget_cut_arrays(struct extraction *extraction)
{
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (extraction->slots[i].part == extraction->parts)
			extraction->values[i].bytes = NULL;
}

static enum payload_result visit(struct extraction *extraction, const struct event_record *record)
{
	const struct payload_visitor visitor = {
		.value = visit_value,
		.begin_struct = begin_struct,
		.end_struct = end_struct,
		.begin_array = begin_array,
		.end_array = end_array,
		.context = extraction,
	};
	enum payload_result result;
	size_t consumed, i;

	for (i = 0; i < extraction->count; i++) {
		extraction->values[i].bytes = NULL;
		extraction->slots[i].part = 0;
	}
	extraction->sized = NULL;
	extraction->depth = 0;
	extraction->parts = 0;
	result = payload_visit(extraction->schema, record->payload, record->payload_bytes,
			       record->pointer_bytes, &visitor, &consumed);
	if (result == PAYLOAD_OK || result == PAYLOAD_LEFTOVER)
		return PAYLOAD_OK;
	forget_cut_arrays(extraction);
	return result;
}

static const struct plan *plan_of(const struct extraction *extraction,
				  const struct event_record *record)
{
	return &extraction->plans[record->pointer_bytes != 4];
}

/* What is not as nearly all payloads are. */
__attribute__((cold, noinline)) static enum payload_result
run_any(struct extraction *extraction, const struct event_record *record)
{
	static const uint8_t nothing[1];
	struct bytes rest = {record->payload_bytes ? record->payload : nothing,
			     record->payload_bytes};
	const struct plan *plan = plan_of(extraction, record);
	enum payload_result result;

	if (!extraction->count)
		return PAYLOAD_OK;
	if (!extraction->compiled)
		compile(extraction);
	if (extraction->visits)
		return visit(extraction, record);
	extraction->sized = NULL;
	result = run_steps(extraction, plan, &rest, plan->pointer_bytes);
	if (extraction->whole && (result != PAYLOAD_OK || rest.left != plan->tail))
		return visit(extraction, record);
	if (plan->stretch_count)
		set_lengths(extraction, plan);
	return result;
}

enum payload_result extraction_run(struct extraction *extraction, const struct event_record *record)
{
	const struct plan *plan = extraction->sized;

	if (plan && plan == plan_of(extraction, record) && record->payload_bytes &&
	    run_stretches(extraction, plan, record))
		return PAYLOAD_OK;
	return run_any(extraction, record);
}

bool extraction_layout(const struct extraction *extraction, struct fixed_layout *layout)
{
	const struct plan *plan = extraction->sized;

	if (!plan || plan->stretch_count != 1 || plan->stretches[0].step)
		return false;
	layout->bytes = plan->stretches[0].bytes + (extraction->whole ? plan->tail : 0);
	layout->is_exact = extraction->whole;
	layout->is_narrow = plan->pointer_bytes == 4;
	return true;
}

uint32_t extraction_place(const struct extraction *extraction, int slot)
{
	const struct offset *offset = extraction->sized->offsets;

	while (offset->value != &extraction->values[slot])
		offset++;
	return offset->at;
}

const struct value *extraction_value(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->values[slot];

	return value->bytes ? value : NULL;
}

const struct value *extraction_template(const struct extraction *extraction, int slot)
{
	return &extraction->values[slot];
}
