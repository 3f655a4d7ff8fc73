#include "exporter/decoder/tdh.h"

#include <stdlib.h>

#include "exporter/etw/etw_schemas_windows.h"

#define SECOND_NS      ((int64_t)1000000000)
#define FIRST_LOOK_NS  (5 * SECOND_NS)
#define LATEST_LOOK_NS (600 * SECOND_NS)
/* So many calls in so long: each takes a disk access or two. */
#define CALLS_MAX 1024
#define CALLS_NS  (5 * SECOND_NS)

struct tdh {
	struct etw_schemas schemas;
	struct session_health *health;
	uint64_t look;	    /* at all that failed, or at what was put off: its number */
	uint64_t look_wide; /* the last one at all */
	int64_t interval_ns;
	int64_t due_ns;		    /* of the next look at all; 0: it is not set */
	int64_t calls_due_ns;	    /* when as many calls may be made again */
	bool is_missing, has_found; /* something, since the last look at all */
	bool has_put_off;	    /* likewise, since the last look */
};

struct tdh *tdh_new(struct session_health *health)
{
	struct error error;
	const struct etw_functions *functions = etw_functions_get(&error);
	struct tdh *tdh;

	if (!functions || !functions->TdhGetEventInformation)
		return NULL;
	tdh = calloc(1, sizeof(*tdh));
	if (!tdh)
		return NULL;
	etw_schemas_init(&tdh->schemas, functions);
	tdh->health = health;
	tdh->look = tdh->look_wide = 1;
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

/* Not what was asked for already, unless another look has begun. */
static bool is_due(const struct tdh *tdh, const struct tdh_asked *asked)
{
	return asked->look < tdh->look_wide || (asked->is_put_off && asked->look < tdh->look);
}

static void count(struct tdh *tdh, enum schema_lookup result)
{
	health_add(&tdh->health->schema_lookups[result], 1);
}

static void put_off(struct tdh *tdh, struct tdh_asked *asked)
{
	if (!asked->is_put_off)
		count(tdh, SCHEMA_LOOKUP_PUT_OFF);
	asked->is_put_off = true;
	tdh->has_put_off = true;
}

/* What is found at once says nothing of what was not known before. */
static struct schema *ask(struct tdh *tdh, struct tdh_asked *asked,
			  const struct event_record *record)
{
	ULONG code;
	struct schema *schema = etw_schema_of_record(&tdh->schemas, record, &code);

	asked->is_put_off = false;
	if (schema) {
		count(tdh, SCHEMA_LOOKUP_FOUND);
		tdh->has_found |= asked->has_failed;
		return schema;
	}
	count(tdh, code == ERROR_NOT_FOUND ? SCHEMA_LOOKUP_UNKNOWN : SCHEMA_LOOKUP_FAILED);
	asked->has_failed = true;
	tdh->is_missing = true;
	return NULL;
}

struct schema *tdh_schema_new(struct tdh *tdh, struct tdh_asked *asked,
			      const struct event_record *record)
{
	if (!may_know(record) || !is_due(tdh, asked))
		return NULL;
	asked->look = tdh->look;
	if (tdh->schemas.calls < CALLS_MAX)
		return ask(tdh, asked, record);
	put_off(tdh, asked);
	return NULL;
}

/* Where looks find nothing they get rarer. */
static void choose_interval(struct tdh *tdh)
{
	if (tdh->has_found)
		tdh->interval_ns = FIRST_LOOK_NS;
	else if (tdh->interval_ns < LATEST_LOOK_NS)
		tdh->interval_ns *= 2;
	if (tdh->interval_ns > LATEST_LOOK_NS)
		tdh->interval_ns = LATEST_LOOK_NS;
}

/* Another look at all that failed. */
static bool look_wide(struct tdh *tdh, int64_t now_ns)
{
	bool is_missing = tdh->is_missing;

	if (now_ns < tdh->due_ns)
		return false;
	if (is_missing)
		choose_interval(tdh);
	tdh->due_ns = now_ns + tdh->interval_ns;
	tdh->is_missing = false;
	tdh->has_found = false;
	return is_missing;
}

bool tdh_look_again(struct tdh *tdh, int64_t now_ns)
{
	bool is_wide;

	if (!tdh->due_ns) {
		tdh->due_ns = now_ns + tdh->interval_ns;
		tdh->calls_due_ns = now_ns + CALLS_NS;
	}
	if (now_ns < tdh->calls_due_ns)
		return false;
	tdh->calls_due_ns = now_ns + CALLS_NS;
	tdh->schemas.calls = 0;
	is_wide = look_wide(tdh, now_ns);
	if (!is_wide && !tdh->has_put_off)
		return false;
	tdh->has_put_off = false;
	tdh->look++;
	if (is_wide)
		tdh->look_wide = tdh->look;
	return true;
}
