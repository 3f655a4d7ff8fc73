/*
 * What is left of recordings that are cut or damaged anywhere: nothing crashes or hangs, and all
 * that is before and after the damage is counted.
 *
 * The recordings are the demo, the writer's, and the real ones of ../shared. Cuts and mutations are
 * as many as take a minute; with DAMAGE=all every cut at a multiple of 97 and 2,000 mutations for
 * each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/bytes.h"
#include "exporter/record/etl_framer.h"
#include "tests/support/bench_recording.h"
#include "tests/support/demo_recording.h"
#include "tests/support/pipeline.h"
#include "tests/support/random.h"

#define CUT_STEP    97
#define BUFFERS_MAX 4096
#define LARGE_BYTES ((size_t)1 << 20)
#define SHARED	    "../shared/etl"

struct sample {
	char name[300];
	uint8_t *bytes;
	size_t length;
	size_t buffer_at[BUFFERS_MAX + 1]; /* and the end */
	size_t buffers;
};

static bool all(void)
{
	const char *damage = getenv("DAMAGE");

	return damage && strcmp(damage, "all") == 0;
}

static size_t mutations(void)
{
	return all() ? 2000 : 150;
}

/* Where the buffers of an undamaged recording are, by the sizes that they say. */
static void index_buffers(struct sample *sample)
{
	size_t at = 0;

	sample->buffers = 0;
	while (at < sample->length && sample->buffers < BUFFERS_MAX) {
		sample->buffer_at[sample->buffers++] = at;
		at += le32(sample->bytes + at);
	}
	sample->buffer_at[sample->buffers] = at;
}

/* The header buffer and up to `count` buffers from `first` on, as a recording of its own. */
static void excerpt(const struct sample *from, size_t first, size_t count, struct sample *to)
{
	size_t header = from->buffer_at[1];
	size_t last = first + count < from->buffers ? first + count : from->buffers;
	size_t rest = from->buffer_at[last] - from->buffer_at[first];

	snprintf(to->name, sizeof(to->name), "%.200s from buffer %zu", from->name, first);
	to->length = header + rest;
	to->bytes = malloc(to->length);
	assert_non_null(to->bytes);
	memcpy(to->bytes, from->bytes, header);
	memcpy(to->bytes + header, from->bytes + from->buffer_at[first], rest);
	index_buffers(to);
}

static uint64_t count_events(const uint8_t *bytes, size_t length)
{
	struct pipeline_result result;

	pipeline_run(bytes, length, &result);
	assert_int_equal(result.counted, health_get(&result.health.events));
	return result.counted;
}

static void cut(const struct sample *sample, size_t step)
{
	uint64_t whole = count_events(sample->bytes, sample->length), before = 0, events;
	size_t at;

	for (at = 0; at < sample->length; at += step) {
		events = count_events(sample->bytes, at);
		/* A longer piece never has fewer events, and no piece has more than the whole. */
		if (events < before || events > whole)
			fail_msg("%s cut at %zu: %llu events, %llu in less, %llu in all",
				 sample->name, at, (unsigned long long)events,
				 (unsigned long long)before, (unsigned long long)whole);
		before = events;
	}
}

static void damage_bytes(struct random *random, uint8_t *bytes, size_t length)
{
	static const uint8_t values[] = {0x00, 0xff, 0x7f, 0x80, 0x01, 0x48};
	size_t at = random_below(random, (uint32_t)length);
	size_t count = 1 + random_below(random, 16), i;

	if (count > length - at)
		count = length - at;
	switch (random_below(random, 4)) {
	case 0:
		bytes[at] ^= (uint8_t)(1u << random_below(random, 8));
		break;
	case 1:
		for (i = 0; i < count; i++)
			bytes[at + i] = (uint8_t)random_below(random, 256);
		break;
	case 2:
		memset(bytes + at, values[random_below(random, sizeof(values))], count);
		break;
	default:
		memmove(bytes + at, bytes + random_below(random, (uint32_t)(length - count + 1)),
			count);
		break;
	}
}

/* Damage anywhere: it ends, and counts no more than there is room for. */
static void mutate_anywhere(const struct sample *sample, struct random *random)
{
	uint8_t *copy = malloc(sample->length);
	size_t times = 1 + random_below(random, 8);

	assert_non_null(copy);
	memcpy(copy, sample->bytes, sample->length);
	while (times--)
		damage_bytes(random, copy, sample->length);
	count_events(copy, sample->length);
	free(copy);
}

/* Damage inside of one buffer (not the header): all events of the others are counted. */
static void mutate_buffer(const struct sample *sample, struct random *random)
{
	size_t index, at, length;
	uint64_t whole, without, damaged;
	struct sample others;
	uint8_t *copy;

	if (sample->buffers < 3)
		return;
	index = 1 + random_below(random, (uint32_t)sample->buffers - 1);
	at = sample->buffer_at[index];
	length = sample->buffer_at[index + 1] - at;
	copy = malloc(sample->length);
	assert_non_null(copy);
	memcpy(copy, sample->bytes, sample->length);
	damage_bytes(random, copy + at, length);
	excerpt(sample, index, 1, &others);
	whole = count_events(sample->bytes, sample->length);
	without = whole - (count_events(others.bytes, others.length) -
			   count_events(sample->bytes, sample->buffer_at[1]));
	damaged = count_events(copy, sample->length);
	if (damaged < without)
		fail_msg("%s, buffer %zu damaged: %llu events, the others have %llu", sample->name,
			 index, (unsigned long long)damaged, (unsigned long long)without);
	free(others.bytes);
	free(copy);
}

static void mutate(const struct sample *sample, struct random *random, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		mutate_anywhere(sample, random);
		mutate_buffer(sample, random);
	}
}

/* A large recording is damaged in excerpts: what happens depends on the buffers near to it. */
static void damage_large(const struct sample *sample, struct random *random)
{
	size_t excerpts = all() ? sample->buffers : 3, i, count;
	struct sample part;

	for (i = 0; i < excerpts; i++) {
		size_t first = all() ? i : 1 + random_below(random, (uint32_t)sample->buffers - 1);

		if (first == 0)
			continue;
		excerpt(sample, first, 3, &part);
		count = mutations() / excerpts + 1;
		cut(&part, all() ? CUT_STEP : CUT_STEP * (part.length / (CUT_STEP * 100) + 1));
		mutate(&part, random, part.length > LARGE_BYTES && !all() ? count / 8 + 1 : count);
		free(part.bytes);
	}
}

static void damage(const struct sample *sample)
{
	struct random random = {sample->length};
	size_t step = CUT_STEP;

	if (sample->length > LARGE_BYTES) {
		damage_large(sample, &random);
		return;
	}
	if (!all())
		step *= sample->length / (CUT_STEP * 400) + 1;
	cut(sample, step);
	mutate(sample, &random, mutations());
}

static void take_written(struct sample *sample, const char *name, struct etl_writer *writer)
{
	const uint8_t *bytes;

	snprintf(sample->name, sizeof(sample->name), "%s", name);
	bytes = etl_writer_finish(writer, &sample->length);
	sample->bytes = malloc(sample->length);
	assert_non_null(sample->bytes);
	memcpy(sample->bytes, bytes, sample->length);
	etl_writer_free(writer);
	index_buffers(sample);
}

static void the_demo_survives(void **state)
{
	struct sample sample;

	(void)state;
	take_written(&sample, "demo", demo_recording_new());
	damage(&sample);
	free(sample.bytes);
}

static void written_recordings_survive(void **state)
{
	int compressed;

	(void)state;
	for (compressed = 0; compressed < 2; compressed++) {
		struct etl_writer *writer = bench_recording_new(compressed);
		struct sample sample;

		bench_recording_fill(writer, 6000);
		take_written(&sample, compressed ? "written, compressed" : "written", writer);
		damage(&sample);
		free(sample.bytes);
	}
}

static bool load(const char *name, struct sample *sample)
{
	char path[600];
	FILE *file;
	bool read;

	snprintf(path, sizeof(path), SHARED "/%s", name);
	snprintf(sample->name, sizeof(sample->name), "%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	sample->length = (size_t)ftell(file);
	rewind(file);
	sample->bytes = malloc(sample->length);
	assert_non_null(sample->bytes);
	read = fread(sample->bytes, 1, sample->length, file) == sample->length;
	fclose(file);
	index_buffers(sample);
	return read;
}

static void real_recordings_survive(void **state)
{
	DIR *directory = opendir(SHARED);
	const struct dirent *entry;
	struct sample sample;

	(void)state;
	if (!directory) {
		print_message("skipped because " SHARED " is absent\n");
		skip();
	}
	while ((entry = readdir(directory))) {
		const char *end = strrchr(entry->d_name, '.');

		if (!end || strcmp(end, ".etl") != 0)
			continue;
		assert_true(load(entry->d_name, &sample));
		damage(&sample);
		free(sample.bytes);
	}
	closedir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_demo_survives),
		cmocka_unit_test(written_recordings_survive),
		cmocka_unit_test(real_recordings_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
