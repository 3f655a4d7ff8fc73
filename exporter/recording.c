#include "exporter/recording.h"

#include <stdlib.h>

struct recording *recording_new(void)
{
	return calloc(1, sizeof(struct recording));
}
