#include "exporter/decoder/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "exporter/decoder/mof.h"
#include "exporter/decoder/provider_names.h"
#include "exporter/decoder/kernel_classes.h"
#include "exporter/rule/match.h"

struct catalogue {
	const struct manifests *manifests; /* NULL: none */
	struct catalogue_entry *entries;
	size_t count, capacity;
	const char **names; /* of providers, beside those of the entries */
	size_t name_count;
};

static bool grow(struct catalogue *catalogue)
{
	size_t capacity = catalogue->capacity ? 2 * catalogue->capacity : 1024;
	struct catalogue_entry *grown;

	if (catalogue->count < catalogue->capacity)
		return true;
	grown = realloc(catalogue->entries, capacity * sizeof(*grown));
	if (!grown)
		return false;
	catalogue->entries = grown;
	catalogue->capacity = capacity;
	return true;
}

static void entry_done(struct catalogue_entry *entry)
{
	schema_free(entry->owned);
	free(entry->type.provider);
	free(entry->type.event);
}

static void set_type(struct event_type *type, const struct known_event *event)
{
	type->guid = event->guid;
	type->encoding = event->classic ? ENCODING_KERNEL : ENCODING_MANIFEST;
	type->id = event->classic ? 0 : event->id;
	type->opcode = event->classic ? (uint8_t)event->id : 0;
	type->version = event->first_version;
	type->provider = strdup(event->provider);
	type->event = strdup(event->event);
}

static bool add(void *context, const struct known_event *event)
{
	struct catalogue *catalogue = context;
	struct catalogue_entry *entry;

	if (!grow(catalogue))
		return false;
	entry = &catalogue->entries[catalogue->count];
	*entry = (struct catalogue_entry){
		.last_version = event->last_version,
		.schema = event->schema,
	};
	set_type(&entry->type, event);
	if (event->classic && event->schema) {
		entry->owned =
			mof_schema_new(&event->guid, event->first_version, (uint8_t)event->id);
		entry->schema = entry->owned;
	}
	if (entry->type.provider && entry->type.event && (entry->schema || !event->schema)) {
		catalogue->count++;
		return true;
	}
	entry_done(entry);
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct event_type *one = &((const struct catalogue_entry *)a)->type;
	const struct event_type *other = &((const struct catalogue_entry *)b)->type;
	int order = strcmp(one->provider, other->provider);

	if (!order)
		order = guid_compare(&one->guid, &other->guid);
	if (!order)
		order = (int)event_type_id(one) - (int)event_type_id(other);
	return order ? order : (int)one->version - (int)other->version;
}

static bool has_format(const struct catalogue *catalogue, uint16_t id)
{
	size_t i;

	for (i = 0; i < catalogue->count; i++)
		if (catalogue->entries[i].type.encoding == ENCODING_FTRACE &&
		    catalogue->entries[i].type.id == id)
			return true;
	return false;
}

/* The entry that an added event gets, with its schema; NULL: no memory, and none is kept. */
static struct catalogue_entry *begin_entry(struct catalogue *catalogue, struct schema *schema)
{
	struct catalogue_entry *entry;

	if (!grow(catalogue)) {
		schema_free(schema);
		return NULL;
	}
	entry = &catalogue->entries[catalogue->count];
	*entry = (struct catalogue_entry){.schema = schema, .owned = schema};
	return entry;
}

static bool end_entry(struct catalogue *catalogue, struct catalogue_entry *entry)
{
	if (entry->type.provider && entry->type.event) {
		catalogue->count++;
		return true;
	}
	entry_done(entry);
	return false;
}

bool catalogue_add_format(struct catalogue *catalogue, uint16_t id, struct schema *schema)
{
	struct catalogue_entry *entry;

	if (has_format(catalogue, id)) {
		schema_free(schema);
		return true;
	}
	entry = begin_entry(catalogue, schema);
	if (!entry)
		return false;
	entry->type.encoding = ENCODING_FTRACE;
	entry->type.kind = RECORD_FTRACE;
	entry->type.id = id;
	entry->type.provider = strdup(schema->provider);
	entry->type.event = strdup(schema->event);
	return end_entry(catalogue, entry);
}

static bool has_event(const struct catalogue *catalogue, const struct known_event *event)
{
	size_t i;

	for (i = 0; i < catalogue->count; i++) {
		const struct catalogue_entry *entry = &catalogue->entries[i];

		if (entry->type.encoding == ENCODING_MANIFEST && entry->type.id == event->id &&
		    guid_equal(&entry->type.guid, &event->guid) &&
		    entry->type.version <= event->first_version &&
		    event->last_version <= entry->last_version)
			return true;
	}
	return false;
}

bool catalogue_add_event(struct catalogue *catalogue, const struct known_event *event,
			 struct schema *schema)
{
	struct catalogue_entry *entry;

	if (has_event(catalogue, event)) {
		schema_free(schema);
		return true;
	}
	entry = begin_entry(catalogue, schema);
	if (!entry)
		return false;
	entry->last_version = event->last_version;
	set_type(&entry->type, event);
	return end_entry(catalogue, entry);
}

struct catalogue *catalogue_new(const struct manifests *manifests)
{
	struct catalogue *catalogue = calloc(1, sizeof(*catalogue));

	if (!catalogue)
		return NULL;
	catalogue->manifests = manifests;
	if (!mof_each(add, catalogue) ||
	    (manifests && !manifests_each(manifests, add, catalogue))) {
		catalogue_free(catalogue);
		return NULL;
	}
	catalogue_sort(catalogue);
	return catalogue;
}

void catalogue_sort(struct catalogue *catalogue)
{
	if (catalogue->count)
		qsort(catalogue->entries, catalogue->count, sizeof(*catalogue->entries), compare);
}

bool catalogue_add_name(struct catalogue *catalogue, const char *name)
{
	const char **grown =
		realloc(catalogue->names, (catalogue->name_count + 1) * sizeof(*grown));

	if (!grown)
		return false;
	catalogue->names = grown;
	catalogue->names[catalogue->name_count++] = name;
	return true;
}

void catalogue_free(struct catalogue *catalogue)
{
	size_t i;

	if (!catalogue)
		return;
	for (i = 0; i < catalogue->count; i++)
		entry_done(&catalogue->entries[i]);
	free(catalogue->entries);
	free(catalogue->names);
	free(catalogue);
}

size_t catalogue_count(const struct catalogue *catalogue)
{
	return catalogue->count;
}

const struct catalogue_entry *catalogue_at(const struct catalogue *catalogue, size_t index)
{
	return &catalogue->entries[index];
}

static bool same_provider(const struct event_type *a, const struct event_type *b)
{
	return guid_equal(&a->guid, &b->guid) && strcmp(a->provider, b->provider) == 0;
}

/* The next provider's first entry. */
static size_t next_provider(const struct catalogue *catalogue, size_t at)
{
	size_t i = at;

	while (i < catalogue->count &&
	       same_provider(&catalogue->entries[at].type, &catalogue->entries[i].type))
		i++;
	return i;
}

static bool has_name(const struct catalogue *catalogue, const struct scalar_config *provider)
{
	const struct kernel_class *class;
	const char *name;
	struct guid guid;
	size_t i;

	memset(&guid, 0, sizeof(guid));
	for (i = 0; i < catalogue->name_count; i++)
		if (match_provider(provider, catalogue->names[i], &guid))
			return true;
	for (i = 0; (class = kernel_class_at(i)); i++)
		if (match_provider(provider, class->name, &class->guid))
			return true;
	for (i = 0; (name = provider_name_at(i, &guid)); i++)
		if (match_provider(provider, name, &guid))
			return true;
	return false;
}

enum catalogue_knowledge catalogue_provider(const struct catalogue *catalogue,
					    const struct scalar_config *provider)
{
	size_t i;

	for (i = 0; i < catalogue->count; i = next_provider(catalogue, i)) {
		const struct event_type *type = &catalogue->entries[i].type;

		if (match_provider(provider, type->provider, &type->guid))
			return CATALOGUE_EVENTS;
	}
	return has_name(catalogue, provider) ? CATALOGUE_NAME : CATALOGUE_NOTHING;
}

/* Of the events' providers, one name may stand several times in a row. */
static const char *provider_at(size_t index, const void *context)
{
	const struct catalogue *catalogue = context;
	struct guid guid;

	if (index < catalogue->count)
		return catalogue->entries[index].type.provider;
	return provider_name_at(index - catalogue->count, &guid);
}

const char *catalogue_nearest(const struct catalogue *catalogue, const char *name)
{
	size_t found = nearest(name, provider_at, catalogue);

	return found == NEAREST_NONE ? NULL : provider_at(found, catalogue);
}

bool catalogue_has_map(const struct catalogue *catalogue, const struct guid *guid, const char *name)
{
	return catalogue->manifests && manifests_map(catalogue->manifests, guid->bytes, name);
}
