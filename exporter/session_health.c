#include "exporter/session_health.h"

#include <string.h>

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
