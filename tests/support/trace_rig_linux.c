#include "tests/support/trace_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_remove_linux.h"

const char *trace_rig_session(const char *name)
{
	static char session[128];

	snprintf(session, sizeof(session), "t%d_%s", getpid(), name);
	return session;
}

static struct config *parse(const char *name, const char *lines)
{
	struct problems problems;
	struct config *config;
	char text[4096];

	snprintf(text, sizeof(text), "sessions:\n- name: %s\n  source: tracefs\n%s",
		 trace_rig_session(name), lines);
	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (!config)
		fail_msg("%s", problems.list[0].text);
	problems_done(&problems);
	return config;
}

void trace_rig_open(struct trace_rig *rig, const char *name, const char *lines)
{
	*rig = (struct trace_rig){.config = parse(name, lines)};
	rig->out = open_memstream(&rig->log, &rig->log_length);
	rig->logger = log_new(rig->out, LOG_DEBUG, LOG_LOGFMT);
	rig->instance =
		trace_instance_open(&rig->config->sessions[0], rig->logger, NULL, &rig->error);
	fflush(rig->out);
}

void trace_rig_must_open(struct trace_rig *rig, const char *name, const char *lines)
{
	trace_rig_open(rig, name, lines);
	if (!rig->instance)
		fail_msg("%s", rig->error.text);
}

void trace_rig_close(struct trace_rig *rig)
{
	trace_instance_close(rig->instance);
	config_free(rig->config);
	log_free(rig->logger);
	fclose(rig->out);
	if (rig->log_length)
		print_message("%s", rig->log);
	free(rig->log);
	*rig = (struct trace_rig){.config = NULL};
}

struct cpu_stats trace_rig_stats(const struct trace_rig *rig)
{
	struct cpu_stats all = {0}, one;
	size_t i;

	for (i = 0; i < trace_instance_cpu_count(rig->instance); i++) {
		assert_true(trace_instance_cpu_stats(rig->instance,
						     trace_instance_cpu(rig->instance, i), &one));
		all.entries += one.entries;
		all.overrun += one.overrun;
		all.bytes += one.bytes;
		all.dropped_events += one.dropped_events;
		all.read_events += one.read_events;
	}
	return all;
}

static unsigned int count_names(int tracefs, const char *folder, const char *beginning)
{
	struct trace_names names;
	unsigned int count = 0;
	size_t i;

	assert_int_equal(trace_names_read(tracefs, folder, &names), 0);
	for (i = 0; i < names.count; i++)
		count += strncmp(names.list[i], beginning, strlen(beginning)) == 0;
	trace_names_done(&names);
	return count;
}

unsigned int trace_rig_left(void)
{
	char path[PATH_MAX], beginning[64];
	struct error error;
	int tracefs = trace_mount_open(false, path, &error);
	unsigned int count;

	assert_true(tracefs >= 0);
	snprintf(beginning, sizeof(beginning), "etw_exporter_t%d_", getpid());
	count = count_names(tracefs, "instances", beginning) +
		count_names(tracefs, "events", beginning);
	close(tracefs);
	return count;
}

void trace_rig_remove_left(void)
{
	char path[PATH_MAX], beginning[64];
	struct trace_names names = {NULL, 0};
	struct error error;
	int tracefs = trace_mount_open(false, path, &error);
	size_t i;

	snprintf(beginning, sizeof(beginning), "etw_exporter_t%d_", getpid());
	if (tracefs >= 0 && !trace_names_read(tracefs, "instances", &names))
		for (i = 0; i < names.count; i++)
			if (strncmp(names.list[i], beginning, strlen(beginning)) == 0)
				trace_remove(tracefs, names.list[i], &error);
	trace_names_done(&names);
	if (tracefs >= 0)
		close(tracefs);
}
