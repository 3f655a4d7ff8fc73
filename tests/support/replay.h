/*
 * replay: the .etl source on files in a folder of their own, counted in a thread. For tests.
 *
 * Aborts the test where it cannot be made.
 */
#ifndef TESTS_SUPPORT_REPLAY_H
#define TESTS_SUPPORT_REPLAY_H

#include "exporter/source/source.h"
#include "tests/support/counting.h"
#include "tests/support/scratch.h"
#include "tests/support/small_recording.h"
#include "tests/support/thread_state.h"

#define REPLAY_PATHS_MAX     4
#define REPLAY_QUEUE_BYTES   ((size_t)1 << 20)
#define REPLAY_PATIENCE_SECS 30 /* after so long, what is waited for will not come */

struct replay {
	struct scratch scratch;
	struct counting counting; /* with a config that the test may change before the start */
	char *paths[REPLAY_PATHS_MAX];
	struct error error;
	struct thread_state thread_state; /* of the thread that runs the source */
	pthread_t thread;
	int result; /* of its run */
};

void replay_init(struct replay *replay);
void replay_done(struct replay *replay);

/* A path of the session, as it is, or of something in the folder. */
void replay_add_path(struct replay *replay, const char *path);
void replay_add_name(struct replay *replay, const char *name);

/* Writes a recording into the folder, and one that is also a path of the session; its size. */
size_t replay_save(struct replay *replay, const char *name,
		   const struct etl_writer_options *options, size_t data_buffers);
size_t replay_add(struct replay *replay, const char *name, const struct etl_writer_options *options,
		  size_t data_buffers);

/* Starts the source; nothing is counted, and the queue gets full, before counting_begin(). */
void replay_start(struct replay *replay);
/* Waits for the source's end and counts to the end; what the source returned. */
int replay_finish(struct replay *replay);
/* All of that. */
int replay_run(struct replay *replay);

double replay_seconds(void);

/* Waits until the number is at least so large. */
void replay_wait(const _Atomic uint64_t *number, uint64_t at_least);

/* Of the session's health: all that was malformed; and a number's check. */
uint64_t replay_damage(const struct replay *replay);
#define REPLAY_HEALTH(replay, number) health_get(&(replay)->counting.health.number)

#endif
