/* Whether the events that a rule takes have the fields that it names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "exporter/schema/event_view.h"
#include "exporter/schema/field_path.h"
#include "exporter/label/label_functions.h"
#include "exporter/rule/rule_check_private.h"
#include "exporter/value/value_number.h"

#define NAMES_MAX 65536

/* What the rule makes of a field's value. */
enum wants {
	WANTS_ANYTHING,
	WANTS_NUMBER,
	WANTS_NUMBER_OR_TEXT, /* a text that is one */
};

/* A field as the rule names it. */
struct use {
	const char *key; /* where: "label qtype" */
	const char *path;
	enum rule_side side;
	struct place place;
	enum wants wants;
	const char *advice; /* where it is no number; NULL: none */
};

/* What came of looking for it in the schemas of its side. */
struct search {
	size_t known, found, numbers;
	enum field_path_result problem;		      /* the first */
	const struct catalogue_entry *with, *without; /* one of those that have it, and not */
	uint8_t type;				      /* of the first that is no number */
};

const struct field *rule_check_field(const struct schema *schema, const char *path)
{
	struct field_path found;

	if (!schema || field_path_find(schema, path, &found) != FIELD_PATH_FOUND)
		return NULL;
	return &schema->fields[found.steps[found.count - 1].field];
}

static bool type_is_number(uint8_t type)
{
	static const uint8_t zeros[8];
	const struct value value = {.bytes = zeros, .length = sizeof(zeros), .type = type};
	struct value_number number;

	return value_number(&value, &number);
}

static bool is_fit(const struct use *use, uint8_t type)
{
	bool is_text = type == VALUE_UTF16 || type == VALUE_ANSI;

	return type_is_number(type) || (is_text && use->wants == WANTS_NUMBER_OR_TEXT);
}

static void look(const struct catalogue_entry *entry, const struct use *use, struct search *search)
{
	struct field_path path;
	enum field_path_result result = field_path_find(entry->schema, use->path, &path);
	const struct field *field;

	search->known++;
	if (result != FIELD_PATH_FOUND) {
		if (!search->without || (search->problem == FIELD_PATH_UNKNOWN))
			search->problem = result;
		search->without = entry;
		return;
	}
	search->with = search->with ? search->with : entry;
	search->found++;
	field = &entry->schema->fields[path.steps[path.count - 1].field];
	if (path.length || is_fit(use, field->type))
		search->numbers++;
	else
		search->type = field->type;
}

/* The names of all top-level fields that the side's events have. */
struct field_names {
	const char **list;
	size_t count;
};

static const char *field_name_at(size_t index, const void *context)
{
	const struct field_names *names = context;

	return index < names->count ? names->list[index] : NULL;
}

static bool list_names(const struct rule_events *events, struct field_names *names)
{
	size_t i;
	uint16_t j;

	names->count = 0;
	names->list = calloc(NAMES_MAX, sizeof(*names->list));
	for (i = 0; names->list && i < events->count; i++) {
		const struct schema *schema = events->list[i]->schema;

		for (j = 0; schema && j < schema->top_count && names->count < NAMES_MAX; j++)
			names->list[names->count++] = schema->fields[j].name;
	}
	return names->list != NULL;
}

/* None of the known events has it. */
static int say_absent(struct rule_check *check, const struct use *use, const struct search *search)
{
	const struct rule_events *events = &check->events[use->side];
	struct quoted quoted, other;
	struct field_names names;
	size_t near;

	quote(&quoted, use->path);
	if (search->problem != FIELD_PATH_UNKNOWN) {
		report_error(&check->report, use->place, "%s: the field %s %s", use->key,
			     quoted.text, field_path_problem(search->problem));
		return 0;
	}
	if (!list_names(events, &names))
		return -1;
	near = nearest(use->path, field_name_at, &names);
	if (near == NEAREST_NONE)
		report_error(&check->report, use->place,
			     "%s: no event that the rule takes has a field %s", use->key,
			     quoted.text);
	else
		report_error(&check->report, use->place,
			     "%s: no event that the rule takes has a field %s; did you mean %s?",
			     use->key, quoted.text, quote(&other, names.list[near]));
	free(names.list);
	return 0;
}

static void say_partly(struct rule_check *check, const struct use *use, const struct search *search)
{
	const struct event_type *type = &search->without->type;

	rule_check_note(check, "%s: %zu of %zu known events have no field \"%s\", as %s %u (v%u)",
			use->key, search->known - search->found, search->known, use->path,
			type->provider, event_type_id(type), type->version);
}

static void check_number(struct rule_check *check, const struct use *use,
			 const struct search *search)
{
	const char *type = value_type_name((enum value_type)search->type);
	struct quoted quoted;

	if (use->wants == WANTS_ANYTHING || search->numbers == search->found)
		return;
	quote(&quoted, use->path);
	if (!search->numbers)
		report_error(&check->report, use->place,
			     "%s: the field %s is %s, which is no number%s", use->key, quoted.text,
			     type, use->advice ? use->advice : "");
	else
		report_warning(&check->report, use->place,
			       "%s: of some events the field %s is %s, which is no number%s",
			       use->key, quoted.text, type, use->advice ? use->advice : "");
}

static void check_header(struct rule_check *check, const struct use *use, enum header_field header)
{
	struct value value;
	struct quoted quoted;

	header_field_template(header, &value);
	if (use->wants != WANTS_ANYTHING && !is_fit(use, value.type))
		report_error(&check->report, use->place, "%s: %s is no number%s", use->key,
			     quote(&quoted, use->path), use->advice ? use->advice : "");
}

/* Whether the rule asks if there is such a field: events of other versions may have it. */
static bool may_lack(const struct condition_config *condition, const char *path)
{
	size_t i;

	if (condition->kind == CONDITION_EXISTS && condition->field.path &&
	    strcmp(condition->field.path, path) == 0)
		return true;
	for (i = 0; i < condition->child_count; i++)
		if (may_lack(&condition->children[i], path))
			return true;
	return false;
}

static int check_use(struct rule_check *check, const struct use *use)
{
	const struct rule_events *events = &check->events[use->side];
	struct search search = {0};
	enum header_field header;
	size_t i;

	if (header_field_find(use->path, &header)) {
		check_header(check, use, header);
		return 0;
	}
	for (i = 0; i < events->count; i++)
		if (events->list[i]->schema)
			look(events->list[i], use, &search);
	check_number(check, use, &search);
	if (search.found && search.found < search.known)
		say_partly(check, use, &search);
	if (search.found || !search.known)
		return 0;
	if (!events->open && search.known == events->count &&
	    !(use->side == SIDE_END && may_lack(&check->rule->where, use->path)))
		return say_absent(check, use, &search);
	say_partly(check, use, &search);
	return 0;
}

/* What a function takes, as long as it is the first. */
static enum wants function_wants(const struct function_list *functions)
{
	const struct label_function *first = label_function_find(functions->list[0].name);

	if (!first)
		return WANTS_ANYTHING;
	if (first->state != LABEL_PURE)
		return WANTS_NUMBER;
	return first->takes == LABEL_TAKES_INTEGER ? WANTS_NUMBER_OR_TEXT : WANTS_ANYTHING;
}

/* Functions may make a number of anything. */
static void set_wants(struct use *use, const struct field_config *field, enum condition_kind kind)
{
	if (field->functions.count) {
		use->wants = function_wants(&field->functions);
		use->advice = ", as its label function wants it";
	} else if (kind == CONDITION_LT || kind == CONDITION_LE || kind == CONDITION_GT ||
		   kind == CONDITION_GE || kind == CONDITION_MASK) {
		use->wants = WANTS_NUMBER;
		use->advice = "; where its text is one, say \"as: int\"";
	}
}

static int check_condition(struct rule_check *check, const struct condition_config *condition)
{
	const struct field_config *field = &condition->field;
	struct use use = {"where", field->path, SIDE_END, field->place, WANTS_ANYTHING, NULL};
	size_t i;

	set_wants(&use, field, condition->kind);
	if (field->path && check_use(check, &use))
		return -1;
	for (i = 0; i < condition->child_count; i++)
		if (check_condition(check, &condition->children[i]))
			return -1;
	return 0;
}

/* A value map that a label names has to be one of a provider of its side. */
static void check_map(struct rule_check *check, const struct label_config *label)
{
	const struct rule_events *events = &check->events[label->field.side];
	struct quoted quoted;
	size_t i;

	if (!label->map_name || events->open || !events->count)
		return;
	for (i = 0; i < events->count; i++)
		if (catalogue_has_map(check->catalogue, &events->list[i]->type.guid,
				      label->map_name))
			return;
	report_error(&check->report, label->place,
		     "label %s: no manifest of its provider has a map %s", label->name,
		     quote(&quoted, label->map_name));
}

static int check_labels_of(struct rule_check *check, const struct label_config *labels,
			   size_t count, const char *what)
{
	char key[256];
	size_t i;

	for (i = 0; i < count; i++) {
		const struct label_config *label = &labels[i];
		struct use use = {key,
				  label->field.path,
				  label->field.side,
				  label->field.place,
				  WANTS_ANYTHING,
				  NULL};

		snprintf(key, sizeof(key), "%s %s", what, label->name);
		set_wants(&use, &label->field, CONDITION_EXISTS);
		check_map(check, label);
		if (use.path && check_use(check, &use))
			return -1;
	}
	return 0;
}

static int check_labels(struct rule_check *check)
{
	const struct rule_config *rule = check->rule;

	return check_labels_of(check, rule->labels, rule->label_count, "label") ||
			       check_labels_of(check, rule->exemplar, rule->exemplar_count,
					       "label of exemplars,")
		       ? -1
		       : 0;
}

static int check_keys(struct rule_check *check)
{
	const struct pair_config *pair = &check->rule->pair;
	size_t i;

	for (i = 0; i < pair->key_count; i++) {
		const struct pair_key *key = &pair->keys[i];
		const struct use start = {"the pair's start", key->start,     SIDE_START,
					  key->place,	      WANTS_ANYTHING, NULL};
		const struct use end = {"the pair's end", key->end,	  SIDE_END,
					key->place,	  WANTS_ANYTHING, NULL};

		if (check_use(check, &start) || check_use(check, &end))
			return -1;
	}
	return 0;
}

int rule_check_fields(struct rule_check *check)
{
	const struct field_config *value = &check->rule->value;
	const struct use use = {"value",      value->path,  value->side,
				value->place, WANTS_NUMBER, NULL};

	if (check_condition(check, &check->rule->where) || check_keys(check) ||
	    (value->path && check_use(check, &use)))
		return -1;
	return check_labels(check);
}
