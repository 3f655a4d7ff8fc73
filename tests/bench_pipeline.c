/*
 * The benchmark of the pipeline: events per second from a recording on disk to the counters.
 *
 * usage: bench_pipeline [MILLIONS OF EVENTS] [DIRECTORY]
 *
 * Prints, from one run: a bare walk, which only reads the file and steps from record to record (the
 * limit); the whole pipeline, a session with its two threads that counts by provider and event ID;
 * and the same for a compressed recording. Each is run several times in turn; the medians are
 * compared.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exporter/bytes.h"
#include "exporter/record/etl.h"
#include "exporter/session.h"
#include "tests/support/bench_recording.h"

#define RUNS	    7
#define BLOCK_BYTES ((size_t)256 << 10)
#define QUEUE_BYTES ((uint64_t)8 << 20)

struct result {
	double seconds[RUNS];
	uint64_t events;
	uint64_t allocations; /* after the first tenth of the events */
};

static _Atomic uint64_t allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
	allocations++;
	return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	allocations++;
	return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	allocations++;
	return __real_realloc(old, bytes);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* In a process of its own, so that this one's memory is the pipeline's alone. */
static void write_recording(const char *path, uint64_t events, bool compressed)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		die("fork");
	if (child == 0) {
		struct etl_writer *writer = bench_recording_new(compressed);
		const uint8_t *bytes;
		size_t length;

		bench_recording_fill(writer, events);
		bytes = etl_writer_finish(writer, &length);
		etl_save(path, bytes, length);
		_exit(0);
	}
	if (waitpid(child, &status, 0) < 0 || status != 0)
		exit(1);
}

/* The least that any reader has to do. */
static uint64_t walk_buffer(const uint8_t *buffer)
{
	uint32_t end = le32(buffer + 0x30);
	uint32_t at = ETL_BUFFER_HEADER_BYTES;
	uint64_t records = 0;

	while (at + 8 <= end) {
		const uint8_t *record = buffer + at;
		uint8_t type = record[2];
		bool size_at_4 = type <= 4 || type == 0x10 || type == 0x11;
		uint16_t size = le16(record + (size_at_4 ? 4 : 0));

		if (!(record[3] & 0x80) || size < 8)
			break;
		at += (size + 7u) & ~7u;
		records++;
	}
	return records;
}

static uint64_t bare_walk(const char *path)
{
	static uint8_t block[BLOCK_BYTES];
	int fd = open(path, O_RDONLY);
	uint64_t records = 0;
	ssize_t got;

	if (fd < 0)
		die(path);
	/* The recording's buffers are 64 KiB: a block holds whole ones. */
	while ((got = read(fd, block, sizeof(block))) > 0)
		for (ssize_t at = 0; at < got; at += le32(block + at))
			records += walk_buffer(block + at);
	close(fd);
	return records;
}

static void run_bare_walk(const char *path, struct result *result, int run)
{
	double start = now();

	result->events = bare_walk(path);
	result->seconds[run] = now() - start;
}

/* A whole session, as the exporter runs it. */
static void run_pipeline(char *path, struct result *result, int run)
{
	static char name[] = "bench", source[] = "etl";
	const struct session_config config = {.name = name,
					      .source = source,
					      .paths = &path,
					      .path_count = 1,
					      .queue_bytes = QUEUE_BYTES};
	const struct limits_config limits = {.series = 100000, .event_types = 65536, .files = 1};
	const struct registry_limits registry_limits = {.series = 100000, .label_bytes = 128};
	struct registry *registry = registry_new(&registry_limits);
	struct event_families families;
	struct session_context context = {registry, &families, &limits, NULL};
	struct session *session;
	struct error error;
	uint64_t tenth = result->events / 10, before;
	double start;

	if (event_families_add(&families, registry))
		die("event_families_add");
	session = session_new(&config, &context, &error);
	start = now();
	if (!session || session_start(session, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	while (health_get(&session_health(session)->events) < tenth)
		sched_yield();
	before = allocations;
	session_join(session, NULL);
	result->seconds[run] = now() - start;
	result->allocations = allocations - before;
	result->events = health_get(&session_health(session)->events);
	session_free(session);
	registry_free(registry);
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double rate(struct result *result)
{
	qsort(result->seconds, RUNS, sizeof(result->seconds[0]), compare);
	return (double)result->events / result->seconds[RUNS / 2] / 1e6;
}

static void print(const char *what, struct result *result, double reference)
{
	double median = rate(result);

	printf("%-34s %8.1f M events/s  (%.1f to %.1f)", what, median,
	       (double)result->events / result->seconds[RUNS - 1] / 1e6,
	       (double)result->events / result->seconds[0] / 1e6);
	if (reference > 0)
		printf("  %.2f of the bare walk", median / reference);
	printf("\n");
}

static long resident_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
	uint64_t events = 1000000 * (argc > 1 ? strtoull(argv[1], NULL, 10) : 10);
	const char *directory = argc > 2 ? argv[2] : "/tmp";
	char plain[4096], compressed[4096];
	struct result walk = {.events = 0}, counted = {.events = events},
		      inflated = {.events = events};
	struct stat status;
	double reference;

	snprintf(plain, sizeof(plain), "%s/bench-%ld.etl", directory, (long)getpid());
	snprintf(compressed, sizeof(compressed), "%s/bench-%ld-compressed.etl", directory,
		 (long)getpid());
	write_recording(plain, events, false);
	write_recording(compressed, events, true);
	if (stat(plain, &status))
		die(plain);
	printf("%" PRIu64 " events, 9 providers, %.0f bytes a record, %.2f GiB\n", events,
	       (double)status.st_size / (double)events,
	       (double)status.st_size / (double)(1u << 30));
	for (int run = 0; run < RUNS; run++) {
		run_bare_walk(plain, &walk, run);
		run_pipeline(plain, &counted, run);
		run_pipeline(compressed, &inflated, run);
	}
	reference = rate(&walk);
	print("bare walk", &walk, 0);
	print("counted by provider and event ID", &counted, reference);
	print("likewise, compressed recording", &inflated, 0);
	printf("allocations after the first tenth of the events: %" PRIu64 "\n",
	       counted.allocations);
	printf("peak resident memory: %.1f MiB, of them the queue %.1f MiB at most\n",
	       (double)resident_kib() / 1024, (double)QUEUE_BYTES / (1 << 20));
	unlink(plain);
	unlink(compressed);
	return counted.events == inflated.events ? 0 : 1;
}
