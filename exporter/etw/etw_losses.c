#include "exporter/etw/etw_losses.h"

#include <string.h>

void etw_losses_begin(struct etw_losses *losses)
{
	memset(losses, 0, sizeof(*losses));
	losses->is_counting = true;
}

static uint32_t advance(struct etw_losses *losses, const uint32_t *counters,
			enum etw_counter counter)
{
	uint32_t more = etw_counter_advance(&losses->counters[counter], counters[counter]);

	return losses->is_counting ? more : 0;
}

static void note_mode(struct session_health *health, uint32_t mode)
{
	size_t i;

	for (i = 0; i < SESSION_MODE_COUNT; i++)
		atomic_store(&health->modes[i],
			     (mode & session_mode_bit((enum session_mode)i)) != 0);
}

void etw_losses_note_lost(struct etw_losses *losses, const uint32_t counters[ETW_COUNTER_COUNT],
			  struct session_health *health)
{
	uint32_t log = advance(losses, counters, ETW_LOG_BUFFERS_LOST);
	uint32_t real_time = advance(losses, counters, ETW_REAL_TIME_BUFFERS_LOST);

	health_add(&health->events_lost, advance(losses, counters, ETW_EVENTS_LOST));
	health_add(&health->buffers_lost_by[BUFFER_LOSS_LOG_FILE], log);
	health_add(&health->buffers_lost_by[BUFFER_LOSS_REAL_TIME], real_time);
	health_add(&health->buffers_lost, (uint64_t)log + real_time);
}

void etw_losses_note(struct etw_losses *losses, const struct etw_numbers *numbers,
		     struct session_health *health)
{
	etw_losses_note_lost(losses, numbers->counters, health);
	health_add(&health->buffers_written,
		   advance(losses, numbers->counters, ETW_BUFFERS_WRITTEN));
	losses->is_counting = true;
	atomic_store(&health->trace_buffers, numbers->buffers);
	atomic_store(&health->trace_buffers_free, numbers->buffers_free);
	atomic_store(&health->ring_bytes, numbers->buffers * numbers->buffer_bytes);
	note_mode(health, numbers->mode);
}

void etw_losses_end(struct session_health *health)
{
	atomic_store(&health->trace_buffers, 0);
	atomic_store(&health->trace_buffers_free, 0);
	atomic_store(&health->ring_bytes, 0);
	note_mode(health, 0);
}
