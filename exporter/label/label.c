#include "exporter/label/label.h"

#include <stdlib.h>

#include "config/report.h"
#include "exporter/label/label_map.h"
#include "exporter/value/value_forms.h"
#include "exporter/value/value_number.h"

struct label {
	const struct label_config *config;
	struct label_chain *chain;
	struct label_map *map; /* NULL: none */
};

struct label *label_new(const struct label_config *config, const char *file,
			struct problems *problems)
{
	const struct report report = {file, problems};
	struct label *label = calloc(1, sizeof(*label));

	if (!label) {
		report_out_of_memory(&report);
		return NULL;
	}
	label->config = config;
	label->chain = label_chain_new(&config->field.functions, file, problems);
	if (label->chain && config->map_count) {
		label->map = label_map_new(config->map, config->map_count);
		if (!label->map)
			report_out_of_memory(&report);
	}
	if (label->chain && (label->map || !config->map_count))
		return label;
	label_free(label);
	return NULL;
}

void label_free(struct label *label)
{
	if (!label)
		return;
	label_chain_free(label->chain);
	label_map_free(label->map);
	free(label);
}

enum label_state label_state(const struct label *label)
{
	return label_chain_state(label->chain);
}

/* A text, of which an end may be dropped again, also where it became too long. */
struct mark {
	size_t length;
	bool failed;
};

static void back_to(struct text *text, struct mark mark)
{
	text->length = mark.length;
	text->failed = mark.failed;
}

static void add_default(const struct label *label, struct text *to)
{
	if (label->config->otherwise)
		text_string(to, label->config->otherwise);
}

/* The integer that is looked up: the value itself, or behind functions their text. */
static bool key_number(const struct label *label, const struct value *value, const char *text,
		       size_t length, struct value_number *number)
{
	if (label_chain_is_plain(label->chain) && value_number(value, number))
		return number->kind != NUMBER_REAL;
	return value_number_parse(text, length, number);
}

static const char *find(const struct label *label, const struct value *value, const struct text *to,
			struct mark mark)
{
	const char *text = to->length > mark.length ? to->bytes + mark.length : "", *found;
	size_t length = to->length - mark.length;
	struct value_number number;

	if (key_number(label, value, text, length, &number)) {
		found = label_map_number(label->map, &number);
		if (found)
			return found;
	}
	return to->failed ? NULL : label_map_text(label->map, text, length);
}

static bool apply_map(const struct label *label, const struct value *value, struct text *to,
		      struct mark mark)
{
	const char *found = find(label, value, to, mark);

	if (found) {
		back_to(to, mark);
		text_string(to, found);
	}
	return found != NULL;
}

/* A map of a manifest: of 32 bits, whatever their sign. */
static bool apply_value_map(const struct label *label, const struct value_map *map,
			    const struct value *value, struct text *to, struct mark mark)
{
	const char *text = to->length > mark.length ? to->bytes + mark.length : "";
	const struct text before = *to;
	struct value_number number;

	if (!key_number(label, value, text, to->length - mark.length, &number))
		return false;
	if (label_chain_is_plain(label->chain) && value_is_integer(value))
		number.u = value_bits(value);
	back_to(to, mark);
	if (value_forms_map(map, number.u, to))
		return true;
	to->length = before.length;
	to->failed = before.failed;
	return false;
}

static bool is_mapped(const struct label *label, const struct value_map *map,
		      const struct value *value, struct text *to, struct mark mark)
{
	return label->map ? apply_map(label, value, to, mark)
			  : apply_value_map(label, map, value, to, mark);
}

enum label_result label_apply(const struct label *label, const struct value *value, bool classic,
			      const struct value_map *map, struct text *to)
{
	const struct mark mark = {to->length, to->failed};
	enum label_result result =
		value ? label_chain_apply(label->chain, value, classic, to) : LABEL_NONE;

	if (result != LABEL_OK) {
		add_default(label, to);
	} else if ((label->map || map) && !is_mapped(label, map, value, to, mark) &&
		   label->config->otherwise) {
		back_to(to, mark);
		add_default(label, to);
	}
	return result;
}
