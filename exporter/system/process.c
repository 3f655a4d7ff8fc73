/*
 * The process_* metrics that every Prometheus client has.
 *
 * Source: Prometheus' client guidelines ("Process metrics").
 */
#include "exporter/system/process.h"

#include "exporter/exporter_metrics.h"

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
	{
		.name = "process_open_fds",
		.help = "Open file descriptors.",
		.type = METRIC_GAUGE,
	},
	{
		.name = "process_max_fds",
		.help = "How many file descriptors may be open.",
		.type = METRIC_GAUGE,
	},
};

void process_metrics_collect(struct exposition *exposition, void *context)
{
	struct process process;
	size_t i;

	(void)context;
	process_read(&process);
	const double values[] = {
		process.cpu_seconds,	process.start_seconds, process.virtual_bytes,
		process.resident_bytes, process.threads,       process.open_fds,
		process.max_fds,
	};
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (values[i] < 0)
			continue;
		exposition_family(exposition, &families[i]);
		exposition_double(exposition, NULL, values[i]);
	}
}
