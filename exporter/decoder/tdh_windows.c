#include "exporter/decoder/tdh.h"

#include <stdlib.h>

#include "exporter/etw/etw_schemas_windows.h"

#define SECOND_NS      ((int64_t)1000000000)
#define FIRST_LOOK_NS  (5 * SECOND_NS)
#define LATEST_LOOK_NS (600 * SECOND_NS)
#define CALLS_MAX      1024 /* from look to look; each takes a disk access or two */

struct tdh {
	struct etw_functions functions;
	struct etw_schemas schemas;
	struct session_health *health;
	int64_t interval_ns;
	int64_t due_ns;		    /* of the next look; 0: it is not set */
	bool is_missing, has_found; /* something, since the last one */
};

struct tdh *tdh_new(struct session_health *health)
{
	struct tdh *tdh = calloc(1, sizeof(*tdh));
	struct error error;

	if (!tdh)
		return NULL;
	if (etw_functions_load(&tdh->functions, &error) || !tdh->functions.TdhGetEventInformation) {
		free(tdh);
		return NULL;
	}
	etw_schemas_init(&tdh->schemas, &tdh->functions);
	tdh->health = health;
	tdh->interval_ns = FIRST_LOOK_NS;
	return tdh;
}

void tdh_free(struct tdh *tdh)
{
	if (!tdh)
		return;
	etw_schemas_done(&tdh->schemas);
	free(tdh);
}

/* TraceLogging says itself what is in it, and WPP takes symbols. */
static bool may_know(const struct event_record *record)
{
	return !record->schema && (record->kind == RECORD_EVENT || record->kind == RECORD_FULL ||
				   record->kind == RECORD_INSTANCE);
}

static void count(struct tdh *tdh, enum schema_lookup result)
{
	health_add(&tdh->health->schema_lookups[result], 1);
	if (result == SCHEMA_LOOKUP_FOUND)
		tdh->has_found = true;
	else
		tdh->is_missing = true;
}

struct schema *tdh_schema_new(struct tdh *tdh, const struct event_record *record)
{
	struct schema *schema;
	ULONG code;

	if (!may_know(record))
		return NULL;
	if (tdh->schemas.calls >= CALLS_MAX) {
		count(tdh, SCHEMA_LOOKUP_PUT_OFF);
		return NULL;
	}
	schema = etw_schema_of_record(&tdh->schemas, record, &code);
	if (schema)
		count(tdh, SCHEMA_LOOKUP_FOUND);
	else if (code == ERROR_NOT_FOUND)
		count(tdh, SCHEMA_LOOKUP_UNKNOWN);
	else
		count(tdh, SCHEMA_LOOKUP_FAILED);
	return schema;
}

/* Where looks find nothing they get rarer, unless some could not be made. */
static void choose_interval(struct tdh *tdh)
{
	if (tdh->has_found || tdh->schemas.calls >= CALLS_MAX)
		tdh->interval_ns = FIRST_LOOK_NS;
	else if (tdh->interval_ns < LATEST_LOOK_NS)
		tdh->interval_ns *= 2;
	if (tdh->interval_ns > LATEST_LOOK_NS)
		tdh->interval_ns = LATEST_LOOK_NS;
}

bool tdh_look_again(struct tdh *tdh, int64_t now_ns)
{
	bool is_missing = tdh->is_missing;

	if (!tdh->due_ns)
		tdh->due_ns = now_ns + tdh->interval_ns;
	if (now_ns < tdh->due_ns)
		return false;
	if (is_missing)
		choose_interval(tdh);
	tdh->due_ns = now_ns + tdh->interval_ns;
	tdh->is_missing = false;
	tdh->has_found = false;
	tdh->schemas.calls = 0;
	return is_missing;
}
