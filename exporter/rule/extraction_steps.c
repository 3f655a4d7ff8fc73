#include "exporter/schema/data_location.h"
#include "exporter/rule/extraction_private.h"

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

static void set_text_length(const struct offset *offset)
{
	struct bytes inside = {offset->value->bytes, offset->length};

	offset->value->length = take_text(&inside, offset->unit);
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

static bool take_located(const struct step *step, const struct event_record *record,
			 struct bytes *rest, struct value *value)
{
	const struct bytes payload = {record->payload, record->payload_bytes};
	const uint8_t *word = bytes_take(rest, DATA_LOCATION_BYTES);
	struct bytes there;

	if (!word || !data_location(&payload, word, step->is_relative, &there))
		return false;
	value->bytes = there.at;
	value->length =
		value->type == VALUE_BINARY ? (uint32_t)there.left : take_text(&there, step->unit);
	return true;
}

static bool take_step(const struct extraction *extraction, const struct step *step,
		      const struct event_record *record, struct bytes *rest, struct value *value)
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
	case STEP_LOCATED:
		return take_located(step, record, rest, value);
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

/* How many steps there was enough for. */
static size_t run_steps(struct extraction *extraction, const struct plan *plan,
			const struct event_record *record, struct bytes *rest)
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
			return i;
		}
		if (step->optional && !rest->left) {
			value->bytes = NULL;
			continue;
		}
		before = rest->at;
		if (step->slot == NO_SLOT)
			nobody.type = step->unit == 2 ? VALUE_UTF16 : VALUE_BINARY;
		else
			value->pointer_bytes = plan->pointer_bytes;
		if (!take_step(extraction, step, record, rest, value)) {
			rest->left += (size_t)(rest->at - before);
			rest->at = before;
			clear_from(extraction, plan, i);
			return i;
		}
	}
	return i;
}

static enum payload_result fit_of(const struct extraction *extraction, const struct plan *plan,
				  size_t steps, size_t left)
{
	if (steps < plan->count || left < plan->tail)
		return PAYLOAD_SHORT;
	return extraction->whole && left > plan->tail ? PAYLOAD_LEFTOVER : PAYLOAD_OK;
}

/* The lengths of fixed sizes do not change from payload to payload. */
static void set_lengths(struct extraction *extraction, const struct plan *plan)
{
	const struct stretch *last = &plan->stretches[plan->stretch_count - 1];
	size_t i;

	for (i = 0; i < last->end; i++)
		if (!plan->offsets[i].unit)
			plan->offsets[i].value->length = plan->offsets[i].length;
	for (i = 0; i < extraction->count; i++)
		extraction->values[i].pointer_bytes = plan->pointer_bytes;
	extraction->sized = plan;
}

static bool run_step(const struct extraction *extraction, const struct step *step,
		     const struct event_record *record, struct bytes *rest)
{
	struct value nobody = {.type = step->unit == 2 ? VALUE_UTF16 : VALUE_BINARY};
	struct value *value = step->slot == NO_SLOT ? &nobody : &extraction->values[step->slot];

	if (step->optional && !rest->left)
		return false;
	return take_step(extraction, step, record, rest, value);
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
		for (; offset < last; offset++) {
			offset->value->bytes = at + offset->at;
			if (offset->unit)
				set_text_length(offset);
		}
		if (stretch->step && !run_step(extraction, stretch->step, record, &rest))
			return false;
	}
	return extraction->whole ? rest.left == plan->tail : rest.left >= plan->tail;
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
	size_t steps;

	if (!extraction->compiled)
		extraction_compile(extraction);
	if (extraction->visits)
		return extraction_visit(extraction, record);
	extraction->sized = NULL;
	steps = run_steps(extraction, plan, record, &rest);
	extraction->fit = (uint8_t)fit_of(extraction, plan, steps, rest.left);
	if (extraction->fit != PAYLOAD_OK && extraction->schema->has_variants)
		return extraction_visit(extraction, record);
	if (plan->stretch_count)
		set_lengths(extraction, plan);
	return steps < plan->wanted ? PAYLOAD_SHORT : PAYLOAD_OK;
}

enum payload_result extraction_run(struct extraction *extraction, const struct event_record *record)
{
	const struct plan *plan = extraction->sized;

	extraction->fit = PAYLOAD_OK;
	if (plan && plan == plan_of(extraction, record) && record->payload_bytes &&
	    run_stretches(extraction, plan, record))
		return PAYLOAD_OK;
	return run_any(extraction, record);
}
