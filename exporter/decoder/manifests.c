#include "exporter/decoder/manifests.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/decoder/manifest_maps.h"
#include "exporter/decoder/manifest_schema.h"
#include "exporter/base/guid.h"
#include "exporter/schema/payload.h"

/* How many schemas of one event are tried, where manifests contradict each other. */
#define CANDIDATES_MAX 8

/* GUID, ID, version; no padding, which would count in hashes. */
struct key {
	uint8_t bytes[16 + 2 + 1];
};

struct candidate {
	struct schema *schema;
	struct candidate *older;
};

struct event {
	struct key key;
	struct candidate *newest;
	UT_hash_handle hh;
};

struct provider {
	uint8_t guid[16];
	const char *name;
	UT_hash_handle hh;
};

/* A value map that rules can name. */
struct named_map {
	struct named_map *next;
	const struct value_map *map;
	uint8_t guid[16];
	char name[];
};

/* Maps and names: freed with the rest. */
struct kept {
	struct kept *next;
	void *memory;
};

struct manifests {
	const char *source;
	struct event *events;
	struct provider *providers;
	struct named_map *maps; /* kept */
	struct kept *kept;
	size_t tried, count, bytes, flawed;
};

/* A manifest that is being added. */
struct adding {
	struct manifests *manifests;
	const struct manifest_tree *tree;
	struct manifest_problems problems;
	struct manifest_index strings;
	bool stopped;
};

struct manifests *manifests_new(const char *source)
{
	struct manifests *manifests = calloc(1, sizeof(*manifests));

	if (manifests)
		manifests->source = source;
	return manifests;
}

static void free_events(struct manifests *manifests)
{
	struct event *event, *next_event;
	struct candidate *candidate, *older;

	HASH_ITER(hh, manifests->events, event, next_event)
	{
		HASH_DEL(manifests->events, event);
		for (candidate = event->newest; candidate; candidate = older) {
			older = candidate->older;
			schema_free(candidate->schema);
			free(candidate);
		}
		free(event);
	}
}

void manifests_free(struct manifests *manifests)
{
	struct provider *provider, *next_provider;
	struct kept *kept, *next;

	if (!manifests)
		return;
	free_events(manifests);
	HASH_ITER(hh, manifests->providers, provider, next_provider)
	{
		HASH_DEL(manifests->providers, provider);
		free(provider);
	}
	for (kept = manifests->kept; kept; kept = next) {
		next = kept->next;
		free(kept->memory);
		free(kept);
	}
	free(manifests);
}

/* This is the problem then, whatever is wrong besides. */
static void stop(struct adding *adding, const struct manifest_node *node, const char *why)
{
	adding->problems.notes = NULL;
	adding->problems.count = 0;
	manifest_problem(&adding->problems, node->line, node->column, "%s", why);
	adding->stopped = true;
}

/* Accounts for memory, wanted or taken; false: it is too much in all. */
static bool charge(struct adding *adding, const struct manifest_node *node, size_t bytes)
{
	struct manifests *manifests = adding->manifests;

	manifests->bytes += bytes;
	if (manifests->bytes <= MANIFESTS_BYTES_MAX)
		return true;
	stop(adding, node, "the schemas of all manifests take more than 64 MiB");
	return false;
}

/* Takes the memory, also where it fails. */
static bool keep(struct adding *adding, const struct manifest_node *node, void *memory,
		 size_t bytes)
{
	struct kept *kept = memory ? malloc(sizeof(*kept)) : NULL;

	if (!kept) {
		free(memory);
		stop(adding, node, "out of memory");
		return false;
	}
	*kept = (struct kept){adding->manifests->kept, memory};
	adding->manifests->kept = kept;
	return charge(adding, node, bytes + sizeof(*kept));
}

/* The language of strings that have several: English, else what says no language, else any. */
static unsigned int culture_rank(const char *culture)
{
	if (!culture)
		return 2;
	if (strcmp(culture, "en-US") == 0)
		return 0;
	return strncmp(culture, "en", 2) == 0 ? 1 : 3;
}

static void add_string_table(struct adding *adding, const struct manifest_node *table,
			     unsigned int rank)
{
	const struct manifest_node *node;
	const char *id;

	for (node = table->first; node && !adding->stopped; node = node->next) {
		id = manifest_attribute(node, ATTRIBUTE_ID);
		if (node->element == ELEMENT_STRING && id &&
		    !manifest_index_add(&adding->strings, id, rank, node))
			stop(adding, node, "out of memory");
	}
}

static void add_strings(struct adding *adding, const struct manifest_node *node, unsigned int rank)
{
	const struct manifest_node *child;

	if (node->element == ELEMENT_RESOURCES)
		rank = culture_rank(manifest_attribute(node, ATTRIBUTE_CULTURE));
	if (node->element == ELEMENT_STRING_TABLE)
		add_string_table(adding, node, rank);
	for (child = node->first; child && !adding->stopped; child = child->next)
		if (child->element != ELEMENT_PROVIDER)
			add_strings(adding, child, rank);
}

static void index_templates(struct adding *adding, const struct manifest_node *templates,
			    struct manifest_scope *scope)
{
	const struct manifest_node *node;
	const char *tid;

	for (node = templates->first; node && !adding->stopped; node = node->next) {
		tid = manifest_attribute(node, ATTRIBUTE_TID);
		if (node->element == ELEMENT_TEMPLATE && tid &&
		    !manifest_index_add(&scope->templates, tid, 0, node))
			stop(adding, node, "out of memory");
	}
}

/* The last of a name counts. */
static bool name_map(struct adding *adding, const struct manifest_node *node, const uint8_t *guid,
		     const char *name, const struct value_map *map)
{
	size_t bytes = strlen(name) + 1;
	struct named_map *named = malloc(sizeof(*named) + bytes);

	if (!keep(adding, node, named, sizeof(*named) + bytes))
		return false;
	named->map = map;
	memcpy(named->guid, guid, sizeof(named->guid));
	memcpy(named->name, name, bytes);
	named->next = adding->manifests->maps;
	adding->manifests->maps = named;
	return true;
}

static void index_maps(struct adding *adding, const struct manifest_node *maps,
		       struct manifest_scope *scope)
{
	const struct manifest_node *node;

	for (node = maps->first; node && !adding->stopped; node = node->next) {
		const char *name = manifest_attribute(node, ATTRIBUTE_NAME);
		struct value_map *map;
		size_t bytes;

		if ((node->element != ELEMENT_VALUE_MAP && node->element != ELEMENT_BIT_MAP) ||
		    !name)
			continue;
		map = manifest_map_new(node, &adding->strings, &bytes);
		if (keep(adding, node, map, bytes) &&
		    name_map(adding, node, scope->guid, name, map) &&
		    !manifest_index_add(&scope->maps, name, 0, map))
			stop(adding, node, "out of memory");
	}
}

static struct event *get_event(struct manifests *manifests, const struct key *key)
{
	struct event *event;

	HASH_FIND(hh, manifests->events, key, sizeof(*key), event);
	if (event)
		return event;
	event = calloc(1, sizeof(*event));
	if (!event)
		return NULL;
	event->key = *key;
	HASH_ADD(hh, manifests->events, key, sizeof(event->key), event);
	if (event->hh.tbl)
		return event;
	free(event);
	return NULL;
}

/* Takes the schema, also where it fails. */
static bool put_schema(struct manifests *manifests, const struct key *key, struct schema *schema)
{
	struct candidate *candidate = malloc(sizeof(*candidate));
	struct event *event = candidate ? get_event(manifests, key) : NULL;

	if (!event) {
		free(candidate);
		schema_free(schema);
		return false;
	}
	*candidate = (struct candidate){schema, event->newest};
	event->newest = candidate;
	manifests->count++;
	return true;
}

static void set_key(struct key *key, const uint8_t *guid, uint32_t id, uint32_t version)
{
	memcpy(key->bytes, guid, 16);
	key->bytes[16] = (uint8_t)id;
	key->bytes[17] = (uint8_t)(id >> 8);
	key->bytes[18] = (uint8_t)version;
}

static bool read_key(struct adding *adding, const struct manifest_node *node, const uint8_t *guid,
		     struct key *key)
{
	const char *value = manifest_attribute(node, ATTRIBUTE_VALUE);
	const char *version = manifest_attribute(node, ATTRIBUTE_VERSION);
	uint32_t id = 0, number = 0;

	if (value && manifest_number(value, UINT16_MAX, &id) &&
	    (!version || manifest_number(version, UINT8_MAX, &number))) {
		set_key(key, guid, id, number);
		return true;
	}
	manifest_problem(&adding->problems, node->line, node->column,
			 "an event has no value up to 65535, or no version up to 255");
	return false;
}

static void add_event(struct adding *adding, const struct manifest_node *node,
		      const struct manifest_scope *scope)
{
	struct manifests *manifests = adding->manifests;
	struct schema *schema;
	struct key key;
	size_t bytes;

	if (manifests->tried++ >= MANIFESTS_EVENTS_MAX) {
		stop(adding, node, "all manifests together have more than 262,144 events");
		return;
	}
	if (!read_key(adding, node, scope->guid, &key))
		return;
	schema = manifest_schema_new(scope, node, &adding->problems, &bytes);
	if (!charge(adding, node, bytes + sizeof(struct event) + sizeof(struct candidate))) {
		schema_free(schema);
		return;
	}
	if (schema && !put_schema(manifests, &key, schema))
		stop(adding, node, "out of memory");
}

static void add_events(struct adding *adding, const struct manifest_node *provider,
		       struct manifest_scope *scope)
{
	const struct manifest_node *part, *node;

	for (part = provider->first; part; part = part->next) {
		if (part->element == ELEMENT_TEMPLATES)
			index_templates(adding, part, scope);
		if (part->element == ELEMENT_MAPS)
			index_maps(adding, part, scope);
	}
	manifest_index_sort(&scope->templates);
	manifest_index_sort(&scope->maps);
	for (part = provider->first; part; part = part->next)
		for (node = part->first; part->element == ELEMENT_EVENTS && node; node = node->next)
			if (node->element == ELEMENT_EVENT && !adding->stopped)
				add_event(adding, node, scope);
}

/* Names that were given out stay valid. */
static bool put_provider(struct adding *adding, const struct manifest_node *node,
			 const uint8_t *guid, const char *name)
{
	struct manifests *manifests = adding->manifests;
	struct provider *provider;
	char *copy;

	HASH_FIND(hh, manifests->providers, guid, sizeof(provider->guid), provider);
	if (provider && strcmp(provider->name, name) == 0)
		return true;
	copy = strdup(name);
	if (!keep(adding, node, copy, sizeof(*provider) + strlen(name) + 1))
		return false;
	if (!provider) {
		provider = calloc(1, sizeof(*provider));
		if (!provider)
			return false;
		memcpy(provider->guid, guid, sizeof(provider->guid));
		HASH_ADD(hh, manifests->providers, guid, sizeof(provider->guid), provider);
		if (!provider->hh.tbl) {
			free(provider);
			return false;
		}
	}
	provider->name = copy;
	return true;
}

static void add_provider(struct adding *adding, const struct manifest_node *node)
{
	const char *guid_text = manifest_attribute(node, ATTRIBUTE_GUID);
	const char *name = manifest_attribute(node, ATTRIBUTE_NAME);
	struct manifest_scope scope = {
		.tree = adding->tree,
		.source = adding->manifests->source,
	};
	struct guid guid;

	if (!guid_text || !guid_parse(guid_text, &guid)) {
		manifest_problem(&adding->problems, node->line, node->column,
				 "provider \"%.*s\" has no GUID: guid=\"{...}\" must say it, "
				 "as events have only that",
				 manifest_shown(name ? name : ""), name ? name : "");
		return;
	}
	scope.provider = name ? name : "";
	scope.guid = guid.bytes;
	scope.named_by_task = strcmp(scope.source, "eventsource") == 0;
	if (name && !put_provider(adding, node, guid.bytes, name))
		stop(adding, node, "out of memory");
	if (!adding->stopped)
		add_events(adding, node, &scope);
	manifest_index_done(&scope.templates);
	manifest_index_done(&scope.maps);
}

static void add_providers(struct adding *adding, const struct manifest_node *node)
{
	const struct manifest_node *child;

	if (node->element == ELEMENT_PROVIDER) {
		add_provider(adding, node);
		return;
	}
	if (node->element != ELEMENT_WRAPPER && node->element != ELEMENT_EVENTS)
		return;
	for (child = node->first; child && !adding->stopped; child = child->next)
		add_providers(adding, child);
}

/* False: see problems. */
static bool is_manifest(const struct manifest_tree *tree, struct manifest_problems *problems)
{
	const struct manifest_node *root = manifest_tree_root(tree);

	if (manifest_tree_is_known(tree))
		return true;
	manifest_problem(problems, root->line, root->column,
			 "this is no instrumentation manifest: its root would be called "
			 "instrumentationManifest");
	return false;
}

static enum manifests_added add_tree(struct adding *adding)
{
	struct manifests *manifests = adding->manifests;
	const struct manifest_node *root = manifest_tree_root(adding->tree);

	add_strings(adding, root, culture_rank(NULL));
	manifest_index_sort(&adding->strings);
	if (!adding->stopped)
		add_providers(adding, root);
	manifest_index_done(&adding->strings);
	if (adding->stopped)
		return MANIFESTS_FULL;
	if (!adding->problems.count)
		return MANIFESTS_ALL;
	manifests->flawed++;
	return MANIFESTS_PART;
}

enum manifests_added manifests_add_right(struct manifests *manifests, const char *name,
					 const char *xml, size_t length, struct problems *notes,
					 struct error *error)
{
	struct adding adding = {
		.manifests = manifests,
		.problems = {.name = name, .first = error, .notes = notes},
	};
	struct manifest_tree *tree = manifest_tree_new(xml, length, &adding.problems);
	enum manifests_added added;

	if (!tree || (notes && !is_manifest(tree, &adding.problems))) {
		manifest_tree_free(tree);
		manifests->flawed++;
		return MANIFESTS_NONE;
	}
	adding.tree = tree;
	added = add_tree(&adding);
	manifest_problems_end(&adding.problems);
	manifest_tree_free(tree);
	return added;
}

int manifests_add(struct manifests *manifests, const char *name, const char *xml, size_t length,
		  struct error *error)
{
	return manifests_add_right(manifests, name, xml, length, NULL, error) == MANIFESTS_ALL ? 0
											       : -1;
}

size_t manifests_count(const struct manifests *manifests)
{
	return manifests->count;
}

size_t manifests_flawed(const struct manifests *manifests)
{
	return manifests->flawed;
}

static bool fits(const struct schema *schema, const struct event_record *record)
{
	size_t consumed;

	return payload_visit(schema, record->payload, record->payload_bytes, record->pointer_bytes,
			     NULL, &consumed) == PAYLOAD_OK;
}

const struct schema *manifests_find(const struct manifests *manifests,
				    const struct event_record *record)
{
	const struct candidate *candidate;
	struct event *event;
	struct key key;
	unsigned int i;

	if (record->kind != RECORD_EVENT)
		return NULL;
	set_key(&key, record->guid, record->id, record->version);
	HASH_FIND(hh, manifests->events, &key, sizeof(key), event);
	if (!event)
		return NULL;
	if (!event->newest->older)
		return event->newest->schema;
	for (candidate = event->newest, i = 0; candidate && i < CANDIDATES_MAX;
	     candidate = candidate->older, i++)
		if (fits(candidate->schema, record))
			return candidate->schema;
	return event->newest->schema;
}

const char *manifests_provider(const struct manifests *manifests, const uint8_t *guid)
{
	const struct provider *provider;

	HASH_FIND(hh, manifests->providers, guid, sizeof(provider->guid), provider);
	return provider ? provider->name : NULL;
}

const struct value_map *manifests_map(const struct manifests *manifests, const uint8_t *guid,
				      const char *name)
{
	const struct named_map *named;

	for (named = manifests->maps; named; named = named->next)
		if (memcmp(named->guid, guid, sizeof(named->guid)) == 0 &&
		    strcmp(named->name, name) == 0)
			return named->map;
	return NULL;
}

bool manifests_has_provider(const struct manifests *manifests, const char *name)
{
	const struct provider *provider;

	for (provider = manifests->providers; provider; provider = provider->hh.next)
		if (strcmp(provider->name, name) == 0)
			return true;
	return false;
}

static bool visit_schema(const struct key *key, const struct schema *schema,
			 known_event_visit *visit, void *context)
{
	struct known_event known = {
		.provider = schema->provider,
		.event = schema->event,
		.schema = schema,
		.id = (uint16_t)(key->bytes[16] | key->bytes[17] << 8),
		.first_version = key->bytes[18],
		.last_version = key->bytes[18],
	};

	memcpy(known.guid.bytes, key->bytes, sizeof(known.guid.bytes));
	return visit(context, &known);
}

bool manifests_each(const struct manifests *manifests, known_event_visit *visit, void *context)
{
	const struct candidate *candidate;
	const struct event *event;

	for (event = manifests->events; event; event = event->hh.next)
		for (candidate = event->newest; candidate; candidate = candidate->older)
			if (!visit_schema(&event->key, candidate->schema, visit, context))
				return false;
	return true;
}
