#include "tests/support/rules_recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/little_endian.h"
#include "tests/support/posix.h"
#include "tests/support/random.h"
#include "tests/support/utf16_writer.h"

enum {
	PROCESSORS = 8,
	DISKS = 8,
	QUEUES = 64,
	NAME_CHARACTERS = 20,
	NAME_BYTES = 2 * (NAME_CHARACTERS + 1),
	START_CLOCK = 1000000000,
	LEVEL_INFORMATION = 4,
};

struct filling {
	struct etl_writer *writer;
	struct random random;
	uint64_t time;
	uint64_t next; /* number of the next pair */
	uint64_t open[RULES_OPEN];
	uint8_t names[RULES_NAMES][NAME_BYTES];
};

static const uint8_t provider_guid[16] = {0x00, 0x00, 0x1e, 0xb5, 0x00, 0x00, 0x00, 0x40, 0x80};

struct etl_writer *rules_recording_new(void)
{
	return etl_writer_new(&(struct etl_writer_options){
		.processors = PROCESSORS,
		.start_clock = START_CLOCK,
		.session_name = "rules",
	});
}

static void write_event(struct filling *filling, uint32_t id, const uint8_t *payload, size_t bytes)
{
	uint64_t bits = random_next(&filling->random);
	struct etl_event event = {
		.time = filling->time += 1 + (bits & 15),
		.processor = bits >> 4 & (PROCESSORS - 1),
		.pid = 1000 + (bits >> 8 & 31) * 4,
		.tid = 1004 + (bits >> 8 & 31) * 4,
		.id = (uint16_t)id,
		.level = LEVEL_INFORMATION,
		.payload = payload,
		.payload_bytes = bytes,
	};

	memcpy(event.guid, provider_guid, 16);
	event.guid[15] = (uint8_t)(1 + (bits >> 32) * RULES_PROVIDERS / ((uint64_t)1 << 32));
	etl_write_event(filling->writer, &event, 8);
}

static uint32_t any_id(struct filling *filling)
{
	return 1 + random_below(&filling->random, RULES_IDS);
}

static uint64_t irp(uint64_t number)
{
	return 0xffff800012345680 + number * 64;
}

static void write_numbers(struct filling *filling)
{
	uint64_t bits = random_next(&filling->random);
	uint8_t payload[32];

	put_le64(payload, irp(bits & 0xffff));
	put_le32(payload + 8, bits >> 16 & (DISKS - 1));
	put_le32(payload + 12, bits >> 20 & (QUEUES - 1));
	put_le64(payload + 16, 4096u << (bits >> 26 & 7));
	put_le64(payload + 24, 1000 + (bits >> 32 & 0xffff));
	write_event(filling, any_id(filling), payload, sizeof(payload));
}

static void write_text(struct filling *filling)
{
	uint64_t bits = random_next(&filling->random);
	uint8_t payload[NAME_BYTES + 8];

	memcpy(payload, filling->names[random_below(&filling->random, RULES_NAMES)], NAME_BYTES);
	put_le64(payload + NAME_BYTES, (bits & 0xffff) << (bits >> 16 & 7));
	write_event(filling, any_id(filling), payload, sizeof(payload));
}

static void write_start(struct filling *filling, uint32_t place)
{
	uint8_t payload[16];

	filling->open[place] = filling->next++;
	put_le64(payload, irp(filling->open[place]));
	put_le64(payload + 8, 4096);
	write_event(filling, 1 + 2 * random_below(&filling->random, RULES_IDS / 2), payload,
		    sizeof(payload));
}

static void write_end(struct filling *filling, uint32_t place)
{
	uint8_t payload[16];

	put_le64(payload, irp(filling->open[place]));
	put_le32(payload + 8, filling->open[place] & (DISKS - 1));
	put_le32(payload + 12, 0);
	write_event(filling, 2 + 2 * random_below(&filling->random, RULES_IDS / 2), payload,
		    sizeof(payload));
}

static void write_pairs(struct filling *filling, uint64_t events)
{
	uint32_t place;

	for (place = 0; place < RULES_OPEN && place < events; place++)
		write_start(filling, place);
	for (events -= place; events >= 2; events -= 2) {
		place = random_below(&filling->random, RULES_OPEN);
		write_end(filling, place);
		write_start(filling, place);
	}
}

static void make_names(struct filling *filling)
{
	char name[NAME_CHARACTERS + 1];

	for (unsigned int i = 0; i < RULES_NAMES; i++) {
		snprintf(name, sizeof(name), "host-%03u.example.com", i);
		put_le16(filling->names[i] + utf16_put(filling->names[i], name), 0);
	}
}

void rules_recording_fill(struct etl_writer *writer, enum rules_kind kind, uint64_t events)
{
	struct filling *filling = calloc(1, sizeof(*filling));

	if (!filling)
		abort();
	filling->writer = writer;
	filling->time = START_CLOCK + 1000;
	filling->random.state = 7;
	make_names(filling);
	if (kind == RULES_PAIRS)
		write_pairs(filling, events);
	else
		for (; events; events--)
			(kind == RULES_TEXT ? write_text : write_numbers)(filling);
	free(filling);
}

/* The names of templates. */
static const char *template_of(enum rules_kind kind, unsigned int id)
{
	if (kind == RULES_PAIRS)
		return id % 2 ? "Start" : "End";
	return kind == RULES_TEXT ? "Text" : "Numbers";
}

static const char templates[] =
	"<templates>\n"
	"<template tid='Numbers'><data name='Irp' inType='win:UInt64'/>"
	"<data name='Disk' inType='win:UInt32'/><data name='Queue' inType='win:UInt32'/>"
	"<data name='Bytes' inType='win:UInt64'/><data name='Duration' inType='win:UInt64'/>"
	"</template>\n"
	"<template tid='Text'><data name='Name' inType='win:UnicodeString'/>"
	"<data name='Duration' inType='win:UInt64'/></template>\n"
	"<template tid='Start'><data name='Irp' inType='win:UInt64'/>"
	"<data name='Bytes' inType='win:UInt64'/></template>\n"
	"<template tid='End'><data name='Irp' inType='win:UInt64'/>"
	"<data name='Disk' inType='win:UInt32'/><data name='Status' inType='win:UInt32'/>"
	"</template>\n"
	"</templates>\n";

static void write_provider(FILE *file, enum rules_kind kind, unsigned int number)
{
	fprintf(file,
		"<provider name='Rules-%u' symbol='RULES%u' "
		"guid='{b51e0000-0000-4000-8000-%012u}'>\n<events>\n",
		number, number, number);
	for (unsigned int id = 1; id <= RULES_IDS; id++)
		fprintf(file, "<event value='%u' template='%s'/>\n", id, template_of(kind, id));
	fprintf(file, "</events>\n%s</provider>\n", templates);
}

void rules_recording_manifest(const char *path, enum rules_kind kind)
{
	FILE *file = fopen(path, "w");

	if (!file)
		abort();
	fputs("<instrumentationManifest "
	      "xmlns='http://schemas.microsoft.com/win/2004/08/events'>\n"
	      "<instrumentation><events>\n",
	      file);
	for (unsigned int number = 1; number <= RULES_PROVIDERS; number++)
		write_provider(file, kind, number);
	fputs("</events></instrumentation></instrumentationManifest>\n", file);
	if (fclose(file))
		abort();
}
