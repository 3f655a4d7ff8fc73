#include "exporter/tracefs/trace_instance_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/tracefs/trace_cpus_linux.h"
#include "exporter/tracefs/trace_enable_linux.h"
#include "exporter/tracefs/trace_events_version_linux.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_name.h"
#include "exporter/tracefs/trace_probe_linux.h"
#include "exporter/tracefs/trace_remove_linux.h"
#include "exporter/tracefs/trace_setup_linux.h"

struct trace_instance {
	const struct session_config *config;
	struct log *log;
	const struct stop *stop;
	int tracefs;   /* open on the directory; likewise the next */
	int directory; /* -1: not yet */
	bool made;     /* it is to be taken away at the end */
	bool reused;
	struct stat identity;
	struct trace_cpus cpus;
	char name[TRACE_NAME_SIZE];
	char system[TRACE_SYSTEM_NAME_SIZE];
	char tracefs_path[PATH_MAX];
	char path[PATH_MAX + TRACE_NAME_SIZE + 16];
};

/* Its path from tracefs' directory. */
static const char *relative_path(const struct trace_instance *instance)
{
	return instance->path + strlen(instance->tracefs_path) + 1;
}

static int take_existing(struct trace_instance *instance, struct error *error)
{
	if (instance->config->tracefs.on_exists == ON_EXISTS_FAIL)
		return error_set(error,
				 "the instance %s is there already; remove it (etw_exporter "
				 "sessions stop), or say on_exists: replace or reuse",
				 instance->path);
	instance->reused = true;
	return 0;
}

/*
 * Whoever has locked its directory has an instance for itself: of two that read it each would get a
 * part of the events. The lock ends with the process, however that ends.
 */
static int lock(const struct trace_instance *instance, int directory, struct error *error)
{
	if (!flock(directory, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return trace_file_error(error, errno, "cannot lock %s", instance->path);
	return error_set(error,
			 "cannot use the instance %s: it is in use: another etw_exporter has a "
			 "session of the same name",
			 instance->path);
}

static int open_existing(const struct trace_instance *instance)
{
	return openat(instance->tracefs, relative_path(instance),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A name that is ours is nobody else's, so what is called so may be replaced. */
static int remove_existing(const struct trace_instance *instance, struct error *error)
{
	int directory = open_existing(instance);
	int result = directory < 0 ? 0 : lock(instance, directory, error);

	if (!result)
		result = trace_remove(instance->tracefs, instance->name, error);
	if (directory >= 0)
		close(directory);
	return result;
}

static int make(struct trace_instance *instance, struct error *error)
{
	if (instance->config->tracefs.on_exists == ON_EXISTS_REPLACE &&
	    remove_existing(instance, error))
		return -1;
	if (mkdirat(instance->tracefs, relative_path(instance), 0750)) {
		if (errno == EEXIST)
			return take_existing(instance, error);
		return trace_file_error(error, errno, "cannot make %s", instance->path);
	}
	instance->made = true;
	return 0;
}

static int open_directory(struct trace_instance *instance, struct error *error)
{
	instance->directory = open_existing(instance);
	if (instance->directory < 0 || fstat(instance->directory, &instance->identity))
		return trace_file_error(error, errno, "cannot open %s", instance->path);
	if (lock(instance, instance->directory, error)) {
		instance->made = false;
		return -1;
	}
	/* A new one is on from the beginning. */
	if (!instance->reused && trace_file_write(instance->directory, "tracing_on", "0"))
		return trace_file_error(error, errno, "cannot stop tracing in %s", instance->path);
	if (trace_cpus_read(instance->directory, &instance->cpus))
		return trace_file_error(error, errno, "cannot read %s/per_cpu", instance->path);
	return 0;
}

static int set_up(struct trace_instance *instance, struct error *error)
{
	struct trace_setup setup = {instance->directory, instance->config, &instance->cpus,
				    instance->log};

	if (trace_setup(&setup, instance->reused, error))
		return -1;
	return trace_probes_add(instance->tracefs, instance->tracefs_path, instance->system,
				&instance->config->tracefs, error);
}

static int enable_providers(struct trace_instance *instance, struct error *error)
{
	const struct tracefs_config *config = &instance->config->tracefs;
	struct trace_enabling enabling = {instance->directory, instance->config->name,
					  instance->system, instance->log, instance->stop};
	int result = 0;
	size_t i;

	for (i = 0; i < config->provider_count; i++)
		if (trace_enable(&enabling, &config->providers[i], error))
			result = -1;
	return result;
}

static int begin_tracing(const struct trace_instance *instance, struct error *error)
{
	if (trace_file_write(instance->directory, "tracing_on", "1"))
		return trace_file_error(error, errno, "cannot begin tracing in %s", instance->path);
	return 0;
}

static int enable(struct trace_instance *instance, struct error *error)
{
	if (enable_providers(instance, error) || begin_tracing(instance, error)) {
		/* One that was reused may be tracing; and it stays. */
		if (instance->reused)
			trace_file_write(instance->directory, "events/enable", "0");
		return -1;
	}
	/* One that was reused stays as it is until all has worked. */
	instance->made = true;
	return 0;
}

static struct trace_instance *new_instance(const struct session_config *config, struct log *log,
					   const struct stop *stop)
{
	struct trace_instance *instance = calloc(1, sizeof(*instance));

	if (!instance)
		return NULL;
	instance->config = config;
	instance->log = log;
	instance->stop = stop;
	instance->tracefs = -1;
	instance->directory = -1;
	trace_name_instance(config->name, instance->name);
	trace_name_system(instance->name, instance->system);
	return instance;
}

static int open_instance(struct trace_instance *instance, struct error *error)
{
	instance->tracefs =
		trace_mount_open(instance->config->tracefs.mount, instance->tracefs_path, error);
	if (instance->tracefs < 0)
		return -1;
	snprintf(instance->path, sizeof(instance->path), "%s/instances/%s", instance->tracefs_path,
		 instance->name);
	return make(instance, error) || open_directory(instance, error) ||
			       set_up(instance, error) || enable(instance, error)
		       ? -1
		       : 0;
}

struct trace_instance *trace_instance_open(const struct session_config *config, struct log *log,
					   const struct stop *stop, struct error *error)
{
	struct trace_instance *instance = new_instance(config, log, stop);

	if (!instance) {
		error_set(error, "cannot make a trace instance: out of memory");
		return NULL;
	}
	if (!open_instance(instance, error))
		return instance;
	trace_instance_close(instance);
	return NULL;
}

enum presence {
	PRESENCE_NONE,
	PRESENCE_SAME,
	PRESENCE_OTHER, /* of the same name */
};

static enum presence find_presence(const struct trace_instance *instance)
{
	struct stat status;

	if (fstatat(instance->tracefs, relative_path(instance), &status, 0))
		return PRESENCE_NONE;
	return status.st_dev == instance->identity.st_dev &&
			       status.st_ino == instance->identity.st_ino
		       ? PRESENCE_SAME
		       : PRESENCE_OTHER;
}

/* Where others have removed it, the probes are still there. */
static void take_away(struct trace_instance *instance)
{
	struct error error;

	if (instance->directory >= 0) {
		trace_file_write(instance->directory, "tracing_on", "0");
		trace_file_write(instance->directory, "events/enable", "0");
		if (find_presence(instance) == PRESENCE_OTHER)
			return;
	}
	if (trace_remove(instance->tracefs, instance->name, &error))
		log_line(instance->log, LOG_WARN, "Could not take away the trace instance",
			 "session", instance->config->name, "error", error.text, NULL);
}

void trace_instance_enable_again(struct trace_instance *instance)
{
	struct error error;

	if (enable_providers(instance, &error))
		log_line(instance->log, LOG_WARN, "modules changed, and not all events are there",
			 "session", instance->config->name, "error", error.text, NULL);
}

uint16_t trace_instance_events_version(const struct trace_instance *instance)
{
	return trace_events_version(instance->directory);
}

void trace_instance_end_tracing(struct trace_instance *instance)
{
	trace_file_write(instance->directory, "tracing_on", "0");
}

void trace_instance_close(struct trace_instance *instance)
{
	if (!instance)
		return;
	if (instance->made)
		take_away(instance);
	if (instance->directory >= 0)
		close(instance->directory);
	if (instance->tracefs >= 0)
		close(instance->tracefs);
	trace_cpus_done(&instance->cpus);
	free(instance);
}

const char *trace_instance_path(const struct trace_instance *instance)
{
	return instance->path;
}

const char *trace_instance_tracefs(const struct trace_instance *instance)
{
	return instance->tracefs_path;
}

bool trace_instance_is_alive(const struct trace_instance *instance)
{
	uint64_t on = 1;

	if (find_presence(instance) != PRESENCE_SAME)
		return false;
	/* What cannot be read, as where no more files can be opened, says nothing. */
	trace_file_read_u64(instance->directory, "tracing_on", &on);
	return on == 1;
}

size_t trace_instance_cpu_count(const struct trace_instance *instance)
{
	return instance->cpus.count;
}

unsigned int trace_instance_cpu(const struct trace_instance *instance, size_t index)
{
	return instance->cpus.list[index];
}

bool trace_instance_cpu_stats(const struct trace_instance *instance, unsigned int cpu,
			      struct cpu_stats *stats)
{
	return trace_cpu_stats_read(instance->directory, cpu, stats);
}
