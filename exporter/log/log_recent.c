#include "exporter/log/log_recent.h"

#include <stdlib.h>
#include <string.h>

void log_recent_done(struct log_recent *recent)
{
	size_t i;

	for (i = 0; i < LOG_RECENT_LINES; i++)
		free(recent->lines[i]);
}

void log_recent_add(struct log_recent *recent, const char *line)
{
	char **place = &recent->lines[recent->count++ % LOG_RECENT_LINES];

	free(*place);
	*place = strdup(line);
}

void log_recent_json(const struct log_recent *recent, struct text *json)
{
	uint64_t count = recent->count < LOG_RECENT_LINES ? recent->count : LOG_RECENT_LINES, i;
	const char *between = "";

	text_char(json, '[');
	for (i = 1; i <= count; i++) {
		const char *line = recent->lines[(recent->count - i) % LOG_RECENT_LINES];

		if (!line)
			continue;
		text_string(json, between);
		text_string(json, line);
		between = ",";
	}
	text_char(json, ']');
}
