/*
 * What is left of recordings that are cut or damaged anywhere: nothing crashes or hangs, and all
 * that is before and after the damage is counted.
 *
 * The recordings are the demo, the writer's, and the real ones of ../shared. Cuts and mutations are
 * as many as take a minute; with DAMAGE=all every cut at a multiple of 97 and 2,000 mutations for
 * each, of the whole recording each time.
 *
 * Up to the last read before a cut, whole and cut recording are one and the same to the exporter.
 * So it reads the whole one once, and before each read, for each cut that would be met in it, a
 * child process goes on with the cut one. (Linked with --wrap=input_read.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exporter/base/bytes.h"
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

/* To start a child costs in proportion to the memory there is, and that is mostly what was freed.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4:thread_local_quarantine_size_kb=64";
}

/* The run whose queue is emptied before each read. */
static struct pipeline *counted;

/* What is to be cut in that run. */
static struct cuts {
	const char *name;
	size_t step;
	uint64_t *events; /* for each cut; NULL: no cuts */
	size_t next;
	bool in_child;
} cuts;

/* True: in the child, for the next cut; the recording ends there. */
static bool begin_cut(struct input *input)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		input->bytes = cuts.next * cuts.step;
		cuts.in_child = true;
		return true;
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		fail_msg("%s cut at %zu: status 0x%x", cuts.name, cuts.next * cuts.step,
			 (unsigned int)status);
	cuts.next++;
	return false;
}

ssize_t __real_input_read(struct input *input, uint8_t *to, size_t count, struct stop *stop,
			  struct error *error);
ssize_t __wrap_input_read(struct input *input, uint8_t *to, size_t count, struct stop *stop,
			  struct error *error);

ssize_t __wrap_input_read(struct input *input, uint8_t *to, size_t count, struct stop *stop,
			  struct error *error)
{
	uint64_t end = input->at + count < input->bytes ? input->at + count : input->bytes;

	if (counted)
		pipeline_count(counted);
	while (cuts.events && !cuts.in_child && cuts.next * cuts.step < end)
		if (begin_cut(input))
			break;
	return __real_input_read(input, to, count, stop, error);
}

static uint64_t count_events(const uint8_t *bytes, size_t length)
{
	struct pipeline pipeline;
	uint64_t events;

	pipeline_open(&pipeline, bytes, length);
	counted = &pipeline;
	pipeline_read(&pipeline);
	counted = NULL;
	events = pipeline_finish(&pipeline);
	assert_int_equal(events, health_get(&pipeline.health.events));
	pipeline_close(&pipeline);
	return events;
}

/* The events before each cut: of the first `i * step` bytes, by runs of their own. */
static void count_cuts_one_by_one(const struct sample *sample, size_t step, uint64_t *events)
{
	size_t i;

	for (i = 0; i * step < sample->length; i++)
		events[i] = count_events(sample->bytes, i * step);
}

/* The same by one run of the whole recording and the ends of the others. */
static void count_cuts(const struct sample *sample, size_t step, uint64_t *events)
{
	struct pipeline pipeline;
	uint64_t sum;

	pipeline_open(&pipeline, sample->bytes, sample->length);
	cuts = (struct cuts){.name = sample->name, .step = step, .events = events};
	counted = &pipeline;
	pipeline_read(&pipeline);
	counted = NULL;
	sum = pipeline_finish(&pipeline);
	if (cuts.in_child) {
		events[cuts.next] = sum;
		_exit(sum == health_get(&pipeline.health.events) ? 0 : 1);
	}
	cuts.events = NULL;
	pipeline_close(&pipeline);
}

/* Memory that children write to. */
static uint64_t *new_counts(size_t count)
{
	void *counts = mmap(NULL, count * sizeof(uint64_t), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(counts != MAP_FAILED);
	return counts;
}

static void cut(const struct sample *sample, size_t step)
{
	size_t count = (sample->length - 1) / step + 1, i;
	uint64_t *events = new_counts(count + 1);

	if (sample->length > LARGE_BYTES)
		count_cuts(sample, step, events);
	else
		count_cuts_one_by_one(sample, step, events);
	events[count] = count_events(sample->bytes, sample->length);
	/* A longer piece never has fewer events. */
	for (i = 0; i < count; i++)
		if (events[i] > events[i + 1])
			fail_msg("%s: %llu events when cut at %zu, %llu in the next longer",
				 sample->name, (unsigned long long)events[i], i * step,
				 (unsigned long long)events[i + 1]);
	munmap(events, (count + 1) * sizeof(*events));
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

/* A recording to damage again and again. */
struct victim {
	const struct sample *sample;
	uint8_t *copy;
	uint64_t whole;	    /* events of the undamaged */
	uint64_t header;    /* and of its header buffer alone */
	int64_t *in_buffer; /* events of each buffer; -1: not counted yet */
	struct random random;
};

static void victim_init(struct victim *victim, const struct sample *sample)
{
	*victim = (struct victim){.sample = sample,
				  .copy = malloc(sample->length),
				  .in_buffer = malloc(sample->buffers * sizeof(int64_t)),
				  .random = {sample->length}};
	assert_true(victim->copy && victim->in_buffer);
	memcpy(victim->copy, sample->bytes, sample->length);
	memset(victim->in_buffer, 0xff, sample->buffers * sizeof(int64_t));
	victim->whole = count_events(sample->bytes, sample->length);
	victim->header = count_events(sample->bytes, sample->buffer_at[1]);
}

static void victim_done(struct victim *victim)
{
	free(victim->copy);
	free(victim->in_buffer);
}

/* Events of one buffer (not the header), from a recording of both. */
static uint64_t events_in(struct victim *victim, size_t buffer)
{
	const size_t *at = victim->sample->buffer_at;
	size_t length = at[buffer + 1] - at[buffer];
	uint8_t *both;

	if (victim->in_buffer[buffer] >= 0)
		return (uint64_t)victim->in_buffer[buffer];
	both = malloc(at[1] + length);
	assert_non_null(both);
	memcpy(both, victim->sample->bytes, at[1]);
	memcpy(both + at[1], victim->sample->bytes + at[buffer], length);
	victim->in_buffer[buffer] = (int64_t)(count_events(both, at[1] + length) - victim->header);
	free(both);
	return (uint64_t)victim->in_buffer[buffer];
}

/* Damage anywhere: it ends, and counts no more than there is room for. */
static void mutate_anywhere(struct victim *victim)
{
	size_t times = 1 + random_below(&victim->random, 8), length = victim->sample->length;

	while (times--)
		damage_bytes(&victim->random, victim->copy, length);
	count_events(victim->copy, length);
	memcpy(victim->copy, victim->sample->bytes, length);
}

/* Damage inside of one buffer (not the header): all events of the others are counted. */
static void mutate_buffer(struct victim *victim)
{
	const struct sample *sample = victim->sample;
	uint64_t without, damaged;
	size_t buffer, at, length;

	if (sample->buffers < 3)
		return;
	buffer = 1 + random_below(&victim->random, (uint32_t)sample->buffers - 1);
	at = sample->buffer_at[buffer];
	length = sample->buffer_at[buffer + 1] - at;
	damage_bytes(&victim->random, victim->copy + at, length);
	without = victim->whole - events_in(victim, buffer);
	damaged = count_events(victim->copy, sample->length);
	if (damaged < without)
		fail_msg("%s, buffer %zu damaged: %llu events, the others have %llu", sample->name,
			 buffer, (unsigned long long)damaged, (unsigned long long)without);
	memcpy(victim->copy + at, sample->bytes + at, length);
}

static void damage(const struct sample *sample)
{
	size_t step = CUT_STEP, mutations = 2000, i;
	struct victim victim;

	if (!all()) {
		step *= sample->length / (CUT_STEP * 400) + 1;
		mutations = sample->length > LARGE_BYTES ? 10 : 150;
	}
	cut(sample, step);
	victim_init(&victim, sample);
	for (i = 0; i < mutations; i++) {
		mutate_anywhere(&victim);
		mutate_buffer(&victim);
	}
	victim_done(&victim);
	if (all()) {
		print_message("%s: %zu cuts, %zu mutations\n", sample->name,
			      (sample->length - 1) / step + 1, 2 * mutations);
		fflush(stdout);
	}
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

static void cuts_are_counted_alike_by_runs_of_their_own(void **state)
{
	struct sample sample;
	size_t step, count, i;
	uint64_t *events, *alone;
	int compressed;

	(void)state;
	for (compressed = 0; compressed < 2; compressed++) {
		struct etl_writer *writer = bench_recording_new(compressed);

		bench_recording_fill(writer, 12000);
		take_written(&sample, "written", writer);
		step = sample.length / 200;
		count = (sample.length - 1) / step + 1;
		events = new_counts(count);
		alone = new_counts(count);
		count_cuts(&sample, step, events);
		count_cuts_one_by_one(&sample, step, alone);
		for (i = 0; i < count; i++)
			assert_int_equal(events[i], alone[i]);
		munmap(events, count * sizeof(*events));
		munmap(alone, count * sizeof(*alone));
		free(sample.bytes);
	}
}

/* Mapped: what is not changed need not be copied for a child. */
static void load(const char *name, struct sample *sample)
{
	char path[600];
	struct stat status;
	void *bytes;
	int file;

	snprintf(path, sizeof(path), SHARED "/%s", name);
	snprintf(sample->name, sizeof(sample->name), "%s", name);
	file = open(path, O_RDONLY);
	assert_true(file >= 0 && fstat(file, &status) == 0);
	sample->length = (size_t)status.st_size;
	bytes = mmap(NULL, sample->length, PROT_READ, MAP_PRIVATE, file, 0);
	assert_true(bytes != MAP_FAILED);
	close(file);
	sample->bytes = bytes;
	index_buffers(sample);
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
		load(entry->d_name, &sample);
		damage(&sample);
		munmap(sample.bytes, sample.length);
	}
	closedir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_are_counted_alike_by_runs_of_their_own),
		cmocka_unit_test(the_demo_survives),
		cmocka_unit_test(written_recordings_survive),
		cmocka_unit_test(real_recordings_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
