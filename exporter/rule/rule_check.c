#include "exporter/rule/rule_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/rule/cardinality.h"
#include "exporter/schema/event_view.h"
#include "exporter/rule/rule_check_private.h"

#define NOTES_LIMIT ((size_t)64 << 10)
/* Event types that a description names one by one. */
#define SHOWN_MAX 8

void rule_check_note(struct rule_check *check, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	text_printable(&check->notes, text);
	text_char(&check->notes, '\n');
}

/* What a label's field holds without end in any of its side's events; NULL: nothing known. */
static const char *unbounded(struct rule_check *check, const struct label_config *label)
{
	const struct rule_events *events = &check->events[label->field.side];
	const char *path = label->field.path, *holds = NULL;
	enum header_field header;
	bool any = false;
	size_t i;

	if (header_field_find(path, &header))
		return cardinality_of_header(path);
	for (i = 0; i < events->count && !holds; i++) {
		const struct field *field = rule_check_field(events->list[i]->schema, path);

		any = any || field;
		if (field)
			holds = cardinality_of_field(path, field);
	}
	return any ? holds : cardinality_of_field(path, NULL);
}

static const char *advice(const char *holds)
{
	if (strcmp(holds, "PIDs") == 0)
		return "\"as: process\" makes the process's name of it; or ";
	if (strcmp(holds, "TIDs") == 0)
		return "\"as: thread_process\" makes the process's name of it; or ";
	if (strncmp(holds, "free text", 9) == 0)
		return "\"as: basename\" or a regex makes it shorter; or ";
	return "";
}

/* Warns of labels without an end. */
static void check_labels(struct rule_check *check)
{
	const struct rule_config *rule = check->rule;
	size_t i;

	for (i = 0; !rule->limit && i < rule->label_count; i++) {
		const struct label_config *label = &rule->labels[i];
		const char *holds;

		if (!label->field.path || label->map_count || label->map_name ||
		    cardinality_is_reduced(&label->field.functions))
			continue;
		holds = unbounded(check, label);
		if (holds)
			report_warning(&check->report, label->place,
				       "the label %s has %s, of which there is no end: %sgive the "
				       "rule a limit, or the label a map",
				       label->name, holds, advice(holds));
	}
}

int rule_check_run(struct rule_check *check, const struct rule_config *rule,
		   const struct catalogue *catalogue, struct problems *problems)
{
	*check = (struct rule_check){
		.rule = rule,
		.catalogue = catalogue,
		.report = {rule->file, problems},
	};
	text_init(&check->notes, NOTES_LIMIT);
	if (rule_check_events(check) || rule_check_fields(check))
		return -1;
	check_labels(check);
	return 0;
}

void rule_check_done(struct rule_check *check)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		free(check->events[i].list);
		free(check->events[i].taken);
	}
	text_done(&check->notes);
}

static void describe_scalars(const struct scalar_list *list, struct text *to)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		text_string(to, i ? "/" : " ");
		text_printable(to, list->list[i].text);
	}
}

/* As it is written: for what is not known. */
static void describe_match(const struct match_config *match, bool provider, struct text *to)
{
	if (provider)
		describe_scalars(&match->providers, to);
	describe_scalars(&match->ids, to);
	describe_scalars(&match->names, to);
	if (!match->providers.count && !match->ids.count && !match->names.count)
		text_string(to, " events of any kind");
}

/* The versions of one event, from `at`; returns where the next event begins. */
static size_t describe_event(const struct rule_events *events, size_t at, const char *provider,
			     struct text *to)
{
	const struct event_type *type = &events->list[at]->type;
	size_t next = at + 1;
	unsigned int last = events->list[at]->last_version;

	for (; next < events->count; next++) {
		const struct event_type *other = &events->list[next]->type;

		if (strcmp(other->provider, type->provider) != 0 ||
		    event_type_id(other) != event_type_id(type))
			break;
		if (events->list[next]->last_version > last)
			last = events->list[next]->last_version;
	}
	text_char(to, ' ');
	if (!provider || strcmp(provider, type->provider) != 0) {
		text_printable(to, type->provider);
		text_char(to, ' ');
	}
	text_u64(to, event_type_id(type));
	if (type->event[0]) {
		text_char(to, ' ');
		text_printable(to, type->event);
	}
	text_printf(to, last > type->version ? " (v%u-v%u)" : " (v%u)", type->version, last);
	return next;
}

static int compare_entries(const void *a, const void *b)
{
	/* They all are in the catalogue, which is sorted. */
	const struct catalogue_entry *one = *(const struct catalogue_entry *const *)a;
	const struct catalogue_entry *other = *(const struct catalogue_entry *const *)b;

	return (one > other) - (one < other);
}

/* Whether a start says no provider of its own. */
static bool is_inherited(const struct rule_check *check, const struct match_config *match)
{
	return !match->providers.count ||
	       rule_provider_is_inherited(check->rule, &match->providers.list[0]);
}

static void describe_events(const struct rule_check *check, enum rule_side side,
			    const char *provider, struct text *to)
{
	const struct rule_events *events = &check->events[side];
	const struct match_config *matches;
	size_t i = 0, shown, count;

	qsort(events->list, events->count, sizeof(struct catalogue_entry *), compare_entries);
	for (shown = 0; i < events->count && shown < SHOWN_MAX; shown++) {
		text_string(to, shown ? "," : "");
		count = i;
		i = describe_event(events, i, provider, to);
		provider = events->list[count]->type.provider;
	}
	if (i < events->count)
		text_printf(to, " and %zu more", events->count - i);
	if (!events->open)
		return;
	matches = rule_side_matches(check->rule, side, &count);
	text_string(to, events->count ? ", and of the trace's own" : "");
	for (i = 0; i < count && i < SHOWN_MAX; i++) {
		text_string(to, i ? "," : "");
		describe_match(&matches[i], side == SIDE_END || !is_inherited(check, &matches[i]),
			       to);
	}
}

static void describe_labels(const struct rule_config *rule, struct text *to)
{
	size_t i;

	if (!rule->label_count)
		text_string(to, ", no labels");
	for (i = 0; i < rule->label_count; i++) {
		text_string(to, i ? ", " : rule->label_count > 1 ? ", labels " : ", label ");
		text_printable(to, rule->labels[i].name);
	}
}

void rule_check_describe(const struct rule_check *check, struct text *to)
{
	static const char *const types[] = {
		[RULE_COUNTER] = "counter",
		[RULE_GAUGE] = "gauge",
		[RULE_HISTOGRAM] = "histogram",
	};
	const struct rule_events *ends = &check->events[SIDE_END];
	const char *provider = ends->count ? ends->list[0]->type.provider : NULL;
	const struct rule_config *rule = check->rule;

	text_string(to, types[rule->type]);
	if (rule->type == RULE_HISTOGRAM && (rule->buckets.count || !rule->buckets.has_native))
		text_printf(to, ", %zu buckets", rule->buckets.count);
	if (rule->type == RULE_HISTOGRAM && rule->buckets.has_native)
		text_string(to, ", native buckets");
	describe_labels(rule, to);
	text_string(to, "; matches");
	if (!ends->count && !ends->open)
		text_string(to, " nothing that is known");
	describe_events(check, SIDE_END, NULL, to);
	if (!rule->pair.start_count)
		return;
	text_string(to, "; pairs with");
	describe_events(check, SIDE_START, provider, to);
}
