#include <stdatomic.h>
#include <stdlib.h>

#include "exporter/label/label.h"
#include "exporter/label/label_functions.h"
#include "exporter/label/label_steps.h"
#include "exporter/value/value_text.h"

/* Of what functions in a row hand on; the text of any payload fits. */
#define TEXT_LIMIT ((size_t)256 << 10)

/* What applying a chain needs in memory. */
struct room {
	struct text texts[2]; /* what goes into a function and what comes out, by turns */
	struct label_regex_room *regex;
};

/*
 * Where a room waits for the next call, so that none is made for each; who finds it empty, because
 * another thread is at work, makes one.
 */
struct shelf {
	_Atomic(struct room *) room;
};

struct label_chain {
	enum label_state state;
	struct label_step *steps; /* without the one that asks the state */
	size_t count;
	struct shelf *shelf;
};

static void room_free(struct room *room)
{
	if (!room)
		return;
	text_done(&room->texts[0]);
	text_done(&room->texts[1]);
	label_regex_room_free(room->regex);
	free(room);
}

static struct room *room_new(void)
{
	struct room *room = calloc(1, sizeof(*room));

	if (!room)
		return NULL;
	text_init(&room->texts[0], TEXT_LIMIT);
	text_init(&room->texts[1], TEXT_LIMIT);
	room->regex = label_regex_room_new();
	if (room->regex)
		return room;
	room_free(room);
	return NULL;
}

static struct room *take_room(const struct label_chain *chain)
{
	struct room *room = atomic_exchange(&chain->shelf->room, NULL);

	return room ? room : room_new();
}

static void put_room(const struct label_chain *chain, struct room *room)
{
	room_free(atomic_exchange(&chain->shelf->room, room));
}

static bool compile(struct label_chain *chain, const struct function_list *functions,
		    const struct report *report)
{
	bool good = true;
	size_t i;

	for (i = 0; i < functions->count; i++) {
		struct label_step *step = &chain->steps[chain->count];

		if (!label_step_compile(step, &functions->list[i], i == 0, report))
			good = false;
		else if (step->function->state != LABEL_PURE)
			chain->state = step->function->state;
		else
			chain->count++;
	}
	return good;
}

struct label_chain *label_chain_new(const struct function_list *functions, const char *file,
				    struct problems *problems)
{
	const struct report report = {file, problems};
	struct label_chain *chain = calloc(1, sizeof(*chain));

	if (chain) {
		chain->steps = calloc(functions->count + 1, sizeof(chain->steps[0]));
		chain->shelf = calloc(1, sizeof(*chain->shelf));
	}
	if (!chain || !chain->steps || !chain->shelf)
		report_out_of_memory(&report);
	else if (compile(chain, functions, &report))
		return chain;
	label_chain_free(chain);
	return NULL;
}

void label_chain_free(struct label_chain *chain)
{
	size_t i;

	if (!chain)
		return;
	for (i = 0; i < chain->count; i++)
		label_regex_free(chain->steps[i].regex);
	if (chain->shelf)
		room_free(atomic_load(&chain->shelf->room));
	free(chain->shelf);
	free(chain->steps);
	free(chain);
}

enum label_state label_chain_state(const struct label_chain *chain)
{
	return chain->state;
}

bool label_chain_is_plain(const struct label_chain *chain)
{
	return chain->count == 0;
}

static bool is_string(const struct value *value)
{
	return value->type == VALUE_UTF16 || value->type == VALUE_ANSI;
}

/* The value's text in the room, where the first function looks at one. */
static enum label_result render(const struct label_chain *chain, const struct value *value,
				bool classic, struct text *to)
{
	text_clear(to);
	if (value->type == VALUE_NULL)
		return LABEL_NONE;
	if (chain->steps[0].function->takes != LABEL_TAKES_TEXT && !is_string(value))
		return LABEL_OK;
	if (value_text(value, VALUE_COOKED, classic, to) == VALUE_FORM_NONE)
		return LABEL_NONE;
	return to->failed ? LABEL_UNFIT : LABEL_OK;
}

static bool read_integer(struct label_input *input)
{
	if (input->value && !is_string(input->value))
		return value_number(input->value, &input->number) &&
		       input->number.kind != NUMBER_REAL;
	return value_number_parse(input->text, input->length, &input->number);
}

/* One function; `value` NULL: it stands behind another one. */
static enum label_result apply_step(const struct label_step *step, const struct value *value,
				    const struct text *from, struct room *room, struct text *to)
{
	struct label_input input = {
		.step = step,
		.room = room->regex,
		.value = value,
		.text = from->length ? from->bytes : "",
		.length = from->length,
	};

	if (step->function->takes == LABEL_TAKES_INTEGER && !read_integer(&input))
		return LABEL_UNFIT;
	return step->function->apply(&input, to);
}

static enum label_result apply_steps(const struct label_chain *chain, const struct value *value,
				     bool classic, struct room *room, struct text *to)
{
	struct text *from = &room->texts[0], *between = &room->texts[1], *swap;
	enum label_result result = render(chain, value, classic, from);
	size_t last = chain->count - 1, i;

	for (i = 0; i < last && result == LABEL_OK; i++) {
		text_clear(between);
		result = apply_step(&chain->steps[i], i ? NULL : value, from, room, between);
		if (between->failed)
			result = LABEL_UNFIT;
		swap = from;
		from = between;
		between = swap;
	}
	if (result == LABEL_OK)
		result = apply_step(&chain->steps[last], last ? NULL : value, from, room, to);
	return result;
}

static enum label_result apply_plain(const struct value *value, bool classic, struct text *to)
{
	return value_text(value, VALUE_COOKED, classic, to) == VALUE_FORM_NONE ? LABEL_NONE
									       : LABEL_OK;
}

enum label_result label_chain_apply(const struct label_chain *chain, const struct value *value,
				    bool classic, struct text *to)
{
	const struct text before = *to;
	enum label_result result;
	struct room *room;

	if (!chain->count)
		return apply_plain(value, classic, to);
	room = take_room(chain);
	if (!room)
		return LABEL_UNFIT;
	result = apply_steps(chain, value, classic, room, to);
	put_room(chain, room);
	if (result != LABEL_OK) {
		to->length = before.length;
		to->failed = before.failed;
	}
	return result;
}
