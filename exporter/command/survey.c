#include "exporter/command/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/command/record_reader.h"
#include "exporter/decoder/decoder.h"
#include "exporter/decoder/event_names.h"
#include "exporter/schema/field_path.h"
#include "exporter/decoder/kernel_classes.h"
#include "exporter/value/value_number.h"
#include "exporter/value/value_text.h"
#include "metrics/siphash.h"

/* Kinds of events that are told apart; those that come later are not looked at. */
#define ENTRIES_MAX 65536
/* Longer texts are no label values. */
#define VALUE_BYTES_MAX 64

/* No padding, which would count in hashes. */
struct key {
	uint8_t guid[16];
	uint64_t name; /* hash, of TraceLogging */
	uint32_t id;
	uint32_t classic;
};

struct entry {
	struct key key;
	struct survey_event event;
	bool is_chosen;
	UT_hash_handle hh;
};

struct survey {
	struct decoding *decoding;
	struct siphash_key seed;
	struct entry *entries;
	const struct survey_event *chosen[SURVEY_EVENTS];
	size_t chosen_count;
	uint64_t total;
	struct text text; /* scratch */
	bool choosing;	  /* the first two passes */
};

struct survey *survey_new(const struct manifests *manifests)
{
	struct survey *survey = calloc(1, sizeof(*survey));

	if (!survey)
		return NULL;
	siphash_key_choose(&survey->seed);
	text_init(&survey->text, (size_t)1 << 20);
	survey->decoding = decoding_new(manifests);
	if (survey->decoding)
		return survey;
	survey_free(survey);
	return NULL;
}

void survey_free(struct survey *survey)
{
	struct entry *entry, *next;

	if (!survey)
		return;
	HASH_ITER(hh, survey->entries, entry, next)
	{
		HASH_DEL(survey->entries, entry);
		free(entry->event.provider);
		free(entry->event.event);
		free(entry->event.fields);
		free(entry);
	}
	decoding_free(survey->decoding);
	text_done(&survey->text);
	free(survey);
}

static bool is_classic(const struct event_record *record)
{
	return record->kind != RECORD_EVENT && record->kind != RECORD_MESSAGE;
}

/* What stands in recordings for their readers. */
static bool is_of_no_interest(const struct event_record *record)
{
	static const char *const classes[] = {"EventTrace", "Lost_Event", "MetaData"};
	const struct kernel_class *class;
	struct guid guid;
	size_t i;

	if (record->kind == RECORD_ERROR || decoding_is_metadata(record))
		return true;
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	class = kernel_class_find(&guid);
	for (i = 0; class && i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(class->name, classes[i]) == 0)
			return true;
	/* A type that is documented nowhere. */
	return class && is_classic(record) &&
	       !kernel_event_name(class, record->version, record->opcode);
}

static struct key key_of(const struct survey *survey, const struct event_record *record,
			 const struct schema *schema)
{
	struct key key = {
		.id = is_classic(record) ? record->opcode : record->id,
		.classic = is_classic(record),
	};

	memcpy(key.guid, record->guid, sizeof(key.guid));
	if (record->schema && schema)
		key.name = siphash(&survey->seed, schema->event, strlen(schema->event));
	return key;
}

static struct entry *add_entry(struct survey *survey, const struct key *key,
			       const struct event_record *record, const struct schema *schema)
{
	struct event_names names;
	struct entry *entry;

	if (HASH_COUNT(survey->entries) >= ENTRIES_MAX)
		return NULL;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->key = *key;
	HASH_ADD(hh, survey->entries, key, sizeof(entry->key), entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	event_names_find(survey->decoding, schema, record, &names);
	memcpy(entry->event.guid.bytes, record->guid, sizeof(entry->event.guid.bytes));
	entry->event.provider = strdup(names.provider);
	entry->event.event = strdup(names.event);
	entry->event.schema = schema;
	entry->event.id = (uint16_t)key->id;
	entry->event.classic = key->classic;
	entry->event.by_name = record->schema && names.event[0];
	return entry;
}

static struct entry *find_entry(struct survey *survey, const struct event_record *record,
				const struct schema *schema)
{
	const struct key key = key_of(survey, record, schema);
	struct entry *entry;

	HASH_FIND(hh, survey->entries, &key, sizeof(key), entry);
	if (!entry && survey->choosing)
		entry = add_entry(survey, &key, record, schema);
	if (!entry || !entry->event.provider || !entry->event.event)
		return NULL;
	return entry;
}

/* A record's values on their way into its event's fields. */
struct noting {
	struct survey *survey;
	struct survey_event *event;
	const struct schema *schema;
};

static struct survey_field *field_of(const struct noting *noting, const struct field *field)
{
	size_t i;

	if (field < noting->schema->fields ||
	    field >= noting->schema->fields + noting->schema->top_count)
		return NULL;
	for (i = 0; i < noting->event->field_count; i++)
		if (noting->event->fields[i].field == field ||
		    strcmp(noting->event->fields[i].field->name, field->name) == 0)
			return &noting->event->fields[i];
	return NULL;
}

static void note_text(struct survey *survey, struct survey_field *field, uint64_t hash)
{
	size_t i;

	for (i = 0; i < field->values && i < SURVEY_VALUES_MAX; i++)
		if (field->hashes[i] == hash)
			return;
	if (survey->text.failed || survey->text.length > VALUE_BYTES_MAX ||
	    field->values >= SURVEY_VALUES_MAX)
		field->values = SURVEY_VALUES_MAX + 1;
	else
		field->hashes[field->values++] = hash;
}

static void note_value(void *context, const struct value *value)
{
	const struct noting *noting = context;
	struct survey_field *field = field_of(noting, value->field);
	struct text *text = &noting->survey->text;
	struct value_number number;
	double real;

	if (!field)
		return;
	field->seen++;
	if (value_number(value, &number)) {
		real = value_number_double(&number);
		field->negative = field->negative || !isfinite(real) || real < 0;
	}
	if (field->values > SURVEY_VALUES_MAX)
		return;
	text_clear(text);
	value_text(value, VALUE_COOKED, noting->event->classic, text);
	note_text(noting->survey, field,
		  siphash(&noting->survey->seed, text->bytes ? text->bytes : "", text->length));
}

static void note_fields(struct survey *survey, struct survey_event *event,
			const struct event_record *record, const struct schema *schema)
{
	struct noting noting = {survey, event, schema};
	const struct payload_visitor visitor = {.value = note_value, .context = &noting};
	size_t consumed;

	payload_visit(schema, record->payload, record->payload_bytes, record->pointer_bytes,
		      &visitor, &consumed);
}

static bool take(void *context, const struct recording *recording,
		 const struct event_record *record)
{
	struct survey *survey = context;
	const struct schema *schema;
	struct entry *entry;

	if (survey->choosing && (recording->is_learning || !recording->is_learnt))
		decoding_learn(survey->decoding, record);
	if (recording->is_learning)
		return true;
	survey->total += survey->choosing;
	if (is_of_no_interest(record))
		return true;
	schema = decoding_find(survey->decoding, record);
	entry = find_entry(survey, record, schema);
	if (!entry)
		return true;
	entry->event.count += survey->choosing;
	if (survey->choosing && !entry->event.schema)
		entry->event.schema = schema;
	if (entry->is_chosen && schema)
		note_fields(survey, &entry->event, record, schema);
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct survey_event *one = &(*(const struct entry *const *)a)->event;
	const struct survey_event *other = &(*(const struct entry *const *)b)->event;
	int order;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	order = strcmp(one->provider, other->provider);
	if (!order)
		order = (int)one->id - (int)other->id;
	return order ? order : strcmp(one->event, other->event);
}

/* Fields that a path of just their name means. */
static bool add_fields(struct survey_event *event)
{
	const struct schema *schema = event->schema;
	struct field_path path;
	uint16_t i;

	event->fields = calloc(SURVEY_FIELDS, sizeof(*event->fields));
	for (i = 0; event->fields && schema && i < schema->top_count; i++) {
		const struct field *field = &schema->fields[i];

		if (event->field_count == SURVEY_FIELDS)
			break;
		if (field->count_kind == COUNT_ONE &&
		    field_path_find(schema, field->name, &path) == FIELD_PATH_FOUND &&
		    path.steps[0].field == i)
			event->fields[event->field_count++].field = field;
	}
	return event->fields != NULL;
}

static int choose(struct survey *survey)
{
	size_t count = HASH_COUNT(survey->entries), i = 0;
	struct entry **sorted = calloc(count + 1, sizeof(struct entry *));
	struct entry *entry;
	bool good = sorted != NULL;

	if (!good)
		return -1;
	for (entry = survey->entries; entry; entry = entry->hh.next)
		if (entry->event.provider && entry->event.event)
			sorted[i++] = entry;
	count = i;
	qsort(sorted, count, sizeof(struct entry *), compare);
	for (i = 0; good && i < count && i < SURVEY_EVENTS; i++) {
		good = add_fields(&sorted[i]->event);
		sorted[i]->is_chosen = true;
		survey->chosen[survey->chosen_count++] = &sorted[i]->event;
	}
	free(sorted);
	return good ? 0 : -1;
}

static int read_files(struct survey *survey, char *const *files, size_t count, struct error *error)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (record_reader_run(files[i], survey->choosing, take, survey, error))
			return -1;
	return 0;
}

int survey_run(struct survey *survey, char *const *files, size_t count, struct error *error)
{
	survey->choosing = true;
	if (read_files(survey, files, count, error))
		return -1;
	survey->choosing = false;
	if (choose(survey))
		return error_set(error, "cannot suggest a configuration: out of memory");
	return read_files(survey, files, count, error);
}

uint64_t survey_total(const struct survey *survey)
{
	return survey->total;
}

size_t survey_count(const struct survey *survey)
{
	return survey->chosen_count;
}

const struct survey_event *survey_event(const struct survey *survey, size_t index)
{
	return survey->chosen[index];
}
