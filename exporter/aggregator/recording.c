#include "exporter/aggregator/recording.h"

#include <stdlib.h>

struct recording *recording_new(void)
{
	return calloc(1, sizeof(struct recording));
}

void recording_free(struct recording *recording)
{
	if (!recording)
		return;
	free(recording->events_path);
	free(recording);
}
