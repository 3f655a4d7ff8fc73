/*
 * The benchmark of rules: events per second from a recording on disk to series of their fields.
 *
 * usage: bench_rules [MILLIONS OF EVENTS] [DIRECTORY] [CASE]
 *
 * Each case is a rule that takes every event of a recording of its own. Of each, in turn and
 * several times: the bare walk; a whole session with its two threads; and one thread alone that
 * reads blocks and hands them to the aggregator, of which only the aggregator's CPU time is
 * counted. That is how fast one aggregator thread can be, whatever else the machine does. The
 * medians are shown.
 *
 * With the number of a case, from 0, it is run once, in that one thread, and nothing is printed:
 * for callgrind, with --toggle-collect=aggregator_feed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config/config.h"
#include "exporter/aggregator/aggregator.h"
#include "exporter/decoder/manifest_files.h"
#include "exporter/rule/rule_set.h"
#include "exporter/session/session.h"
#include "tests/support/bench_measure.h"
#include "tests/support/rules_recording.h"

#define RUNS	   7
#define PATH_BYTES 4096

/* By name: of providers that a pattern means it is not known before whether manifests have them. */
#define PROVIDERS \
	"[Rules-1, Rules-2, Rules-3, Rules-4, Rules-5, Rules-6, Rules-7, Rules-8, Rules-9]"
#define BUCKETS "    buckets: {exponential: {start: 0.0000001, factor: 2, count: 26}}\n"

struct bench_case {
	const char *name;
	enum rules_kind kind;
	size_t series;
	const char *rule; /* what is in `metrics:` */
};

static const struct bench_case cases[] = {
	{"no rule", RULES_NUMBERS, 0, ""},
	{"two integer labels", RULES_NUMBERS, RULES_SERIES,
	 "metrics:\n"
	 "  - name: io_total\n"
	 "    help: Events by two numbers.\n"
	 "    type: counter\n"
	 "    match: {provider: " PROVIDERS "}\n"
	 "    labels: {disk: Disk, queue: Queue}\n"},
	{"text label, histogram", RULES_TEXT, RULES_NAMES,
	 "metrics:\n"
	 "  - name: request_seconds\n"
	 "    help: Durations by a text.\n"
	 "    type: histogram\n"
	 "    match: {provider: " PROVIDERS "}\n"
	 "    value: {field: Duration, scale: 0.0000001}\n" BUCKETS "    labels: {name: Name}\n"},
	{"pairs, 10000 open", RULES_PAIRS, 8,
	 "metrics:\n"
	 "  - name: io_seconds\n"
	 "    help: Time from start to end.\n"
	 "    type: histogram\n"
	 "    match: {provider: " PROVIDERS ", id: [2, 4, 6]}\n"
	 "    pair: {start: {id: [1, 3, 5]}, key: Irp}\n" BUCKETS "    labels: {disk: Disk}\n"},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

struct result {
	double walk[RUNS], session[RUNS], alone[RUNS];	 /* seconds */
	uint64_t session_allocations, alone_allocations; /* after the first tenth of the events */
};

struct bench {
	const struct bench_case *which;
	uint64_t events;
	char recording[PATH_BYTES], manifest[PATH_BYTES];
	struct config *config;
	struct manifests *manifests;
};

/* What is counted into; anew for each run. */
struct counted {
	struct registry *registry;
	struct event_families families;
	struct rule_set *rules;
};

static void fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static struct etl_writer *make(const void *context)
{
	(void)context;
	return rules_recording_new();
}

static void fill(struct etl_writer *writer, const void *context)
{
	const struct bench *bench = context;

	rules_recording_fill(writer, bench->which->kind, bench->events);
}

static void load_config(struct bench *bench)
{
	struct problems problems;
	char text[2 * PATH_BYTES];
	int length = snprintf(text, sizeof(text), "sessions: [{name: bench, path: '%s'}]\n%s",
			      bench->recording, bench->which->rule);

	problems_init(&problems);
	bench->config = config_parse_text("bench", text, (size_t)length, &problems);
	problems_done(&problems);
	if (!bench->config)
		fail("the configuration is wrong");
}

static void bench_open(struct bench *bench, const char *directory)
{
	const struct bench_filling filling = {make, fill, bench};
	const char *manifest = bench->manifest;
	struct problems notes;
	struct error error;

	snprintf(bench->recording, PATH_BYTES, "%s/bench-%ld.etl", directory, (long)getpid());
	snprintf(bench->manifest, PATH_BYTES, "%s/bench-%ld.man", directory, (long)getpid());
	bench_write(bench->recording, &filling);
	rules_recording_manifest(manifest, bench->which->kind);
	load_config(bench);
	problems_init(&notes);
	bench->manifests = manifest_files_load(&manifest, 1, &notes, &error);
	problems_done(&notes);
	if (!bench->manifests)
		fail(error.text);
}

static void bench_close(struct bench *bench)
{
	manifests_free(bench->manifests);
	config_free(bench->config);
	unlink(bench->recording);
	unlink(bench->manifest);
}

static void counted_init(struct counted *counted, const struct bench *bench)
{
	const struct registry_limits limits = {.series = 100000, .label_bytes = 128};

	counted->registry = registry_new(&limits);
	if (!counted->registry || event_families_add(&counted->families, counted->registry))
		bench_die("registry_new");
	counted->rules = rule_set_new(bench->config, counted->registry);
	if (!counted->rules)
		bench_die("rule_set_new");
}

static void counted_done(struct counted *counted)
{
	registry_free(counted->registry);
	rule_set_free(counted->rules);
}

/* A figure of something else than what was to be counted would say nothing. */
static void check(const struct bench *bench, const struct counted *counted,
		  const struct rules *rules)
{
	bool pairs = bench->which->kind == RULES_PAIRS;
	uint64_t ended = (bench->events - RULES_OPEN) / 2;
	const struct rule *rule;

	if (!bench->which->series)
		return;
	rule = rules_rule(rules, 0);
	for (int error = 0; error < RULE_ERROR_COUNT; error++)
		if (rule->health.errors[error])
			fail(rule_error_name((enum rule_error)error));
	if (rule->health.matched != (pairs ? ended : bench->events) ||
	    rule->health.pairs.matched != (pairs ? ended : 0) ||
	    family_series(counted->rules->rules[0].family) != bench->which->series)
		fail("the rule has not counted what it should have");
}

static void run_session(struct bench *bench, struct result *result, int run)
{
	struct counted counted;
	const struct session_context context = {
		.families = &counted.families,
		.manifests = bench->manifests,
		.limits = &bench->config->limits,
	};
	struct session_context complete = context;
	struct session *session;
	struct error error;

	counted_init(&counted, bench);
	complete.registry = counted.registry;
	complete.rules = counted.rules;
	session = session_new(&bench->config->sessions[0], &complete, &error);
	if (!session)
		fail(error.text);
	result->session[run] =
		bench_session(session, bench->events / 10, &result->session_allocations);
	check(bench, &counted, session_rules(session));
	session_free(session);
	counted_done(&counted);
}

/* The CPU time of all aggregator_feed() together. */
static double feed_file(struct aggregator *aggregator, const struct session_health *health,
			uint64_t warm, const char *path, uint64_t *allocated)
{
	static uint8_t block[BENCH_BLOCK_BYTES];
	struct trace_buffer buffer = {.bytes = block, .recording = recording_new()};
	int fd = open(path, O_RDONLY);
	double seconds = 0;
	ssize_t got;

	if (fd < 0)
		bench_die(path);
	*allocated = 0;
	while ((got = read(fd, block, sizeof(block))) > 0) {
		uint64_t before = bench_allocations();
		double start = bench_thread_seconds();

		buffer.length = (size_t)got;
		aggregator_feed(aggregator, &buffer);
		seconds += bench_thread_seconds() - start;
		if (health_get(&health->events) > warm)
			*allocated += bench_allocations() - before;
	}
	close(fd);
	buffer.length = 0;
	buffer.flags = TRACE_BUFFER_RECORDING_END;
	aggregator_feed(aggregator, &buffer);
	return seconds;
}

static void run_alone(struct bench *bench, struct result *result, int run)
{
	struct session_health health;
	struct aggregator_config config = {
		.session = "bench",
		.event_types_limit = bench->config->limits.event_types,
		.manifests = bench->manifests,
		.health = &health,
	};
	struct aggregator *aggregator;
	struct counted counted;

	session_health_init(&health);
	counted_init(&counted, bench);
	config.registry = counted.registry;
	config.families = &counted.families;
	config.rules = counted.rules;
	aggregator = aggregator_new(&config);
	if (!aggregator)
		bench_die("aggregator_new");
	result->alone[run] = feed_file(aggregator, &health, bench->events / 10, bench->recording,
				       &result->alone_allocations);
	check(bench, &counted, aggregator_rules(aggregator));
	aggregator_free(aggregator);
	counted_done(&counted);
}

static void run_walk(const struct bench *bench, struct result *result, int run)
{
	double start = bench_now();

	if (bench_walk(bench->recording) < bench->events)
		fail("the recording is too short");
	result->walk[run] = bench_now() - start;
}

static void print(const struct bench *bench, struct result *result)
{
	double events = (double)bench->events / 1e6;
	double walk = bench_median(result->walk, RUNS);
	double session = bench_median(result->session, RUNS);
	double alone = bench_median(result->alone, RUNS);

	printf("%-24s %8.1f %8.1f (%.1f to %.1f) %6.2f %10.1f (%.1f to %.1f) %6" PRIu64 " %6" PRIu64
	       "\n",
	       bench->which->name, events / walk, events / session,
	       events / result->session[RUNS - 1], events / result->session[0], walk / session,
	       events / alone, events / result->alone[RUNS - 1], events / result->alone[0],
	       result->session_allocations, result->alone_allocations);
}

static void run_case(struct bench *bench)
{
	struct result result;

	for (int run = 0; run < RUNS; run++) {
		run_walk(bench, &result, run);
		run_session(bench, &result, run);
		run_alone(bench, &result, run);
	}
	print(bench, &result);
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.events = (uint64_t)(1e6 * (argc > 1 ? strtod(argv[1], NULL) : 5)),
	};
	const char *directory = argc > 2 ? argv[2] : "/tmp";
	size_t only = argc > 3 ? strtoul(argv[3], NULL, 10) : CASES;
	struct result result;

	/* Whole pairs behind those that stay open. */
	bench.events += bench.events & 1;
	if (bench.events <= RULES_OPEN || (argc > 3 && only >= CASES))
		fail("usage: bench_rules [MILLIONS OF EVENTS] [DIRECTORY] [CASE]");
	if (only == CASES)
		printf("%" PRIu64 " events, 9 providers; M events/s of: bare walk, session, that "
		       "of the bare walk, aggregator thread alone; allocations of both after the "
		       "first tenth\n",
		       bench.events);
	for (size_t i = 0; i < CASES; i++) {
		if (only < CASES && only != i)
			continue;
		bench.which = &cases[i];
		bench_open(&bench, directory);
		if (only < CASES)
			run_alone(&bench, &result, 0);
		else
			run_case(&bench);
		bench_close(&bench);
	}
	return 0;
}
