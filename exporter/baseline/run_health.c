#include "exporter/baseline/run_health.h"

#include <string.h>

/* Which family adds to which number; a family is a row. */
static const struct {
	const char *family;
	enum run_count count;
} families[] = {
	{"etw_session_events_total", RUN_EVENTS},
	{"etw_session_events_lost_total", RUN_EVENTS_LOST},
	{"etw_session_events_dropped_total", RUN_EVENTS_LOST},
	{"etw_session_buffers_lost_total", RUN_BUFFERS_LOST},
	{"etw_session_malformed_total", RUN_DAMAGE},
	{"etw_session_loss_signs_total", RUN_DAMAGE},
	{"etw_session_unordered_events_total", RUN_DAMAGE},
	{"etw_session_files_failed_total", RUN_DAMAGE},
	{"etw_session_files_refused_total", RUN_DAMAGE},
	{"etw_session_file_changes_total", RUN_DAMAGE},
	{"etw_session_restarts_total", RUN_DAMAGE},
	{"etw_exporter_series_overflow_total", RUN_DAMAGE},
	{"etw_exporter_sessions_refused_total", RUN_DAMAGE},
};

void run_health_begin_page(struct run_health *health)
{
	memset(health->now, 0, sizeof(health->now));
	health->started = 0;
}

static void take_configuration(struct run_health *health, const struct page_series *series)
{
	const char *hash = series->label_count == 1 ? series->labels[0].value : "";

	if (strlen(hash) >= RUN_HASH_SIZE || strcmp(hash, health->configuration) == 0)
		return;
	health->changed = health->configuration[0] != '\0';
	strcpy(health->configuration, hash);
}

void run_health_take(struct run_health *health, const struct page_series *series)
{
	size_t i;

	if (series->kind == BASELINE_HISTOGRAM)
		return;
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (series->kind == BASELINE_COUNTER &&
		    strcmp(families[i].family, series->family) == 0)
			health->now[families[i].count] += series->value;
	if (strcmp(series->family, "process_start_time_seconds") == 0)
		health->started = series->value;
	if (strcmp(series->family, "etw_exporter_rules_info") == 0)
		take_configuration(health, series);
}

void run_health_end_page(struct run_health *health, bool is_base)
{
	size_t i;

	if (!is_base && (health->started != health->last_started ||
			 health->now[RUN_EVENTS] < health->last[RUN_EVENTS]))
		health->began_anew = true;
	for (i = 0; i < RUN_COUNTS; i++) {
		double more = health->now[i] - health->last[i];

		if (!is_base)
			health->sums[i] += more < 0 ? health->now[i] : more;
	}
	memcpy(health->last, health->now, sizeof(health->last));
	health->last_started = health->started;
}
