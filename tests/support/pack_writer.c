#include "tests/support/pack_writer.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/event_info.h"
#include "tests/support/payload.h"

enum {
	TICKS_PER_US = 10,
	START_CLOCK = 1000000000,
	WORD_BYTES = 128,
	PROCESSORS = 4,
};

struct state {
	struct etl_writer *writer;
	uint64_t now;
};

/* The next word of `*at`, "" behind the last. */
static const char *take_word(const char **at, char word[WORD_BYTES])
{
	size_t length;

	*at += strspn(*at, " ");
	length = strcspn(*at, " ");
	if (length >= WORD_BYTES)
		abort();
	memcpy(word, *at, length);
	word[length] = '\0';
	*at += length;
	return word;
}

static void put_sid(struct payload *payload)
{
	static const uint8_t sid[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

	payload_u64(payload, 0xfffff8a000000040u);
	payload_u64(payload, 0);
	payload_bytes(payload, sid, sizeof(sid));
}

static void put_ipv4(struct payload *payload, const char *word)
{
	char *end = NULL;

	for (int i = 0; i < 4; i++, word = end + 1)
		payload_u8(payload, (uint8_t)strtoul(word, &end, 10));
}

static void put_ipv6(struct payload *payload, uint8_t last)
{
	const uint8_t address[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = last};

	payload_bytes(payload, address, sizeof(address));
}

static uint64_t number(const char *word, uint64_t now)
{
	if (word[0] == '@')
		return now - strtoull(word + 1, NULL, 0) * TICKS_PER_US;
	return word[0] == '-' ? (uint64_t)strtoll(word, NULL, 0) : strtoull(word, NULL, 0);
}

static void put_text(struct payload *payload, char field, const char *word)
{
	const char *text = strcmp(word, "-") == 0 ? "" : word;

	if (field == 's')
		payload_string(payload, text);
	else
		payload_utf16(payload, text);
}

/* What is left of it is zeros. */
static void put_fixed_text(struct payload *payload, const char *field, const char *word)
{
	size_t end = payload->length + 2 * strtoul(field + 1, NULL, 10);

	put_text(payload, 'S', word);
	while (payload->length < end)
		payload_u8(payload, 0);
	if (payload->length > end)
		abort();
}

static void put_number(struct payload *payload, char field, uint64_t value)
{
	switch (field) {
	case 'b':
		payload_u8(payload, (uint8_t)value);
		break;
	case 'w':
		payload_u16(payload, (uint16_t)value);
		break;
	case 'd':
		payload_u32(payload, (uint32_t)value);
		break;
	case 'n':
		payload_port(payload, (uint16_t)value);
		break;
	case '6':
		put_ipv6(payload, (uint8_t)value);
		break;
	default:
		payload_u64(payload, value);
	}
}

static void put_field(struct payload *payload, const char *field, const char *word, uint64_t now)
{
	switch (field[0]) {
	case 's':
	case 'S':
		put_text(payload, field[0], word);
		break;
	case 'W':
		put_fixed_text(payload, field, word);
		break;
	case '4':
		put_ipv4(payload, word);
		break;
	case 'f':
		payload_f64(payload, strtod(word, NULL));
		break;
	default:
		put_number(payload, field[0], number(word, now));
	}
}

static void put_fields(struct payload *payload, const struct pack_row *row, uint64_t now)
{
	const char *fields = row->type->fields, *values = row->values;
	char field[WORD_BYTES], word[WORD_BYTES];

	while (take_word(&fields, field)[0]) {
		if (field[0] == 'k')
			put_sid(payload);
		else if (take_word(&values, word)[0])
			put_field(payload, field, word, now);
		else
			abort();
	}
	if (take_word(&values, word)[0])
		abort();
}

static void write_kernel(const struct state *state, const struct pack_row *row,
			 const struct payload *payload)
{
	const struct etl_classic record = {
		.time = state->now,
		.processor = row->cpu,
		.pid = row->pid,
		.tid = row->tid,
		.group = (uint8_t)row->type->id,
		.type = row->type->opcode,
		.version = row->type->version,
		.payload = payload->bytes,
		.payload_bytes = payload->length,
	};

	if (row->pid)
		etl_write_system(state->writer, &record, 8);
	else
		etl_write_perfinfo(state->writer, &record, 8);
}

static void write_event(const struct state *state, const struct pack_row *row,
			const struct payload *payload)
{
	struct etl_event event = {
		.time = state->now,
		.processor = row->cpu,
		.pid = row->pid,
		.tid = row->tid,
		.id = row->type->id,
		.version = row->type->version,
		.level = row->type->level,
		.opcode = row->type->opcode,
		.payload = payload->bytes,
		.payload_bytes = payload->length,
	};

	memcpy(event.guid, row->type->provider->guid, sizeof(event.guid));
	etl_write_event(state->writer, &event, 8);
}

static void write_row(struct state *state, const struct pack_row *row)
{
	struct payload payload = {.length = 0};

	state->now += (uint64_t)row->after_us * TICKS_PER_US;
	put_fields(&payload, row, state->now);
	if (row->type->provider)
		write_event(state, row, &payload);
	else
		write_kernel(state, row, &payload);
}

static enum event_info_type info_type(char field)
{
	switch (field) {
	case 'b':
		return EVENT_INFO_U8;
	case 'w':
		return EVENT_INFO_U16;
	case 'd':
		return EVENT_INFO_U32;
	case 'q':
		return EVENT_INFO_U64;
	case 'p':
		return EVENT_INFO_POINTER;
	case 'f':
		return EVENT_INFO_F64;
	case 's':
		return EVENT_INFO_ANSI;
	default:
		return EVENT_INFO_UTF16;
	}
}

static void write_schema(const struct state *state, const struct pack_type *type)
{
	char words[EVENT_INFO_FIELDS_MAX][WORD_BYTES];
	struct event_info info = {
		.guid = type->provider->guid,
		.provider = type->provider->name,
		.id = type->id,
		.version = type->version,
		.level = type->level,
		.opcode = type->opcode,
	};
	const char *fields = type->fields;

	for (size_t i = 0; i < EVENT_INFO_FIELDS_MAX && take_word(&fields, words[i])[0]; i++)
		info.fields[i] = (struct event_info_field){words[i] + 2, info_type(words[i][0])};
	etl_write_event_info(state->writer, state->now, 0, &info);
}

static bool is_first(const struct pack *pack, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (pack->rows[i].type == pack->rows[row].type)
			return false;
	return true;
}

static void write_schemas(const struct state *state, const struct pack *pack)
{
	for (size_t i = 0; i < pack->count; i++)
		if (pack->rows[i].type->provider && is_first(pack, i))
			write_schema(state, pack->rows[i].type);
}

struct etl_writer *pack_writer_new(const struct pack *packs, size_t count)
{
	static const struct etl_writer_options options = {
		.processors = PROCESSORS,
		.start_clock = START_CLOCK,
		.session_name = "packs",
	};
	struct state state = {.writer = etl_writer_new(&options), .now = START_CLOCK};

	for (size_t i = 0; i < count; i++)
		write_schemas(&state, &packs[i]);
	for (size_t i = 0; i < count; i++)
		for (size_t row = 0; row < packs[i].count; row++)
			write_row(&state, &packs[i].rows[row]);
	return state.writer;
}
