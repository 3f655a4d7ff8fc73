/* The configuration that inspect --suggest prints. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/path_form.h"
#include "exporter/rule/cardinality.h"
#include "exporter/command/suggest.h"
#include "exporter/command/suggest_names.h"
#include "exporter/command/suggest_text.h"
#include "exporter/schema/field_path.h"

#define LABELS_MAX 4
/* Series that a suggested rule is likely to make, at most. */
#define SERIES_MAX 200
/* On average: what has a new value in every other event is a number or a name of its own. */
#define EVENTS_FOR_VALUE_MIN 4
#define SUMS_MAX	     2

struct writing {
	const struct suggestion *suggestion;
	const struct survey_event *event;
	struct text *to;
	struct suggest_names names;
	char provider[SUGGEST_NAME_SIZE], event_words[SUGGEST_NAME_SIZE]; /* of the event */
	const struct survey_field *labels[LABELS_MAX];
	size_t label_count;
};

/* By its name, unless that would look like another's misspelt. */
static void add_provider(const struct writing *writing)
{
	const struct catalogue *catalogue = writing->suggestion->catalogue;
	struct scalar_config scalar = {.text = writing->event->provider};
	char guid[GUID_TEXT_SIZE];

	if (scalar.text[0] != '{' && (catalogue_provider(catalogue, &scalar) != CATALOGUE_NOTHING ||
				      !catalogue_nearest(catalogue, scalar.text))) {
		suggest_glob(writing->event->provider, writing->to);
		return;
	}
	guid_format(&writing->event->guid, guid);
	text_printf(writing->to, "\"{%s}\"", guid);
}

/* What is known of the event without the recording. */
struct known {
	bool provider, event; /* there is one */
	bool schema;	      /* of all of them */
	bool has_field;
};

static struct known look_up(const struct writing *writing, const char *field)
{
	const struct catalogue *catalogue = writing->suggestion->catalogue;
	const struct survey_event *event = writing->event;
	struct known known = {.schema = true};
	struct field_path path;
	size_t i;

	for (i = 0; i < catalogue_count(catalogue); i++) {
		const struct catalogue_entry *entry = catalogue_at(catalogue, i);

		if (!guid_equal(&entry->type.guid, &event->guid))
			continue;
		known.provider = true;
		if (event_type_id(&entry->type) != event->id)
			continue;
		known.event = true;
		known.schema = known.schema && entry->schema;
		if (field && entry->schema &&
		    field_path_find(entry->schema, field, &path) == FIELD_PATH_FOUND)
			known.has_field = true;
	}
	return known;
}

/* Whether check would take the name for that of a field. */
static bool can_use(const struct writing *writing, const struct survey_field *field)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	const char *name = field->field->name;
	struct known known = look_up(writing, name);

	return strspn(name, letters) &&
	       !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz_"
				  "0123456789")] &&
	       (!known.event || !known.schema || known.has_field);
}

static bool is_integer(const struct field *field)
{
	switch (field->type) {
	case VALUE_I8:
	case VALUE_U8:
	case VALUE_I16:
	case VALUE_U16:
	case VALUE_I32:
	case VALUE_U32:
	case VALUE_I64:
	case VALUE_U64:
		return true;
	default:
		return false;
	}
}

static bool is_size(const char *words)
{
	return suggest_has_word(words, "bytes") || suggest_ends_with_word(words, "size") ||
	       suggest_ends_with_word(words, "length");
}

static bool may_be_label(const struct writing *writing, const struct survey_field *field)
{
	uint8_t type = field->field->type;
	char words[100];

	suggest_words(field->field->name, words, sizeof(words));
	return !is_size(words) &&
	       (is_integer(field->field) || type == VALUE_BOOL32 || type == VALUE_HEX32 ||
		type == VALUE_UTF16 || type == VALUE_ANSI) &&
	       field->seen == writing->event->count && field->values >= 2 &&
	       field->values <= SURVEY_VALUES_MAX && !field->field->is_reference &&
	       field->values * EVENTS_FOR_VALUE_MIN <= field->seen &&
	       !cardinality_of_field(field->field->name, field->field) && can_use(writing, field);
}

static int compare_values(const void *a, const void *b)
{
	const struct survey_field *one = *(const struct survey_field *const *)a;
	const struct survey_field *other = *(const struct survey_field *const *)b;

	if (one->values != other->values)
		return one->values < other->values ? -1 : 1;
	return one < other ? -1 : one > other;
}

static bool has_label(const struct writing *writing, const char *name)
{
	char other[SUGGEST_NAME_SIZE];
	size_t i;

	for (i = 0; i < writing->label_count; i++) {
		suggest_label_name(writing->labels[i]->field->name, other);
		if (strcmp(other, name) == 0)
			return true;
	}
	return false;
}

/* Those with the fewest values, as long as all together make few series; says the others. */
static void choose_labels(struct writing *writing)
{
	const struct survey_field *fields[SURVEY_FIELDS];
	const struct survey_event *event = writing->event;
	char name[SUGGEST_NAME_SIZE];
	size_t count = 0, series = 1, i;
	bool others = false;

	writing->label_count = 0;
	for (i = 0; i < event->field_count; i++)
		if (may_be_label(writing, &event->fields[i]))
			fields[count++] = &event->fields[i];
	if (count)
		qsort(fields, count, sizeof(fields[0]), compare_values);
	for (i = 0; i < count; i++) {
		suggest_label_name(fields[i]->field->name, name);
		if (writing->label_count < LABELS_MAX && series * fields[i]->values <= SERIES_MAX &&
		    !has_label(writing, name)) {
			writing->labels[writing->label_count++] = fields[i];
			series *= fields[i]->values;
			continue;
		}
		text_string(writing->to, others ? ", " : "  # more labels: ");
		suggest_plain(fields[i]->field->name, writing->to);
		text_printf(writing->to, " (%zu values)", fields[i]->values);
		others = true;
	}
	if (others)
		text_char(writing->to, '\n');
}

static void add_labels(const struct writing *writing)
{
	char name[SUGGEST_NAME_SIZE];
	size_t i;

	if (!writing->label_count)
		return;
	text_string(writing->to, "    labels:\n");
	for (i = 0; i < writing->label_count; i++) {
		suggest_label_name(writing->labels[i]->field->name, name);
		text_printf(writing->to, "      %s: {field: %s} # %zu values\n", name,
			    writing->labels[i]->field->name, writing->labels[i]->values);
	}
	text_string(writing->to, "    limit: 1000\n");
}

static void add_match(const struct writing *writing)
{
	const struct survey_event *event = writing->event;

	text_string(writing->to, "    match: {provider: ");
	add_provider(writing);
	if (!event->by_name || event->id)
		text_printf(writing->to, ", id: %u", event->id);
	if (event->by_name) {
		text_string(writing->to, ", name: ");
		suggest_glob(event->event, writing->to);
	}
	text_string(writing->to, "}\n");
}

static void add_help(const struct writing *writing, const char *what, const char *field)
{
	const struct survey_event *event = writing->event;
	struct text help;

	text_init(&help, (size_t)1 << 16);
	text_printf(&help, "%s%s of ", what, field);
	suggest_plain(event->provider, &help);
	text_char(&help, ' ');
	if (event->event[0])
		suggest_plain(event->event, &help);
	else
		text_u64(&help, event->id);
	text_char(&help, '.');
	text_string(writing->to, "    help: ");
	text_json_bytes(writing->to, help.failed ? "" : help.bytes, help.failed ? 0 : help.length);
	text_char(writing->to, '\n');
	text_done(&help);
}

/* A rule up to what is its own. False: there are too many. */
static bool begin_rule(struct writing *writing, enum rule_type type, const char *what,
		       const char *help, const char *field)
{
	char name[SUGGEST_NAME_SIZE];

	if (!suggest_metric_name(&writing->names, type, writing->provider, writing->event_words,
				 writing->event->id, what, name))
		return false;
	text_printf(writing->to, "  - name: %s\n", name);
	add_help(writing, help, field);
	text_printf(writing->to, "    type: %s\n", type == RULE_COUNTER ? "counter" : "histogram");
	add_match(writing);
	return true;
}

static void add_count(struct writing *writing)
{
	if (begin_rule(writing, RULE_COUNTER, "events_total", "Events", ""))
		add_labels(writing);
}

/* Sums of bytes: of sizes that each event has, and that differ. */
static bool may_be_sum(const struct writing *writing, const struct survey_field *field,
		       const char *words)
{
	return is_integer(field->field) && !field->field->map && is_size(words) &&
	       field->seen == writing->event->count && field->values >= 2 && !field->negative &&
	       can_use(writing, field);
}

static void add_sums(struct writing *writing)
{
	const struct survey_event *event = writing->event;
	char words[100], what[150];
	size_t i, sums = 0;

	for (i = 0; i < event->field_count && sums < SUMS_MAX; i++) {
		const struct survey_field *field = &event->fields[i];

		suggest_words(field->field->name, words, sizeof(words));
		if (!may_be_sum(writing, field, words))
			continue;
		snprintf(what, sizeof(what), "%s%s_total", words,
			 suggest_ends_with_word(words, "bytes") ? "" : "_bytes");
		if (!begin_rule(writing, RULE_COUNTER, what, "Sum of the field ",
				field->field->name))
			return;
		text_printf(writing->to, "    value: %s # taken for bytes\n", field->field->name);
		add_labels(writing);
		sums++;
	}
}

struct unit {
	const char *word;
	const char *scale; /* to seconds */
};

/* Of a name that is of a time in a unit that it says; NULL: no such name. */
static const struct unit *unit_of(const char *words)
{
	static const struct unit units[] = {
		{"ms", "0.001"},
		{"msec", "0.001"},
		{"millis", "0.001"},
		{"milliseconds", "0.001"},
		{"us", "0.000001"},
		{"usec", "0.000001"},
		{"ns", "0.000000001"},
		{"nsec", "0.000000001"},
		{"seconds", "1"},
		{"microseconds", "0.000001"},
		{"nanoseconds", "0.000000001"},
		{"sec", "1"},
	};
	static const char *const times[] = {"time", "duration", "elapsed", "latency", "pause"};
	size_t i, j;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		for (j = 0; j < sizeof(times) / sizeof(times[0]); j++)
			if (suggest_ends_with_word(words, units[i].word) &&
			    suggest_has_word(words, times[j]))
				return &units[i];
	return NULL;
}

static void add_durations(struct writing *writing)
{
	const struct survey_event *event = writing->event;
	char words[100], what[150];
	size_t i;

	for (i = 0; i < event->field_count; i++) {
		const struct survey_field *field = &event->fields[i];
		uint8_t type = field->field->type;
		const struct unit *unit;

		suggest_words(field->field->name, words, sizeof(words));
		unit = unit_of(words);
		if (!unit || field->seen != event->count || field->negative ||
		    !(is_integer(field->field) || type == VALUE_F32 || type == VALUE_F64) ||
		    !can_use(writing, field))
			continue;
		*strrchr(words, '_') = '\0';
		snprintf(what, sizeof(what), "%s_seconds", words);
		if (!begin_rule(writing, RULE_HISTOGRAM, what, "The field ", field->field->name))
			return;
		text_printf(writing->to, "    value: {field: %s, scale: %s}\n", field->field->name,
			    unit->scale);
		text_string(writing->to, "    buckets: {exponential: {start: 0.00001, factor: 4, "
					 "count: 12}}\n");
		add_labels(writing);
	}
}

static void set_words(struct writing *writing)
{
	static const char *const vendors[] = {"microsoft_windows_", "microsoft_"};
	char *words = writing->provider;
	size_t i;

	suggest_words(writing->event->provider, words, SUGGEST_NAME_SIZE);
	if (writing->event->provider[0] == '{')
		snprintf(words, SUGGEST_NAME_SIZE, "provider_%.8s", writing->event->provider + 1);
	for (i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (strncmp(words, vendors[i], strlen(vendors[i])) == 0)
			memmove(words, words + strlen(vendors[i]),
				strlen(words) - strlen(vendors[i]) + 1);
	suggest_words(writing->event->event, writing->event_words, SUGGEST_NAME_SIZE);
	if (!writing->event_words[0])
		snprintf(writing->event_words, SUGGEST_NAME_SIZE, "event_%u", writing->event->id);
}

static void add_event(struct writing *writing)
{
	const struct survey_event *event = writing->event;
	uint64_t total = survey_total(writing->suggestion->survey);
	const char *source = event->schema ? event->schema->source : NULL;
	struct known known = look_up(writing, NULL);

	text_string(writing->to, "\n  # ");
	suggest_plain(event->provider, writing->to);
	text_printf(writing->to, " %u%s", event->id, event->event[0] ? " " : "");
	suggest_plain(event->event, writing->to);
	text_printf(writing->to, ": %" PRIu64 " events, %.1f %% of all; %s%s\n", event->count,
		    total ? 100.0 * (double)event->count / (double)total : 0.0,
		    source ? "schema: " : "no schema is known: it has no fields to label by",
		    source ? source : "");
	if (known.provider && !known.event && !event->by_name) {
		text_string(writing->to, "  # left out: no schema of this provider has it\n");
		return;
	}
	set_words(writing);
	choose_labels(writing);
	add_count(writing);
	add_sums(writing);
	add_durations(writing);
}

static void add_sessions(const struct suggestion *suggestion, struct text *to)
{
	char name[100];
	size_t i;

	suggest_words(path_name(suggestion->files[0]), name, sizeof(name));
	text_printf(to, "sessions:\n  - name: \"%s\"\n    path:\n", *name ? name : "recording");
	for (i = 0; i < suggestion->file_count; i++) {
		text_string(to, "      - ");
		suggest_quoted(suggestion->files[i], to);
		text_char(to, '\n');
	}
	if (suggestion->manifests) {
		text_string(to, "\nmanifests:\n  - ");
		suggest_quoted(suggestion->manifests, to);
		text_char(to, '\n');
	}
}

void suggest_yaml(const struct suggestion *suggestion, struct text *to)
{
	struct writing *writing = calloc(1, sizeof(*writing));
	size_t i, count = survey_count(suggestion->survey);

	text_string(to, "# A configuration to start from: the events that the recordings have most "
			"of. Labels are fields\n# with few values there, which other recordings "
			"may have more of; limit: says how many series at most.\n\n");
	add_sessions(suggestion, to);
	text_string(to, count ? "\nmetrics:\n" : "\n# There is no event to make a metric of.\n");
	for (i = 0; writing && i < count; i++) {
		writing->suggestion = suggestion;
		writing->to = to;
		writing->event = survey_event(suggestion->survey, i);
		add_event(writing);
	}
	to->failed = to->failed || !writing;
	free(writing);
}
