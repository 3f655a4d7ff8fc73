#include "config/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/field_path.h"
#include "config/go_values.h"
#include "config/scalar_reader.h"
#include "config/units.h"
#include "config/utf8.h"

/* A key whose value is being read. */
struct reading {
	const struct key *key;
	const struct yaml_node *node;
	void *member;
	const struct report *report;
};

/* Says that the value must be `wanted`. */
static void refuse(const struct reading *reading, const char *wanted)
{
	struct quoted quoted;

	report_error(reading->report, reading->node->place, "%s must be %s, not %s",
		     reading->key->name, wanted, yaml_describe(reading->node, &quoted));
}

/* The value as text; NULL: it is none. */
static const char *text_of(const struct yaml_node *node)
{
	if (node->kind != YAML_TEXT || yaml_is_null(node) || strlen(node->text) != node->length)
		return NULL;
	return node->text;
}

/* Replaces the member's text. */
static void set_text(const struct reading *reading, const char *text)
{
	char **member = reading->member, *copy = strdup(text);

	if (!copy) {
		report_out_of_memory(reading->report);
		return;
	}
	free(*member);
	*member = copy;
}

/* Other than those `allowed`. */
static bool has_control(const char *text, size_t length, const char *allowed)
{
	uint32_t code;
	size_t at, bytes;

	for (at = 0; at < length; at += bytes) {
		bytes = utf8_next(text + at, length - at, &code);
		if (!bytes || (utf8_is_control(code) && (!code || !strchr(allowed, (int)code))))
			return true;
	}
	return false;
}

static void read_name(const struct reading *reading)
{
	const struct yaml_node *node = reading->node;
	const struct key *key = reading->key;
	struct quoted quoted;

	if (node->kind != YAML_TEXT || yaml_is_null(node))
		refuse(reading, "a string");
	else if (node->length < key->low || node->length > key->high)
		report_error(reading->report, node->place,
			     "%s must have from %" PRIu64 " to %" PRIu64 " bytes, not %zu",
			     key->name, key->low, key->high, node->length);
	else if (has_control(node->text, node->length, ""))
		report_error(reading->report, node->place,
			     "%s must be without control characters, not %s", key->name,
			     quote_bytes(&quoted, node->text, node->length));
	else
		set_text(reading, node->text);
}

static void read_text(const struct reading *reading)
{
	const struct yaml_node *node = reading->node;
	const struct key *key = reading->key;
	struct quoted quoted;

	if (node->kind != YAML_TEXT || yaml_is_null(node))
		refuse(reading, "a string");
	else if (node->length < key->low || node->length > key->high)
		report_error(reading->report, node->place,
			     "%s must have from %" PRIu64 " to %" PRIu64 " bytes, not %zu",
			     key->name, key->low, key->high, node->length);
	else if (has_control(node->text, node->length, "\n\t"))
		report_error(reading->report, node->place,
			     "%s must be without control characters, not %s", key->name,
			     quote_bytes(&quoted, node->text, node->length));
	else
		set_text(reading, node->text);
}

static void read_field(const struct reading *reading)
{
	if (field_path_check(reading->node, reading->key->name, reading->report))
		set_text(reading, reading->node->text);
}

static void read_scalars(const struct reading *reading)
{
	const struct key *key = reading->key;
	struct scalar_rule rule = {key->name, (size_t)key->low, (size_t)key->high};

	scalar_list_read(reading->node, &rule, reading->member, reading->report);
}

static void read_number(const struct reading *reading)
{
	const char *text = reading->node->plain ? text_of(reading->node) : NULL;
	struct scalar_config scalar;
	double *member = reading->member;

	if (text && scalar_parse_number(text, &scalar))
		*member = scalar.number;
	else
		refuse(reading, "a number such as 2, 0.5 or 1e-6");
}

/* The index of the choice, or -1: refused. */
static int find_choice(const struct reading *reading)
{
	const char *const *choices = reading->key->choices;
	const char *text = text_of(reading->node);
	char wanted[256] = "";
	size_t used = 0;
	int i;

	for (i = 0; text && choices[i]; i++)
		if (strcmp(choices[i], text) == 0)
			return i;
	for (i = 0; choices[i] && used < sizeof(wanted); i++)
		used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "%s%s",
					 i ? " or " : "", choices[i]);
	refuse(reading, wanted);
	return -1;
}

static void read_word(const struct reading *reading)
{
	int choice = find_choice(reading);

	if (choice >= 0)
		set_text(reading, reading->key->choices[choice]);
}

static_assert(sizeof(enum pace) == sizeof(unsigned int), "a choice is stored as an unsigned int");

static void read_choice(const struct reading *reading)
{
	unsigned int *member = reading->member;
	int choice = find_choice(reading);

	if (choice >= 0)
		*member = (unsigned int)choice;
}

/* -1: neither. YAML 1.2, 10.3.2: nothing else is a boolean. */
static int parse_bool(const char *text)
{
	static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
	int i;

	for (i = 0; i < 6; i++)
		if (strcmp(words[i], text) == 0)
			return i / 3;
	return -1;
}

/* YAML 1.1 took these for booleans: 1 and 0; -1: neither. */
static int parse_old_bool(const char *text)
{
	static const char *const words[] = {"no", "off", "n", "yes", "on", "y"};
	int i;

	for (i = 0; i < 6; i++)
		if (strcasecmp(words[i], text) == 0)
			return i / 3;
	return -1;
}

static void read_bool(const struct reading *reading)
{
	const struct yaml_node *node = reading->node;
	const char *text = text_of(node);
	int value = text ? parse_bool(text) : -1;
	int meant = text ? parse_old_bool(text) : -1;
	bool *member = reading->member;
	struct quoted quoted;

	if (meant >= 0 && node->plain && reading->key->old_words)
		*member = meant > 0;
	else if (value >= 0 && node->plain)
		*member = value > 0;
	else if (value >= 0)
		refuse(reading, "true or false without quotes");
	else if (meant >= 0)
		report_error(reading->report, node->place,
			     "%s must be true or false, not %s; write %s", reading->key->name,
			     quote(&quoted, text), meant ? "true" : "false");
	else
		refuse(reading, "true or false");
}

static void set_number(const struct reading *reading, uint64_t value)
{
	uint64_t *member = reading->member;

	*member = value;
}

static void set_quantity(const struct reading *reading, const struct unit_system *system,
			 uint64_t value)
{
	struct unit_text low = {""}, high = {""};
	char wanted[96];

	if (value >= reading->key->low && value <= reading->key->high) {
		set_number(reading, value);
		return;
	}
	snprintf(wanted, sizeof(wanted), "from %s to %s",
		 unit_format(system, reading->key->low, &low),
		 unit_format(system, reading->key->high, &high));
	refuse(reading, wanted);
}

static void read_quantity(const struct reading *reading, const struct unit_system *system)
{
	const char *text = text_of(reading->node), *unknown = NULL;
	enum unit_result result = UNIT_MALFORMED;
	struct place place = reading->node->place;
	struct quoted quoted;
	char wanted[96];
	uint64_t value;

	if (text)
		result = unit_parse(system, text, &value, &unknown);
	snprintf(wanted, sizeof(wanted), "%s such as %s", system->what, system->example);
	if (result == UNIT_OK)
		set_quantity(reading, system, value);
	else if (result == UNIT_MISSING)
		report_error(reading->report, place,
			     "%s needs a unit, not %s; add %s if that is meant, or one of %s",
			     reading->key->name, quote(&quoted, text), system->usual,
			     system->names);
	else if (result == UNIT_UNKNOWN)
		report_error(reading->report, place, "%s has an unknown unit, %s; units are %s",
			     reading->key->name,
			     quote_bytes(&quoted, unknown, unit_name_length(unknown)),
			     system->names);
	else
		refuse(reading, wanted);
}

static void read_duration(const struct reading *reading)
{
	read_quantity(reading, &unit_durations);
}

static void read_size(const struct reading *reading)
{
	read_quantity(reading, &unit_sizes);
}

static bool parse_count(const struct reading *reading, uint64_t *value)
{
	const char *text = reading->node->plain ? text_of(reading->node) : NULL;
	int64_t old = -1;

	if (text && unit_parse_count(text, value))
		return true;
	if (!reading->key->old_words || !go_integer(reading->node, &old) || old < 0)
		return false;
	*value = (uint64_t)old;
	return true;
}

static void read_count(const struct reading *reading)
{
	const struct key *key = reading->key;
	uint64_t value;
	char wanted[96];

	if (parse_count(reading, &value) && value >= key->low && value <= key->high) {
		set_number(reading, value);
		return;
	}
	snprintf(wanted, sizeof(wanted), "a whole number from %" PRIu64 " to %" PRIu64, key->low,
		 key->high);
	refuse(reading, wanted);
}

static void (*const readers[])(const struct reading *reading) = {
	[KEY_NAME] = read_name,	  [KEY_WORD] = read_word,	  [KEY_CHOICE] = read_choice,
	[KEY_BOOL] = read_bool,	  [KEY_DURATION] = read_duration, [KEY_SIZE] = read_size,
	[KEY_COUNT] = read_count, [KEY_NUMBER] = read_number,	  [KEY_TEXT] = read_text,
	[KEY_FIELD] = read_field, [KEY_SCALARS] = read_scalars,
};

void value_read(const struct key *key, const struct yaml_node *node, void *into,
		const struct report *report)
{
	struct reading reading = {key, node, (char *)into + key->offset, report};

	readers[key->kind](&reading);
}

void value_set_fallback(const struct key *key, void *into, const struct report *report)
{
	struct yaml_node node = {.kind = YAML_TEXT, .plain = key->kind != KEY_TEXT};

	if (!key->fallback)
		return;
	node.text = key->fallback;
	node.length = strlen(key->fallback);
	value_read(key, &node, into, report);
}
