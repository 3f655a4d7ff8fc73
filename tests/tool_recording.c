/*
 * Writes a recording of manifest events and WPP messages for the end-to-end tests, as its options
 * say:
 *
 *   tool_recording [--NAME=NUMBER ...] FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/etl_writer.h"
#include "tests/support/little_endian.h"

enum {
	START_CLOCK = 1000000000,
	PAYLOAD_MAX_BYTES = 4096,
	WITH_GUID_AND_TIME = 0x0a, /* option flags of WPP messages */
};

struct option {
	const char *name;
	uint64_t value; /* the default at first */
};

enum {
	EVENTS,		   /* beside the log file header */
	TYPES,		   /* event IDs in turn, from ... */
	FIRST_ID,	   /* ... this on */
	PROVIDER,	   /* first word of its GUID, the rest of which is zeros */
	PAYLOAD,	   /* bytes of each event */
	EVENTS_PER_BUFFER, /* then the buffer is flushed */
	TICKS,		   /* from an event to the next, 100 ns each */
	BUFFER_BYTES,
	START, /* FILETIME */
	MODE,
	COMPRESSED,
	EVENTS_LOST,
	BUFFERS_LOST,
	MESSAGES, /* of WPP, number 43, behind the events */
	OPTION_COUNT
};

static const struct option defaults[OPTION_COUNT] = {
	[EVENTS] = {"events", 100},
	[TYPES] = {"types", 1},
	[FIRST_ID] = {"first-id", 1},
	[PROVIDER] = {"provider", 1},
	[PAYLOAD] = {"payload", 8},
	[EVENTS_PER_BUFFER] = {"events-per-buffer", 10},
	[TICKS] = {"ticks", 1000},
	[BUFFER_BYTES] = {"buffer-bytes", 4096},
	[START] = {"start", 133500000000000000},
	[MODE] = {"mode", 1},
	[COMPRESSED] = {"compressed", 0},
	[EVENTS_LOST] = {"events-lost", 0},
	[BUFFERS_LOST] = {"buffers-lost", 0},
	[MESSAGES] = {"messages", 0},
};

/* --NAME=NUMBER; false: it is not that. */
static bool parse_option(struct option *options, const char *word)
{
	const char *equals = strchr(word, '=');
	char *end;

	for (size_t i = 0; equals && i < OPTION_COUNT; i++) {
		size_t length = strlen(options[i].name);

		if (strncmp(word, "--", 2) != 0 || word + 2 + length != equals ||
		    strncmp(word + 2, options[i].name, length) != 0)
			continue;
		options[i].value = strtoull(equals + 1, &end, 0);
		return end != equals + 1 && *end == '\0';
	}
	return false;
}

static void write_events(struct etl_writer *writer, const struct option *options)
{
	static const uint8_t payload[PAYLOAD_MAX_BYTES];
	struct etl_event event = {
		.payload = payload, .payload_bytes = options[PAYLOAD].value, .level = 4};

	put_le32(event.guid, (uint32_t)options[PROVIDER].value);
	for (uint64_t i = 0; i < options[EVENTS].value; i++) {
		event.time = START_CLOCK + (i + 1) * options[TICKS].value;
		event.id = (uint16_t)(options[FIRST_ID].value + i % options[TYPES].value);
		etl_write_event(writer, &event, 8);
		if ((i + 1) % options[EVENTS_PER_BUFFER].value == 0)
			etl_flush(writer, 0, 0);
	}
}

static void write_messages(struct etl_writer *writer, const struct option *options)
{
	struct etl_wpp message = {.number = 43, .flags = WITH_GUID_AND_TIME};
	uint64_t i;

	put_le32(message.guid, (uint32_t)options[PROVIDER].value);
	for (i = 0; i < options[MESSAGES].value; i++) {
		message.time = START_CLOCK + (options[EVENTS].value + i + 1) * options[TICKS].value;
		etl_write_wpp(writer, &message);
	}
}

static void write_recording(const struct option *options, const char *path)
{
	const struct etl_writer_options writer_options = {
		.buffer_bytes = (uint32_t)options[BUFFER_BYTES].value,
		.processors = 1,
		.start_filetime = options[START].value,
		.start_clock = START_CLOCK,
		.log_file_mode = (uint32_t)options[MODE].value,
		.compressed = options[COMPRESSED].value != 0,
		.events_lost = (uint32_t)options[EVENTS_LOST].value,
		.buffers_lost = (uint32_t)options[BUFFERS_LOST].value,
	};
	struct etl_writer *writer = etl_writer_new(&writer_options);
	const uint8_t *bytes;
	size_t length;

	write_events(writer, options);
	write_messages(writer, options);
	bytes = etl_writer_finish(writer, &length);
	etl_save(path, bytes, length);
	etl_writer_free(writer);
}

int main(int argc, char **argv)
{
	struct option options[OPTION_COUNT];
	int i;

	memcpy(options, defaults, sizeof(options));
	for (i = 1; i < argc - 1; i++)
		if (!parse_option(options, argv[i]))
			break;
	if (argc < 2 || i < argc - 1 || options[PAYLOAD].value > PAYLOAD_MAX_BYTES ||
	    !options[TYPES].value || !options[EVENTS_PER_BUFFER].value) {
		fprintf(stderr, "usage: tool_recording [--NAME=NUMBER ...] FILE\n");
		return 2;
	}
	write_recording(options, argv[argc - 1]);
	return 0;
}
