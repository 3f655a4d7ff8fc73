#include "tests/support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

void replay_init(struct replay *replay)
{
	memset(replay, 0, sizeof(*replay));
	scratch_make(&replay->scratch);
	counting_init(&replay->counting, 0, 0);
	counting_open(&replay->counting, REPLAY_QUEUE_BYTES);
	replay->counting.config.paths = replay->paths;
}

void replay_done(struct replay *replay)
{
	size_t i;

	for (i = 0; i < REPLAY_PATHS_MAX; i++)
		free(replay->paths[i]);
	counting_done(&replay->counting);
	scratch_remove(&replay->scratch);
}

void replay_add_path(struct replay *replay, const char *path)
{
	struct session_config *config = &replay->counting.config;

	assert_true(config->path_count < REPLAY_PATHS_MAX);
	replay->paths[config->path_count] = strdup(path);
	assert_non_null(replay->paths[config->path_count]);
	config->path_count++;
}

void replay_add_name(struct replay *replay, const char *name)
{
	replay_add_path(replay, scratch_path(&replay->scratch, name));
}

size_t replay_save(struct replay *replay, const char *name,
		   const struct etl_writer_options *options, size_t data_buffers)
{
	struct small_recording recording = small_make(options, data_buffers);

	etl_save(scratch_path(&replay->scratch, name), recording.bytes, recording.length);
	small_done(&recording);
	return recording.length;
}

size_t replay_add(struct replay *replay, const char *name, const struct etl_writer_options *options,
		  size_t data_buffers)
{
	replay_add_name(replay, name);
	return replay_save(replay, name, options, data_buffers);
}

static void *run(void *argument)
{
	struct replay *replay = argument;
	void *source;

	thread_state_here(&replay->thread_state);
	source = etl_source.open(&replay->counting.context, &replay->error);
	if (!source)
		abort();
	replay->result = etl_source.run(source, &replay->error);
	etl_source.close(source);
	return NULL;
}

void replay_start(struct replay *replay)
{
	assert_int_equal(pthread_create(&replay->thread, NULL, run, replay), 0);
}

int replay_finish(struct replay *replay)
{
	assert_int_equal(pthread_join(replay->thread, NULL), 0);
	counting_end(&replay->counting);
	return replay->result;
}

int replay_run(struct replay *replay)
{
	counting_begin(&replay->counting);
	replay_start(replay);
	return replay_finish(replay);
}

double replay_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void replay_wait(const _Atomic uint64_t *number, uint64_t at_least)
{
	double begun = replay_seconds();

	while (health_get(number) < at_least) {
		assert_true(replay_seconds() - begun < REPLAY_PATIENCE_SECS);
		sched_yield();
	}
}

uint64_t replay_damage(const struct replay *replay)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < MALFORMED_COUNT; i++)
		sum += health_get(&replay->counting.health.malformed[i]);
	return sum;
}
