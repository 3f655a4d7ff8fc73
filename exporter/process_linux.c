/*
 * The process_* metrics that every Prometheus client has, from /proc.
 *
 * Source: proc(5); names and meaning as in Prometheus' client guidelines ("Process metrics").
 */
#include "exporter/exporter_metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct process {
	double cpu_seconds;
	double start_seconds; /* Unix time */
	double virtual_bytes;
	double resident_bytes;
	double threads;
};

static const struct family_info families[] = {
	{
		.name = "process_cpu_seconds_total",
		.help = "User and system CPU time spent.",
		.type = METRIC_COUNTER,
	},
	{
		.name = "process_start_time_seconds",
		.help = "When the process was started, Unix time.",
		.type = METRIC_GAUGE,
	},
	{
		.name = "process_virtual_memory_bytes",
		.help = "Virtual memory size.",
		.type = METRIC_GAUGE,
	},
	{
		.name = "process_resident_memory_bytes",
		.help = "Resident memory size.",
		.type = METRIC_GAUGE,
	},
	{
		.name = "process_threads",
		.help = "Threads of the process.",
		.type = METRIC_GAUGE,
	},
};

static const struct family_info open_fds = {
	.name = "process_open_fds",
	.help = "Open file descriptors.",
	.type = METRIC_GAUGE,
};
static const struct family_info max_fds = {
	.name = "process_max_fds",
	.help = "How many file descriptors may be open.",
	.type = METRIC_GAUGE,
};

/* Seconds from the Epoch to the boot. */
static bool read_boot_time(double *seconds)
{
	FILE *file = fopen("/proc/stat", "re");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "btime %lf", seconds) == 1;
	fclose(file);
	return found;
}

/* /proc/self/stat: the command's name is in parentheses and may hold anything, line ends too. */
static bool read_process(struct process *process)
{
	FILE *file = fopen("/proc/self/stat", "re");
	double ticks = (double)sysconf(_SC_CLK_TCK), boot;
	unsigned long long user, system, start, virtual;
	char line[1024], *fields;
	long threads, pages;
	bool read;

	if (!file)
		return false;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	fields = strrchr(line, ')');
	if (!fields)
		return false;
	read = sscanf(fields + 1,
		      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %ld "
		      "%*d %llu %llu %ld",
		      &user, &system, &threads, &start, &virtual, &pages) == 6;
	if (!read || !read_boot_time(&boot))
		return false;
	process->cpu_seconds = (double)(user + system) / ticks;
	process->start_seconds = boot + (double)start / ticks;
	process->virtual_bytes = (double)virtual;
	process->resident_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
	process->threads = (double)threads;
	return true;
}

static void collect_fds(struct exposition *exposition)
{
	DIR *directory = opendir("/proc/self/fd");
	struct rlimit limit;
	uint64_t count = 0;
	const struct dirent *entry;

	if (directory) {
		while ((entry = readdir(directory)))
			count += entry->d_name[0] != '.';
		closedir(directory);
		exposition_family(exposition, &open_fds);
		/* Without the one that the look itself takes. */
		exposition_u64(exposition, NULL, count ? count - 1 : 0);
	}
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		exposition_family(exposition, &max_fds);
		exposition_u64(exposition, NULL, limit.rlim_cur);
	}
}

void process_metrics_collect(struct exposition *exposition, void *context)
{
	struct process process;
	double values[sizeof(families) / sizeof(families[0])];
	size_t i;

	(void)context;
	if (read_process(&process)) {
		values[0] = process.cpu_seconds;
		values[1] = process.start_seconds;
		values[2] = process.virtual_bytes;
		values[3] = process.resident_bytes;
		values[4] = process.threads;
		for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
			exposition_family(exposition, &families[i]);
			exposition_double(exposition, NULL, values[i]);
		}
	}
	collect_fds(exposition);
}
