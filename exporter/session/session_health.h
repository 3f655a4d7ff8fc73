/*
 * session_health: what a session's threads tell about themselves.
 *
 * Numbers only ever grow, unless they say otherwise; any thread may read them at any time. All
 * times are Unix nanoseconds.
 */
#ifndef EXPORTER_SESSION_HEALTH_H
#define EXPORTER_SESSION_HEALTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "exporter/aggregator/malformed.h"

enum session_state {
	SESSION_STARTING,
	SESSION_RUNNING,
	SESSION_WAITING,  /* failed, and will be tried again */
	SESSION_FINISHED, /* a replay that came to its end */
	SESSION_FAILED,
	SESSION_STOPPED,
	SESSION_STATE_COUNT
};

/* "starting", "running", ... */
const char *session_state_name(enum session_state state);

/* Signs of loss that say that something is missing, not how much. */
enum loss_sign {
	LOSS_SIGN_EVENTS_LOST_FLAG, /* on a buffer */
	LOSS_SIGN_BUFFER_LOST_FLAG, /* on a buffer */
	LOSS_SIGN_LOST_EVENT,	    /* RT_LostEvent class, RTLostEvent */
	LOSS_SIGN_LOST_BUFFER,	    /* RTLostBuffer */
	LOSS_SIGN_LOST_FILE,	    /* RTLostFile: the real-time backing file was lost */
	LOSS_SIGN_MISSED_EVENTS,    /* on a page of a Linux ring buffer */
	LOSS_SIGN_UNDELIVERED,	    /* events of Windows were still coming, and cut off */
	LOSS_SIGN_COUNT
};

const char *loss_sign_name(enum loss_sign sign);

/* Why the kernel's ring buffers lost events, by their own account. */
enum ring_loss {
	RING_LOSS_OVERRUN,	  /* the oldest made room for new ones */
	RING_LOSS_COMMIT_OVERRUN, /* interrupts nested deeper than a buffer is long */
	RING_LOSS_DROPPED,	  /* the newest found no room */
	RING_LOSS_COUNT
};

const char *ring_loss_name(enum ring_loss reason);

/* Where buffers that a session of Windows lost were to go. */
enum buffer_loss {
	BUFFER_LOSS_LOG_FILE,
	BUFFER_LOSS_REAL_TIME, /* to us */
	BUFFER_LOSS_COUNT
};

const char *buffer_loss_name(enum buffer_loss loss);

/* How a session of Windows runs, as Windows applied it. */
enum session_mode {
	SESSION_MODE_REAL_TIME,
	SESSION_MODE_INDEPENDENT,
	SESSION_MODE_SYSTEM_LOGGER,
	SESSION_MODE_PERSISTENT, /* over a hybrid shutdown */
	SESSION_MODE_NO_CPU_BUFFERS,
	SESSION_MODE_COUNT
};

const char *session_mode_name(enum session_mode mode);
uint32_t session_mode_bit(enum session_mode mode); /* of LogFileMode */

/* Processes that stopped a session that was not theirs. The last row is of all that found none. */
#define STOPPERS_MAX 8

struct stopper {
	_Atomic uint32_t pid; /* 0: not known; of the last row any */
	_Atomic uint64_t count;
};

enum file_change {
	FILE_CHANGE_SHRUNK,
	FILE_CHANGE_REPLACED,
	FILE_CHANGE_DISAPPEARED,
	FILE_CHANGE_COUNT
};

const char *file_change_name(enum file_change change);

/* What came of asking Windows for an event type's schema. */
enum schema_lookup {
	SCHEMA_LOOKUP_FOUND,
	SCHEMA_LOOKUP_UNKNOWN,
	SCHEMA_LOOKUP_FAILED,  /* there is one that cannot be had, or makes no sense */
	SCHEMA_LOOKUP_PUT_OFF, /* too many lately */
	SCHEMA_LOOKUP_COUNT
};

const char *schema_lookup_name(enum schema_lookup result);

/* No time yet. */
#define NO_TIME INT64_MIN

struct session_health {
	_Atomic int state; /* enum session_state; changes */
	_Atomic uint64_t events;
	_Atomic uint64_t bytes; /* read from the source */
	_Atomic uint64_t buffers;
	_Atomic uint64_t buffers_compressed;
	_Atomic uint64_t events_lost;
	_Atomic uint64_t buffers_lost;
	_Atomic uint64_t ring_lost[RING_LOSS_COUNT]; /* in events_lost, too */
	_Atomic uint64_t events_waiting;	     /* in the kernel's buffers; goes up and down */
	_Atomic uint64_t ring_bytes;		     /* what these have room for; likewise */
	_Atomic uint64_t buffers_lost_by[BUFFER_LOSS_COUNT]; /* in buffers_lost, too */
	_Atomic uint64_t buffers_written;		     /* by the trace session */
	_Atomic uint64_t trace_buffers; /* of the trace session; goes up and down, as the next */
	_Atomic uint64_t trace_buffers_free;
	_Atomic uint64_t modes[SESSION_MODE_COUNT]; /* 0 or 1 */
	struct stopper stoppers[STOPPERS_MAX];	    /* from the front; the session thread's */
	_Atomic uint64_t events_missed;		    /* by what pages of a Linux ring buffer say */
	_Atomic uint64_t events_dropped;	    /* by our own queue */
	_Atomic uint64_t events_unordered; /* came behind later ones, though order was wanted */
	_Atomic uint64_t loss_signs[LOSS_SIGN_COUNT];
	_Atomic uint64_t malformed[MALFORMED_COUNT];
	_Atomic uint64_t schema_lookups[SCHEMA_LOOKUP_COUNT];
	_Atomic uint64_t unknown_kinds[256];
	_Atomic uint64_t bytes_skipped; /* that were of no buffer */
	_Atomic uint64_t files_open;	/* goes up and down */
	_Atomic uint64_t files_done;
	_Atomic uint64_t files_failed;
	_Atomic uint64_t files_refused; /* by limits.files */
	_Atomic uint64_t file_changes[FILE_CHANGE_COUNT];
	_Atomic uint64_t restarts;
	_Atomic uint64_t loops; /* replays begun again */
	_Atomic int64_t start_time;
	_Atomic int64_t first_event_time; /* NO_TIME at first; goes down */
	_Atomic int64_t last_event_time;  /* NO_TIME at first; goes up */
	_Atomic int64_t lag_ns;		  /* of the newest buffer; NO_TIME at first; changes */
};

void session_health_init(struct session_health *health);

/* Takes over what grows of a session of the same name that has ended; nobody else has `to` yet. */
void session_health_go_on(struct session_health *to, const struct session_health *from);

/* Somebody stopped the session; `pid` 0: nobody knows who. The session thread's. */
void session_health_stopped(struct session_health *health, uint32_t pid);

static inline void health_add(_Atomic uint64_t *number, uint64_t n)
{
	atomic_fetch_add_explicit(number, n, memory_order_relaxed);
}

static inline void health_sub(_Atomic uint64_t *number, uint64_t n)
{
	atomic_fetch_sub_explicit(number, n, memory_order_relaxed);
}

static inline uint64_t health_get(const _Atomic uint64_t *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

/* MALFORMED_COUNT, for nothing, counts nothing. */
static inline void health_malformed(struct session_health *health, enum malformed reason)
{
	if (reason != MALFORMED_COUNT)
		health_add(&health->malformed[reason], 1);
}

#endif
