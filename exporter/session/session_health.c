#include "exporter/session/session_health.h"

#include <string.h>

#include "exporter/record/log_file_mode.h"

const char *session_state_name(enum session_state state)
{
	static const char *const names[] = {
		[SESSION_STARTING] = "starting", [SESSION_RUNNING] = "running",
		[SESSION_WAITING] = "waiting",	 [SESSION_FINISHED] = "finished",
		[SESSION_FAILED] = "failed",	 [SESSION_STOPPED] = "stopped",
	};

	return names[state];
}

const char *loss_sign_name(enum loss_sign sign)
{
	static const char *const names[] = {
		[LOSS_SIGN_EVENTS_LOST_FLAG] = "events_lost_flag",
		[LOSS_SIGN_BUFFER_LOST_FLAG] = "buffer_lost_flag",
		[LOSS_SIGN_LOST_EVENT] = "lost_event",
		[LOSS_SIGN_LOST_BUFFER] = "lost_buffer",
		[LOSS_SIGN_LOST_FILE] = "lost_file",
		[LOSS_SIGN_MISSED_EVENTS] = "missed_events",
		[LOSS_SIGN_UNDELIVERED] = "undelivered",
	};

	return names[sign];
}

const char *ring_loss_name(enum ring_loss reason)
{
	static const char *const names[] = {
		[RING_LOSS_OVERRUN] = "overrun",
		[RING_LOSS_COMMIT_OVERRUN] = "commit_overrun",
		[RING_LOSS_DROPPED] = "dropped",
	};

	return names[reason];
}

const char *schema_lookup_name(enum schema_lookup result)
{
	static const char *const names[] = {
		[SCHEMA_LOOKUP_FOUND] = "found",
		[SCHEMA_LOOKUP_UNKNOWN] = "unknown",
		[SCHEMA_LOOKUP_FAILED] = "failed",
		[SCHEMA_LOOKUP_PUT_OFF] = "put_off",
	};

	return names[result];
}

const char *buffer_loss_name(enum buffer_loss loss)
{
	static const char *const names[] = {
		[BUFFER_LOSS_LOG_FILE] = "log_file",
		[BUFFER_LOSS_REAL_TIME] = "real_time",
	};

	return names[loss];
}

uint32_t session_mode_bit(enum session_mode mode)
{
	static const uint32_t bits[] = {
		[SESSION_MODE_REAL_TIME] = LOG_FILE_MODE_REAL_TIME,
		[SESSION_MODE_INDEPENDENT] = LOG_FILE_MODE_INDEPENDENT,
		[SESSION_MODE_SYSTEM_LOGGER] = LOG_FILE_MODE_SYSTEM_LOGGER,
		[SESSION_MODE_PERSISTENT] = LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN,
		[SESSION_MODE_NO_CPU_BUFFERS] = LOG_FILE_MODE_NO_CPU_BUFFERS,
	};

	return bits[mode];
}

const char *session_mode_name(enum session_mode mode)
{
	return log_file_mode_name(session_mode_bit(mode));
}

void session_health_stopped(struct session_health *health, uint32_t pid)
{
	struct stopper *row = health->stoppers;

	while (row < &health->stoppers[STOPPERS_MAX - 1] && atomic_load(&row->count) &&
	       atomic_load(&row->pid) != pid)
		row++;
	atomic_store(&row->pid, pid);
	health_add(&row->count, 1);
}

const char *file_change_name(enum file_change change)
{
	static const char *const names[] = {
		[FILE_CHANGE_SHRUNK] = "shrunk",
		[FILE_CHANGE_REPLACED] = "replaced",
		[FILE_CHANGE_DISAPPEARED] = "disappeared",
	};

	return names[change];
}

void session_health_init(struct session_health *health)
{
	memset(health, 0, sizeof(*health));
	atomic_store(&health->first_event_time, NO_TIME);
	atomic_store(&health->last_event_time, NO_TIME);
	atomic_store(&health->lag_ns, NO_TIME);
}

void session_health_go_on(struct session_health *to, const struct session_health *from)
{
	size_t i;

	memcpy(to, from, sizeof(*to));
	atomic_store(&to->state, SESSION_STARTING);
	atomic_store(&to->events_waiting, 0);
	atomic_store(&to->ring_bytes, 0);
	atomic_store(&to->trace_buffers, 0);
	atomic_store(&to->trace_buffers_free, 0);
	for (i = 0; i < SESSION_MODE_COUNT; i++)
		atomic_store(&to->modes[i], 0);
	atomic_store(&to->files_open, 0);
	atomic_store(&to->lag_ns, NO_TIME);
}
