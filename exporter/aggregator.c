#include "exporter/aggregator.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/record/etl.h"
#include "exporter/record/etl_framer.h"
#include "exporter/record/xpress.h"

struct aggregator {
	struct aggregator_config config;
	struct shard *shard;
	struct event_types types;
	struct etl_header header; /* the first that was seen */
	bool has_header;
	bool types_refused; /* and logged */
	uint8_t *decompressed;
	size_t decompressed_capacity;
};

/* What one pass over a buffer's records found. */
struct tally {
	uint64_t events;
	uint64_t first, last; /* timestamps, in the session's clock; first > last: none */
};

struct aggregator *aggregator_new(const struct aggregator_config *config)
{
	struct aggregator *aggregator = calloc(1, sizeof(*aggregator));

	if (!aggregator)
		return NULL;
	aggregator->config = *config;
	aggregator->shard = shard_new(config->registry);
	if (!aggregator->shard ||
	    event_types_init(&aggregator->types, config->session, config->event_types_limit,
			     aggregator->shard, config->families)) {
		aggregator_free(aggregator);
		return NULL;
	}
	return aggregator;
}

void aggregator_free(struct aggregator *aggregator)
{
	if (!aggregator)
		return;
	event_types_done(&aggregator->types);
	free(aggregator->decompressed);
	free(aggregator);
}

const struct etl_header *aggregator_header(const struct aggregator *aggregator)
{
	return aggregator->has_header ? &aggregator->header : NULL;
}

const struct event_types *aggregator_event_types(const struct aggregator *aggregator)
{
	return &aggregator->types;
}

/* Once for each limit; that of series is of all sessions together. */
static void log_limits(struct aggregator *aggregator, const struct event_type *type)
{
	const struct aggregator_config *config = &aggregator->config;

	if (registry_limit_news(config->registry))
		log_line(config->log, LOG_WARN,
			 "limit of series reached, further event types are counted as \"other\"",
			 "session", config->session, "raise", "limits.series", NULL);
	if (type != &aggregator->types.overflow || aggregator->types_refused)
		return;
	aggregator->types_refused = true;
	log_line(config->log, LOG_WARN,
		 "limit of event types reached, further ones are counted as \"other\"", "session",
		 config->session, "raise", "limits.event_types", NULL);
}

/* What few event types ask for beyond being counted. */
static void count_special(struct aggregator *aggregator, const struct event_type *type,
			  const struct event_record *record)
{
	const struct aggregator_config *config = &aggregator->config;
	enum loss_sign sign = type->loss_sign;

	if (type == &aggregator->types.overflow)
		sign = event_loss_sign(record);
	if (sign != LOSS_SIGN_COUNT)
		health_add(&config->health->loss_signs[sign], 1);
	if (type->events_overflow)
		shard_count_overflow(aggregator->shard, config->families->events);
	if (type->bytes_overflow)
		shard_count_overflow(aggregator->shard, config->families->bytes);
	if (type->events_overflow || type->bytes_overflow)
		log_limits(aggregator, type);
}

static void count_unknown_kind(struct aggregator *aggregator, uint8_t kind)
{
	health_add(&aggregator->config.health->unknown_kinds[kind], 1);
}

/* The per-event work. False: the walk has ended. */
static inline bool count_next(struct aggregator *aggregator, struct etl_cursor *cursor,
			      struct tally *tally)
{
	struct session_health *health = aggregator->config.health;
	struct event_record record;
	const struct event_type *type;

	switch (etl_next(cursor, &record)) {
	case ETL_RECORD:
		break;
	case ETL_RECORD_DAMAGED_ITEMS:
		health_malformed(health, MALFORMED_RECORD_ITEMS);
		break;
	case ETL_UNKNOWN_KIND:
		count_unknown_kind(aggregator, record.kind);
		return true;
	case ETL_BAD_MARKER:
		health_malformed(health, MALFORMED_RECORD_MARKER);
		return false;
	case ETL_BAD_SIZE:
		health_malformed(health, MALFORMED_RECORD_SIZE);
		return false;
	case ETL_END:
		return false;
	}
	type = event_types_find(&aggregator->types, &record);
	cell_add(type->events, 1);
	cell_add(type->bytes, record.payload_bytes);
	if (type->special)
		count_special(aggregator, type, &record);
	tally->events++;
	if (record.has_time) {
		if (record.timestamp < tally->first)
			tally->first = record.timestamp;
		if (record.timestamp > tally->last)
			tally->last = record.timestamp;
	}
	return true;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* This thread alone writes the times. One that cannot be converted does not hide the other. */
static void note_times(struct session_health *health, const struct recording *recording,
		       const struct tally *tally, int64_t shift_ns)
{
	const struct trace_clock *clock = &recording->header.clock;
	int64_t first, last, due, lag;

	if (tally->first > tally->last)
		return;
	if (trace_clock_unix_ns(clock, tally->first, &first) &&
	    (first < atomic_load(&health->first_event_time) ||
	     atomic_load(&health->first_event_time) == NO_TIME))
		atomic_store(&health->first_event_time, first);
	if (!trace_clock_unix_ns(clock, tally->last, &last))
		return;
	if (last > atomic_load(&health->last_event_time))
		atomic_store(&health->last_event_time, last);
	if (!__builtin_add_overflow(last, shift_ns, &due) &&
	    !__builtin_sub_overflow(now_ns(), due, &lag))
		atomic_store(&health->lag_ns, lag);
}

/* How much more is lost than the header said before. A counter never goes back. */
static void note_lost(_Atomic uint64_t *lost, uint32_t *counted, uint32_t now)
{
	if (now <= *counted)
		return;
	health_add(lost, now - *counted);
	*counted = now;
}

/* What the clock of what follows is, is not known then. */
static void miss_header(struct aggregator *aggregator, struct recording *recording)
{
	memset(&recording->header, 0, sizeof(recording->header));
	recording->has_header = false;
	recording->header_missed = true;
	health_malformed(aggregator->config.health, MALFORMED_FILE_HEADER);
}

/* The header of a recording's file as it reads now; in the file another recording may have begun.
 */
static bool is_of_another(const struct recording *recording, const struct etl_header *header)
{
	return recording->has_header && recording->header.start_unix_ns &&
	       recording->header.start_unix_ns != header->start_unix_ns;
}

/* A log file header: of a new recording, or the same one's as it reads now. */
static void note_header(struct aggregator *aggregator, struct recording *recording,
			const struct event_record *record, bool again)
{
	struct session_health *health = aggregator->config.health;
	struct etl_header header;

	if (!etl_header_parse(record, &header)) {
		miss_header(aggregator, recording);
		return;
	}
	if (again && is_of_another(recording, &header))
		return;
	if (!again) {
		recording->events_lost = 0;
		recording->buffers_lost = 0;
	}
	note_lost(&health->events_lost, &recording->events_lost, header.events_lost);
	note_lost(&health->buffers_lost, &recording->buffers_lost, header.buffers_lost);
	recording->header = header;
	recording->has_header = true;
	if (!aggregator->has_header)
		aggregator->header = header;
	aggregator->has_header = true;
}

static bool reserve(struct aggregator *aggregator, size_t bytes)
{
	uint8_t *grown;

	if (bytes <= aggregator->decompressed_capacity)
		return true;
	grown = realloc(aggregator->decompressed, bytes);
	if (!grown)
		return false;
	aggregator->decompressed = grown;
	aggregator->decompressed_capacity = bytes;
	return true;
}

/* The records of a compressed buffer; fewer than there should be where it is damaged. */
static struct bytes decompress(struct aggregator *aggregator, const uint8_t *bytes,
			       const struct etl_buffer *buffer)
{
	size_t wanted = buffer->data_end - ETL_BUFFER_HEADER_BYTES;
	size_t count = 0;

	health_add(&aggregator->config.health->buffers_compressed, 1);
	if (reserve(aggregator, wanted))
		count = xpress_decompress(aggregator->decompressed, wanted,
					  bytes + ETL_BUFFER_HEADER_BYTES,
					  buffer->bytes - ETL_BUFFER_HEADER_BYTES);
	if (count < wanted)
		health_malformed(aggregator->config.health, MALFORMED_BUFFER_COMPRESSION);
	return (struct bytes){aggregator->decompressed, count};
}

/* The valid records of a buffer, decompressed, bounded by what is there. */
static struct bytes find_records(struct aggregator *aggregator, const uint8_t *bytes,
				 const struct etl_buffer *buffer)
{
	struct session_health *health = aggregator->config.health;
	size_t end = buffer->data_end;

	if (end < ETL_BUFFER_HEADER_BYTES || end > ETL_BUFFER_MAX_BYTES) {
		health_malformed(health, MALFORMED_BUFFER_OFFSET);
		return (struct bytes){bytes, 0};
	}
	if (buffer->flags & ETL_BUFFER_COMPRESSED)
		return decompress(aggregator, bytes, buffer);
	if (end > buffer->bytes) {
		health_malformed(health, MALFORMED_BUFFER_OFFSET);
		end = buffer->bytes;
	}
	return (struct bytes){bytes + ETL_BUFFER_HEADER_BYTES, end - ETL_BUFFER_HEADER_BYTES};
}

static void note_buffer(struct aggregator *aggregator, struct recording *recording,
			const uint8_t *bytes, const struct etl_buffer *buffer)
{
	struct session_health *health = aggregator->config.health;
	struct event_record record;

	health_add(&health->buffers, 1);
	if (buffer->flags & ETL_BUFFER_EVENTS_LOST)
		health_add(&health->loss_signs[LOSS_SIGN_EVENTS_LOST_FLAG], 1);
	if (buffer->flags & ETL_BUFFER_BUFFER_LOST)
		health_add(&health->loss_signs[LOSS_SIGN_BUFFER_LOST_FLAG], 1);
	if (etl_find_header(bytes, buffer->bytes, &record)) {
		note_header(aggregator, recording, &record, false);
	} else if (!recording->has_header && !recording->header_missed) {
		miss_header(aggregator, recording);
	}
}

static void count_records(struct aggregator *aggregator, const struct recording *recording,
			  struct bytes records, uint16_t cpu, int64_t shift_ns)
{
	struct tally tally = {.first = UINT64_MAX};
	struct etl_cursor cursor;

	etl_walk(&cursor, records.at, records.left, cpu);
	while (count_next(aggregator, &cursor, &tally))
		;
	health_add(&aggregator->config.health->events, tally.events);
	note_times(aggregator->config.health, recording, &tally, shift_ns);
}

/* The buffers of a trace buffer were framed by the source; a size that does not fit ends it all the
 * same. */
static void feed_buffers(struct aggregator *aggregator, const struct trace_buffer *from)
{
	struct bytes rest = {from->bytes, from->length};

	while (rest.left >= ETL_BUFFER_HEADER_BYTES) {
		const uint8_t *bytes = rest.at;
		struct etl_buffer buffer;

		etl_buffer_read(bytes, &buffer);
		if (buffer.bytes < ETL_BUFFER_HEADER_BYTES || !bytes_take(&rest, buffer.bytes))
			break;
		note_buffer(aggregator, from->recording, bytes, &buffer);
		count_records(aggregator, from->recording, find_records(aggregator, bytes, &buffer),
			      buffer.cpu, from->shift_ns);
	}
}

void aggregator_feed(struct aggregator *aggregator, const struct trace_buffer *buffer)
{
	struct event_record record;

	if (!(buffer->flags & TRACE_BUFFER_HEADER_ONLY))
		feed_buffers(aggregator, buffer);
	else if (etl_find_header(buffer->bytes, buffer->length, &record))
		note_header(aggregator, buffer->recording, &record, true);
	if (buffer->flags & TRACE_BUFFER_RECORDING_END)
		free(buffer->recording);
}

void aggregator_run(struct aggregator *aggregator, struct trace_queue *queue)
{
	for (;;) {
		struct trace_buffer *buffer = trace_queue_get(queue);

		if (buffer->flags & TRACE_BUFFER_STOP)
			return;
		aggregator_feed(aggregator, buffer);
		trace_queue_recycle(queue, buffer);
	}
}
