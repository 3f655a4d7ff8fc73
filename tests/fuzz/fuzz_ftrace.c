/*
 * Any bytes as frames of a Linux ring buffer: the walk comes to an end, and all that a record
 * points to lies in its page. What schemas of format files make of the records stays within them,
 * and is the same by visits and by extraction. Merged, as many records come out as were walked,
 * also when the bytes of the trace buffer are gone.
 *
 * The first four bytes are a seed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/decoder/ftrace.h"
#include "exporter/aggregator/record_merge.h"
#include "tests/support/extraction_check.h"

#define COMMON                                                                         \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char *const formats[] = {
	"name: fixed\nID: 1\nformat:\n" COMMON
	"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:u64 args[3];\toffset:24;\tsize:24;\tsigned:0;\n"
	"\tfield:u8 saddr[4];\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:long state;\toffset:56;\tsize:8;\tsigned:1;\n\n"
	"print fmt: \"%s %s\", REC->comm, __print_flags(REC->state, \"|\", {0x1, \"S\"}, "
	"{0x2, \"D\"})\n",
	"name: located\nID: 2\nformat:\n" COMMON
	"\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:__rel_loc char[] other;\toffset:12;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc u32[] numbers;\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:__rel_loc u64[] more;\toffset:20;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc u8[] bytes;\toffset:24;\tsize:4;\tsigned:0;\n"
	"\tfield:int last;\toffset:28;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"%s\", __get_str(name)\n",
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct schema *schemas[FORMATS];

static void make_schemas(void)
{
	static struct ftrace_formats *files;
	size_t i;

	if (files)
		return;
	files = ftrace_formats_new("/nowhere");
	check_require(files != NULL);
	for (i = 0; i < FORMATS; i++) {
		schemas[i] = ftrace_schema_parse(files, "fuzz", formats[i], strlen(formats[i]));
		check_require(schemas[i] != NULL);
	}
}

static void check_decoded(const struct event_record *record, struct check_wanted *wanted)
{
	size_t i;

	for (i = 0; i < FORMATS; i++)
		check_run(&wanted[i], schemas[i], record);
}

static void check_record(const struct event_record *record, const struct ftrace_frame *frame,
			 const uint8_t *page)
{
	check_require(record->payload >= page + frame->data_at &&
		      record->payload_bytes <=
			      (size_t)(page + frame->page_bytes - record->payload));
	check_require(record->payload_bytes >= 8);
	check_require(record->pointer_bytes == 4 || record->pointer_bytes == 8);
	check_require(record->cpu == frame->cpu && record->kind == RECORD_FTRACE);
}

/* How many records there are. */
static size_t walk_all(const uint8_t *bytes, size_t length, struct check_wanted *wanted)
{
	struct bytes rest = {bytes, length};
	struct ftrace_cursor cursor;
	struct event_record record;
	struct ftrace_frame frame;
	const uint8_t *page;
	size_t count = 0;

	while ((page = ftrace_frame_take(&rest, &frame))) {
		if (!ftrace_walk(&cursor, &frame, page))
			check_require(ftrace_next(&cursor, &record) == FTRACE_END);
		while (ftrace_next(&cursor, &record) == FTRACE_RECORD) {
			check_record(&record, &frame, page);
			check_decoded(&record, wanted);
			count++;
		}
	}
	return count;
}

struct merging {
	struct record_merge merge;
	struct random random;
	size_t count;
};

static void add_run(void *context, const struct recording *recording, struct record_cursor *cursor,
		    int64_t shift_ns)
{
	struct merging *merging = context;

	(void)recording;
	(void)shift_ns;
	check_require(
		!record_merge_add(&merging->merge, cursor, random_below(&merging->random, 4) == 0));
}

static void take(struct merging *merging, uint64_t until)
{
	const struct event_record *record;
	volatile uint8_t sink;

	while ((record = record_merge_next(&merging->merge, until))) {
		sink = record->guid[15];
		sink = record->payload[0] ^ record->payload[record->payload_bytes - 1];
		merging->count++;
	}
	(void)sink;
}

/* In two trace buffers, of which the first is gone when the second comes. */
static void merge_all(const uint8_t *bytes, size_t length, uint64_t seed, size_t expected)
{
	struct session_health health;
	struct recording recording = {.events_path = (char *)(uintptr_t) "/nowhere"};
	struct merging merging = {.random = {seed}};
	struct buffer_walk walk = {.health = &health, .records = add_run, .context = &merging};
	struct trace_buffer buffer = {.recording = &recording};
	int i;

	session_health_init(&health);
	record_merge_init(&merging.merge, &walk);
	for (i = 0; i < 2; i++) {
		buffer.bytes = malloc(length ? length : 1);
		check_require(buffer.bytes != NULL);
		memcpy(buffer.bytes, bytes, length);
		buffer.capacity = buffer.length = length;
		buffer_walk_feed(&walk, &buffer);
		take(&merging, random_next(&merging.random) >> random_below(&merging.random, 64));
		check_require(record_merge_keep(&merging.merge));
		free(buffer.bytes);
	}
	take(&merging, UINT64_MAX);
	check_require(merging.count == 2 * expected);
	check_require(!merging.merge.kept_bytes && !merging.merge.count);
	record_merge_done(&merging.merge);
	buffer_walk_done(&walk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	const uint8_t *seed = bytes_take(&rest, 4);
	struct check_wanted wanted[FORMATS];
	struct random random;
	uint8_t *copy;
	size_t i, count;

	if (!seed)
		return 0;
	make_schemas();
	random.state = le32(seed);
	for (i = 0; i < FORMATS; i++)
		check_choose(&wanted[i], schemas[i], &random);
	copy = malloc(rest.left ? rest.left : 1);
	check_require(copy != NULL);
	memcpy(copy, rest.at, rest.left);
	count = walk_all(copy, rest.left, wanted);
	free(copy);
	merge_all(rest.at, rest.left, le32(seed), count);
	for (i = 0; i < FORMATS; i++)
		extraction_free(wanted[i].extraction);
	return 0;
}
