/* Nothing registers manifests here. */
#include <stddef.h>

#include "exporter/decoder/tdh.h"

struct tdh *tdh_new(struct session_health *health)
{
	(void)health;
	return NULL;
}

void tdh_free(struct tdh *tdh)
{
	(void)tdh;
}

struct schema *tdh_schema_new(struct tdh *tdh, struct tdh_asked *asked,
			      const struct event_record *record)
{
	(void)tdh;
	(void)asked;
	(void)record;
	return NULL;
}

bool tdh_look_again(struct tdh *tdh, int64_t now_ns)
{
	(void)tdh;
	(void)now_ns;
	return false;
}
