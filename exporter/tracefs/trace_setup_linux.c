#include "exporter/tracefs/trace_setup_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/nearest.h"
#include "config/units.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_pids_linux.h"

#define WORDS_MAX (CPUS_MAX / 32)

/* In KiB, rounded up, as the files of sizes want it. */
static int write_kib(int directory, const char *file, uint64_t bytes)
{
	char number[32];

	snprintf(number, sizeof(number), "%" PRIu64, (bytes + 1023) / 1024);
	return trace_file_write(directory, file, number);
}

static void warn(const struct trace_setup *setup, const char *message, const char *key)
{
	log_line(setup->log, LOG_WARN, message, "session", setup->config->name, "key", key, NULL);
}

/*
 * Each sub-buffer costs the reader a call, so large ones are better; but there must be enough of
 * them that little is lost with the oldest.
 */
#define SUBBUFFER_BYTES (UINT64_C(64) << 10)
#define SUBBUFFERS_MIN	16

/* As nobody said how large: as large as is good. Where the kernel refuses, it keeps its own. */
static void choose_subbuffer(const struct trace_setup *setup)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), bytes = SUBBUFFER_BYTES;

	while (bytes > page && bytes * SUBBUFFERS_MIN > setup->config->tracefs.buffers.size_bytes)
		bytes /= 2;
	if (bytes > page && trace_file_exists(setup->directory, "buffer_subbuf_size_kb"))
		write_kib(setup->directory, "buffer_subbuf_size_kb", bytes);
}

/* buffer_subbuf_size_write() in kernel/trace/trace.c. */
#define SUBBUFFER_PAGES_MAX 128

static int subbuffer_refused(uint64_t bytes, int code, struct error *error)
{
	uint64_t most = SUBBUFFER_PAGES_MAX * (uint64_t)sysconf(_SC_PAGESIZE);
	struct unit_text size, most_size;

	if (code != EINVAL || bytes <= most)
		return trace_file_error(error, code, "cannot have sub-buffers of %s",
					unit_format(&unit_sizes, bytes, &size));
	return error_set(error,
			 "cannot have sub-buffers of %s: this kernel has them up to %d pages, "
			 "which are %s",
			 unit_format(&unit_sizes, bytes, &size), SUBBUFFER_PAGES_MAX,
			 unit_format(&unit_sizes, most, &most_size));
}

/* Since Linux 6.8. */
static int set_subbuffer(const struct trace_setup *setup, bool reused, struct error *error)
{
	uint64_t bytes = setup->config->tracefs.buffers.subbuffer_bytes;

	if (!bytes && !reused)
		choose_subbuffer(setup);
	if (!bytes)
		return 0;
	if (!trace_file_exists(setup->directory, "buffer_subbuf_size_kb")) {
		warn(setup, "This kernel cannot change the size of sub-buffers; it keeps its own",
		     "buffers.subbuffer");
		return 0;
	}
	if (write_kib(setup->directory, "buffer_subbuf_size_kb", bytes))
		return subbuffer_refused(bytes, errno, error);
	return 0;
}

/* UINT64_MAX: not known. */
static uint64_t available_bytes(void)
{
	static const char label[] = "\nMemAvailable:";
	char text[4096], *at = NULL;

	if (trace_file_read(AT_FDCWD, "/proc/meminfo", text, sizeof(text)) > 0)
		at = strstr(text, label);
	return at ? strtoull(at + sizeof(label) - 1, NULL, 10) << 10 : UINT64_MAX;
}

/*
 * The kernel compares the number of sub-buffers with that of free pages (__rb_allocate_pages() in
 * kernel/trace/ring_buffer.c): where sub-buffers are larger it takes all the memory that there is.
 */
static int check_memory(const struct trace_setup *setup, uint64_t cpus, struct error *error)
{
	uint64_t bytes = setup->config->tracefs.buffers.size_bytes, kib = 0;
	uint64_t available = available_bytes();
	struct unit_text size, rest;

	trace_file_read_u64(setup->directory, "buffer_total_size_kb", &kib);
	if (bytes <= available / cpus || bytes * cpus <= available + (kib << 10))
		return 0;
	return error_set(error,
			 "cannot have a buffer of %s for each of %" PRIu64 " CPUs: this machine "
			 "has %s of memory available",
			 unit_format(&unit_sizes, bytes, &size), cpus,
			 unit_format(&unit_sizes, available >> 20 << 20, &rest));
}

static int set_size(const struct trace_setup *setup, struct error *error)
{
	uint64_t bytes = setup->config->tracefs.buffers.size_bytes;
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t cpus = online > 0 ? (uint64_t)online : 1;
	struct unit_text size;

	if (check_memory(setup, cpus, error))
		return -1;
	if (write_kib(setup->directory, "buffer_size_kb", bytes))
		return trace_file_error(error, errno,
					"cannot have a buffer of %s for each of %" PRIu64 " CPUs",
					unit_format(&unit_sizes, bytes, &size), cpus);
	return 0;
}

/* Since Linux 5.0. */
static int set_percent(const struct trace_setup *setup, struct error *error)
{
	uint64_t percent = setup->config->tracefs.buffers.percent;
	char number[32];

	if (!trace_file_exists(setup->directory, "buffer_percent")) {
		warn(setup, "This kernel wakes its reader as it likes", "buffers.percent");
		return 0;
	}
	snprintf(number, sizeof(number), "%" PRIu64, percent);
	if (trace_file_write(setup->directory, "buffer_percent", number))
		return trace_file_error(error, errno, "cannot set buffer_percent to %s", number);
	return 0;
}

/* The names in `local [global] boot`; the chosen one without its brackets. */
struct clocks {
	char text[512];
	const char *names[64];
	size_t count;
	size_t chosen; /* `count`: none */
};

static const char *clock_name(size_t i, const void *context)
{
	const struct clocks *clocks = context;

	return i < clocks->count ? clocks->names[i] : NULL;
}

static int read_clocks(int directory, struct clocks *clocks, struct error *error)
{
	char *rest = clocks->text, *word;

	clocks->count = 0;
	clocks->chosen = sizeof(clocks->names) / sizeof(clocks->names[0]);
	if (trace_file_read(directory, "trace_clock", clocks->text, sizeof(clocks->text)) < 0)
		return trace_file_error(error, errno, "cannot read trace_clock");
	while (clocks->count < sizeof(clocks->names) / sizeof(clocks->names[0]) &&
	       (word = strsep(&rest, " "))) {
		if (word[0] == '[') {
			word++;
			word[strcspn(word, "]")] = '\0';
			clocks->chosen = clocks->count;
		}
		clocks->names[clocks->count++] = word;
	}
	return 0;
}

static int unknown_clock(const struct clocks *clocks, const char *wanted, struct error *error)
{
	size_t near = nearest(wanted, clock_name, clocks), i, used = 0;
	char list[300] = "";

	for (i = 0; i < clocks->count && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, " %s", clocks->names[i]);
	return error_set(error, "this kernel has no clock \"%s\"%s%s%s; its clocks are:%s", wanted,
			 near != NEAREST_NONE ? ", did you mean \"" : "",
			 near != NEAREST_NONE ? clocks->names[near] : "",
			 near != NEAREST_NONE ? "\"?" : "", list);
}

/* Setting a clock empties the buffers, even where it is the same. */
static int set_clock(const struct trace_setup *setup, struct error *error)
{
	const char *wanted = setup->config->tracefs.clock;
	struct clocks clocks;
	size_t i = 0;

	if (read_clocks(setup->directory, &clocks, error))
		return -1;
	while (i < clocks.count && strcmp(clocks.names[i], wanted) != 0)
		i++;
	if (i == clocks.count)
		return unknown_clock(&clocks, wanted, error);
	if (i != clocks.chosen && trace_file_write(setup->directory, "trace_clock", wanted))
		return trace_file_error(error, errno, "cannot set the clock %s", wanted);
	return 0;
}

static bool has_cpu(const struct trace_cpus *cpus, unsigned int cpu)
{
	size_t i;

	for (i = 0; i < cpus->count; i++)
		if (cpus->list[i] == cpu)
			return true;
	return false;
}

static int check_cpus(const struct trace_setup *setup, struct error *error)
{
	const struct cpu_mask *mask = &setup->config->tracefs.cpus;
	unsigned int cpu;

	for (cpu = 0; cpu < mask->count * 32; cpu++)
		if ((mask->words[cpu / 32] >> cpu % 32 & 1) && !has_cpu(setup->cpus, cpu))
			return error_set(error,
					 "cpus names CPU %u, which this machine does not have: it "
					 "has %zu, the last of which is %u",
					 cpu, setup->cpus->count,
					 setup->cpus->list[setup->cpus->count - 1]);
	return 0;
}

/* Words of 8 hexadecimal digits, the highest first (bitmap_parse_user()). */
static int write_mask(const struct trace_setup *setup, const uint32_t *words, size_t count,
		      struct error *error)
{
	char text[WORDS_MAX * 9 + 1];
	size_t used = 0;

	text[0] = '\0';
	while (count--)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 used ? ",%08" PRIx32 : "%" PRIx32, words[count]);
	if (trace_file_write(setup->directory, "tracing_cpumask", text))
		return trace_file_error(error, errno, "cannot trace the CPUs of the mask %.100s",
					text);
	return 0;
}

static int set_cpus(const struct trace_setup *setup, bool reused, struct error *error)
{
	const struct cpu_mask *mask = &setup->config->tracefs.cpus;
	uint32_t all[WORDS_MAX] = {0};
	size_t i, count = 0;

	if (mask->count)
		return check_cpus(setup, error) ||
				       write_mask(setup, mask->words, mask->count, error)
			       ? -1
			       : 0;
	if (!reused)
		return 0;
	for (i = 0; i < setup->cpus->count; i++) {
		unsigned int cpu = setup->cpus->list[i];

		all[cpu / 32] |= (uint32_t)1 << cpu % 32;
		count = cpu / 32 + 1;
	}
	return write_mask(setup, all, count, error);
}

/* An instance begins with the options that the top-level buffer has at the time. */
static int set_option(const struct trace_setup *setup, const char *option, bool on,
		      struct error *error)
{
	char path[64];

	snprintf(path, sizeof(path), "options/%s", option);
	if (trace_file_write(setup->directory, path, on ? "1" : "0"))
		return trace_file_error(error, errno, "cannot set the option %s", option);
	return 0;
}

static int take_away_filters(const struct trace_setup *setup, struct error *error)
{
	struct trace_names systems;
	char path[TRACE_PATH_SIZE];
	size_t i;

	if (trace_names_read(setup->directory, "events", &systems))
		return trace_file_error(error, errno, "cannot read the folder events of tracefs");
	for (i = 0; i < systems.count; i++) {
		snprintf(path, sizeof(path), "events/%s/filter", systems.list[i]);
		/* Systems that cannot be filtered have no such file, or refuse. */
		trace_file_write(setup->directory, path, "0");
	}
	trace_names_done(&systems);
	return 0;
}

static int reset(const struct trace_setup *setup, struct error *error)
{
	if (trace_file_write(setup->directory, "events/enable", "0"))
		return trace_file_error(error, errno, "cannot disable the instance's events");
	if (trace_file_replace(setup->directory, "set_event_pid", ""))
		return trace_file_error(error, errno, "cannot empty set_event_pid");
	return take_away_filters(setup, error);
}

int trace_setup(const struct trace_setup *setup, bool reused, struct error *error)
{
	if ((reused && reset(setup, error)) || set_subbuffer(setup, reused, error) ||
	    set_size(setup, error) || set_percent(setup, error) || set_clock(setup, error) ||
	    set_cpus(setup, reused, error) || set_option(setup, "overwrite", true, error) ||
	    set_option(setup, "event-fork", setup->config->tracefs.children, error))
		return -1;
	return trace_pids_add(setup->directory, &setup->config->tracefs.pids, error);
}
