#include "exporter/log/event_log.h"

int event_log_open(struct log_output *output, struct error *error)
{
	(void)output;
	return error_set(error, "--log.eventlog: only Windows has an Event Log; leave it away, "
				"or write to a file: --log.file=FILE");
}
