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
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/session/session.h"
#include "tests/support/bench_measure.h"
#include "tests/support/bench_recording.h"

#define RUNS	    7
#define QUEUE_BYTES ((uint64_t)8 << 20)

struct result {
	double seconds[RUNS];
	uint64_t events;
	uint64_t allocations; /* after the first tenth of the events */
};

struct recording_kind {
	uint64_t events;
	bool compressed;
};

static struct etl_writer *make(const void *context)
{
	return bench_recording_new(((const struct recording_kind *)context)->compressed);
}

static void fill(struct etl_writer *writer, const void *context)
{
	bench_recording_fill(writer, ((const struct recording_kind *)context)->events);
}

static void write_recording(const char *path, uint64_t events, bool compressed)
{
	const struct recording_kind kind = {events, compressed};
	const struct bench_filling filling = {make, fill, &kind};

	bench_write(path, &filling);
}

static void run_bare_walk(const char *path, struct result *result, int run)
{
	double start = bench_now();

	result->events = bench_walk(path);
	result->seconds[run] = bench_now() - start;
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
	const struct session_context context = {
		.registry = registry, .families = &families, .limits = &limits};
	struct session *session;
	struct error error;

	if (event_families_add(&families, registry))
		bench_die("event_families_add");
	session = session_new(&config, &context, &error);
	if (!session) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	result->seconds[run] = bench_session(session, result->events / 10, &result->allocations);
	result->events = health_get(&session_health(session)->events);
	session_free(session);
	registry_free(registry);
}

static double rate(struct result *result)
{
	return (double)result->events / bench_median(result->seconds, RUNS) / 1e6;
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
		bench_die(plain);
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
