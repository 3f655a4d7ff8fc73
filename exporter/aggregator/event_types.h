/*
 * event_types: the kinds of events that a session has seen, and the cells that count them.
 *
 * An event type is what one schema describes: of manifest events provider, ID, version and opcode;
 * of classic ones class, type and version; of TraceLogging ones the metadata itself; of WPP
 * messages GUID and number. The table belongs to one aggregator thread. What it refuses, by its
 * limit or because all metadata together would get too large, is counted by one event type more,
 * the overflow, whose cells are those of the overflow series.
 */
#ifndef EXPORTER_EVENT_TYPES_H
#define EXPORTER_EVENT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/decoding.h"
#include "exporter/record/event_record.h"
#include "exporter/base/guid.h"
#include "exporter/schema/payload_size.h"
#include "exporter/session/session_health.h"
#include "metrics/registry.h"

struct event_rules;

enum encoding {
	ENCODING_MANIFEST, /* the schema is not in the event */
	ENCODING_TRACELOGGING,
	ENCODING_CLASSIC, /* full and instance headers: MOF classes */
	ENCODING_KERNEL,  /* system, compact and perfinfo headers: the kernel's MOF classes */
	ENCODING_WPP,
	ENCODING_ERROR,
	ENCODING_FTRACE, /* tracefs' format files have the schema */
};

/* "manifest", "tracelogging", ... */
const char *encoding_name(enum encoding encoding);

struct event_type {
	/* What each event needs comes first, so that it is in one cache line. */
	struct cell *events;
	struct cell *bytes;	     /* of payload */
	struct payload_size size;    /* that its schema allows */
	struct payload_size narrow;  /* likewise, of writers with pointers of 4 bytes */
	bool special;		     /* there is more to do than counting: `rare`, or `rules` */
	bool rare;		     /* what follows up to `rename` */
	bool events_overflow;	     /* `events` is the overflow cell of its family */
	bool bytes_overflow;	     /* likewise `bytes` */
	enum loss_sign loss_sign;    /* LOSS_SIGN_COUNT: none */
	bool is_metadata;	     /* its records may name others */
	bool is_new;		     /* rules have not been looked for with what is known now */
	bool is_behind;		     /* there have been other rules since its last event */
	bool rename;		     /* its name or schema is not known, but may be by now */
	uint8_t bindings;	     /* how often rules were looked for */
	uint16_t metadata_bytes;     /* of TraceLogging */
	unsigned int state_kind;     /* of trace_state; 0: nothing is learnt from it */
	struct event_rules *rules;   /* NULL: no rule takes its events */
	const struct schema *schema; /* NULL: none is known */
	uint64_t rules_revision;     /* which rules it is bound to: rules_revision() */
	uint64_t earlier_events, earlier_bytes; /* counted under another name */
	struct decode_errors {
		struct cell *cell; /* NULL: none so far under this name */
		bool overflow;	   /* the cell is that of the overflow series */
	} errors[PAYLOAD_RESULT_COUNT];

	struct guid guid;
	enum encoding encoding;
	enum record_kind kind; /* of the first */
	uint32_t component_id; /* WPP without GUID */
	uint16_t id;
	uint16_t version;
	uint16_t task;	/* as first seen */
	uint16_t flags; /* likewise */
	uint8_t opcode;
	uint8_t group;
	uint8_t level;	   /* as first seen */
	uint8_t *metadata; /* of TraceLogging */
	char *provider;
	char *event; /* name; empty where not known */
};

/* The families that every event is counted in; made once, for all sessions. */
struct event_families {
	struct family *events;
	struct family *bytes;
	struct family *decode_errors; /* payloads that are not as their schema says */
};

/* -1: out of memory. */
int event_families_add(struct event_families *families, struct registry *registry);

struct event_slot {
	uint64_t guid_low, guid_high;
	uint64_t identity;	 /* id, version, opcode, encoding */
	struct event_type *type; /* NULL: free */
};

struct event_types {
	struct event_slot *slots;
	size_t mask;		   /* slots - 1; a power of two minus one */
	struct event_type **by_id; /* of a Linux ring buffer, newest version; NULL: none yet */
	size_t count;
	size_t limit;
	size_t schema_bytes; /* of all event types together */
	uint64_t seed[4];
	struct event_type overflow;
	struct shard *shard;
	const struct event_families *families;
	struct decoding *decoding;
	const char *session;
	bool has_rules; /* new types, and what changes in others, are marked for them */
};

/* `session`, shard, families and decoding are borrowed. -1: out of memory. */
int event_types_init(struct event_types *types, const char *session, size_t limit,
		     struct shard *shard, const struct event_families *families,
		     struct decoding *decoding);
void event_types_done(struct event_types *types);

/* As in the label event_id: classic events have no ID, their type takes its place. */
uint16_t event_type_id(const struct event_type *type);

/* Events and payload bytes counted, under whatever name. */
uint64_t event_type_events(const struct event_type *type);
uint64_t event_type_bytes(const struct event_type *type);

/* Lets event types without a name look for one with their next event. */
void event_types_rename(struct event_types *types);

/* After a change of the rules: with their next event they get those that came. */
void event_types_set_behind(struct event_types *types);

/* Looks for the name with which an event type is counted from this record on. */
void event_type_rename(struct event_types *types, struct event_type *type,
		       const struct event_record *record);

/* After a change of what makes it special. */
void event_type_set_special(struct event_type *type);

/* Of payloads by the record's writer. */
static inline const struct payload_size *event_type_size(const struct event_type *type,
							 const struct event_record *record)
{
	return record->pointer_bytes == 4 ? &type->narrow : &type->size;
}

/* Of one that is not as its schema says. Cold. */
__attribute__((cold)) void event_type_count_error(struct event_types *types,
						  struct event_type *type,
						  enum payload_result result);

/* A record as all of this type are, without time, process and payload. Borrows from the type. */
void event_type_record(const struct event_type *type, struct event_record *record);

/* The event type of a record that is not in the table: a new one, or the overflow. Cold. */
struct event_type *event_types_add(struct event_types *types, const struct event_record *record);

/* Adds to the hash what makes TraceLogging events of one ID different. */
uint64_t event_schema_hash(const struct event_types *types, const uint8_t *schema, uint16_t bytes);

/* Of an event that the table refused. */
enum loss_sign event_loss_sign(const struct event_record *record);

static inline enum encoding record_encoding(const struct event_record *record)
{
	static const uint8_t encodings[] = {
		[RECORD_SYSTEM] = ENCODING_KERNEL,    [RECORD_COMPACT] = ENCODING_KERNEL,
		[RECORD_PERFINFO] = ENCODING_KERNEL,  [RECORD_FULL] = ENCODING_CLASSIC,
		[RECORD_INSTANCE] = ENCODING_CLASSIC, [RECORD_EVENT] = ENCODING_MANIFEST,
		[RECORD_MESSAGE] = ENCODING_WPP,      [RECORD_ERROR] = ENCODING_ERROR,
		[RECORD_FTRACE] = ENCODING_FTRACE,
	};

	return record->schema ? ENCODING_TRACELOGGING : encodings[record->kind];
}

/* What tells event types of one GUID apart, but for TraceLogging metadata. */
static inline uint64_t record_identity(const struct event_record *record)
{
	return (uint64_t)record->id | (uint64_t)record->version << 16 |
	       (uint64_t)record->opcode << 32 | (uint64_t)record_encoding(record) << 40 |
	       (uint64_t)record->group << 48;
}

static inline uint64_t event_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t event_hash(const struct event_types *types, uint64_t low, uint64_t high,
				  uint64_t identity)
{
	return event_mix(event_mix(low ^ types->seed[0], high ^ types->seed[1]) ^ identity,
			 types->seed[2]);
}

/* Never NULL. */
static inline struct event_type *event_types_look_up(struct event_types *types,
						     const struct event_record *record)
{
	uint64_t low = le64(record->guid) ^ record->component_id;
	uint64_t high = le64(record->guid + 8);
	uint64_t identity = record_identity(record);
	size_t at;

	if (record->schema)
		identity ^= event_schema_hash(types, record->schema, record->schema_bytes);
	at = event_hash(types, low, high, identity) & types->mask;
	for (; types->slots[at].type; at = (at + 1) & types->mask) {
		const struct event_slot *slot = &types->slots[at];

		if (slot->guid_low != low || slot->guid_high != high || slot->identity != identity)
			continue;
		if (slot->type->metadata_bytes == record->schema_bytes &&
		    (!record->schema_bytes ||
		     memcmp(slot->type->metadata, record->schema, record->schema_bytes) == 0))
			return slot->type;
	}
	return event_types_add(types, record);
}

/* A Linux kernel has one space of IDs. */
struct event_type *event_types_find_by_id(struct event_types *types,
					  const struct event_record *record);

/* Never NULL. */
static inline struct event_type *event_types_find(struct event_types *types,
						  const struct event_record *record)
{
	struct event_type *type;

	if (record->kind != RECORD_FTRACE)
		return event_types_look_up(types, record);
	type = types->by_id ? types->by_id[record->id] : NULL;
	return type && type->version == record->version ? type
							: event_types_find_by_id(types, record);
}

#endif
