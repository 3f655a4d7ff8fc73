#include "exporter/etw/system_sessions.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/etw/etw_session_list_windows.h"

#define SECOND_NS ((int64_t)1000000000)
#define NAME_SIZE ((size_t)3 * ETW_NAME_CHARS_MAX + 1)

/* What a session has lost since it, or we, began: counters of 32 bits, carried over wraps. */
struct track {
	char name[NAME_SIZE]; /* "": there is none */
	ULONG64 id;
	GUID guid;
	uint32_t counters[ETW_COUNTER_COUNT]; /* as they were last */
	uint64_t totals[ETW_COUNTER_COUNT];
	bool is_there; /* it runs */
};

struct system_sessions {
	const struct etw_functions *functions; /* the program's */
	struct etw_session_list list;
	struct track tracks[ETW_SESSIONS_MAX];
	ULONG limit;
	bool is_known; /* Windows has told of the sessions */
	int64_t read_ns;
};

struct system_sessions *system_sessions_new(void)
{
	struct system_sessions *system = calloc(1, sizeof(*system));
	struct error error;

	if (!system)
		return NULL;
	system->functions = etw_functions_get(&error);
	if (system->functions)
		return system;
	free(system);
	return NULL;
}

void system_sessions_free(struct system_sessions *system)
{
	if (!system)
		return;
	etw_session_list_done(&system->list);
	free(system);
}

/* One of that name, or a new one in the place of none or of a session that is gone. */
static struct track *find_track(struct system_sessions *system, const char *name)
{
	struct track *place = NULL;
	size_t i;

	for (i = 0; i < ETW_SESSIONS_MAX; i++) {
		struct track *track = &system->tracks[i];

		if (strcmp(track->name, name) == 0)
			return track;
		if (!track->is_there && (!place || (place->name[0] && !track->name[0])))
			place = track;
	}
	if (!place)
		return NULL;
	*place = (struct track){.name = ""};
	strcpy(place->name, name);
	return place;
}

/* Some sessions have the same number and GUID each time; but they have not written buffers then. */
static bool is_new(const struct track *track, const EVENT_TRACE_PROPERTIES *properties,
		   const struct etw_numbers *numbers)
{
	return track->id != properties->Wnode.HistoricalContext ||
	       memcmp(&track->guid, &properties->Wnode.Guid, sizeof(track->guid)) != 0 ||
	       numbers->counters[ETW_BUFFERS_WRITTEN] < track->counters[ETW_BUFFERS_WRITTEN];
}

static void note(struct system_sessions *system, const struct etw_properties *session)
{
	const EVENT_TRACE_PROPERTIES *properties = &session->properties;
	struct etw_numbers numbers;
	char name[NAME_SIZE];
	struct track *track;
	size_t i;

	etw_properties_name(session, name, sizeof(name));
	track = *name ? find_track(system, name) : NULL;
	/* Two whose names are the same as far as we take them are one. */
	if (!track || track->is_there)
		return;
	etw_properties_numbers(properties, &numbers);
	if (is_new(track, properties, &numbers))
		memset(track->counters, 0, sizeof(track->counters));
	track->id = properties->Wnode.HistoricalContext;
	track->guid = properties->Wnode.Guid;
	track->is_there = true;
	for (i = 0; i < ETW_COUNTER_COUNT; i++)
		track->totals[i] += etw_counter_advance(&track->counters[i], numbers.counters[i]);
}

void system_sessions_read(struct system_sessions *system)
{
	ULONG i;

	system->is_known = etw_session_list_read(&system->list, system->functions) == ERROR_SUCCESS;
	system->limit = etw_session_limit(system->functions);
	for (i = 0; i < ETW_SESSIONS_MAX; i++)
		system->tracks[i].is_there = false;
	for (i = 0; i < system->list.count; i++)
		note(system, &system->list.sessions[i]);
}

static void read_unless_fresh(struct system_sessions *system)
{
	struct timespec now;
	int64_t now_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
	if (system->read_ns && now_ns - system->read_ns < SECOND_NS)
		return;
	system->read_ns = now_ns;
	system_sessions_read(system);
}

static const char *const session_label[] = {"trace_session"};
static const char *const buffer_labels[] = {"trace_session", "target"};

static const struct family_info sessions_family = {
	.name = "etw_system_sessions",
	.help = "Trace sessions that run on this machine, whoever started them.",
	.type = METRIC_GAUGE,
};
static const struct family_info limit_family = {
	.name = "etw_system_sessions_limit",
	.help = "How many trace sessions there can be on this machine.",
	.type = METRIC_GAUGE,
};
static const struct family_info events_family = {
	.name = "etw_system_session_events_lost_total",
	.help = "Events that a trace session of this machine lost, whoever started it.",
	.type = METRIC_COUNTER,
	.labels = session_label,
	.label_count = 1,
};
static const struct family_info buffers_family = {
	.name = "etw_system_session_buffers_lost_total",
	.help = "Buffers that a trace session of this machine lost, by where they were to go.",
	.type = METRIC_COUNTER,
	.labels = buffer_labels,
	.label_count = 2,
};

static void collect_buffers(struct exposition *exposition, const struct track *track,
			    enum buffer_loss loss, enum etw_counter counter)
{
	exposition_u64(exposition, (const char *[]){track->name, buffer_loss_name(loss)},
		       track->totals[counter]);
}

static void collect_losses(struct exposition *exposition, const struct system_sessions *system)
{
	const struct track *track, *end = system->tracks + ETW_SESSIONS_MAX;

	exposition_family(exposition, &events_family);
	for (track = system->tracks; track < end; track++)
		if (track->is_there)
			exposition_u64(exposition, (const char *[]){track->name},
				       track->totals[ETW_EVENTS_LOST]);
	exposition_family(exposition, &buffers_family);
	for (track = system->tracks; track < end; track++) {
		if (!track->is_there)
			continue;
		collect_buffers(exposition, track, BUFFER_LOSS_LOG_FILE, ETW_LOG_BUFFERS_LOST);
		collect_buffers(exposition, track, BUFFER_LOSS_REAL_TIME,
				ETW_REAL_TIME_BUFFERS_LOST);
	}
}

void system_sessions_collect(struct exposition *exposition, void *context)
{
	struct system_sessions *system = context;

	if (!system)
		return;
	read_unless_fresh(system);
	if (system->is_known) {
		exposition_family(exposition, &sessions_family);
		exposition_u64(exposition, NULL, system->list.total);
		collect_losses(exposition, system);
	}
	if (system->limit) {
		exposition_family(exposition, &limit_family);
		exposition_u64(exposition, NULL, system->limit);
	}
}
