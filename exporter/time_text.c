#include "exporter/time_text.h"

#include <stdio.h>
#include <time.h>

const char *time_text(int64_t unix_ns, char text[TIME_TEXT_SIZE])
{
	return time_text_100ns(unix_ns / 100 - (unix_ns % 100 < 0), text);
}

const char *time_text_100ns(int64_t hundreds, char text[TIME_TEXT_SIZE])
{
	int64_t rest = hundreds % 10000000;
	time_t seconds;
	struct tm tm;
	size_t used;

	if (rest < 0)
		rest += 10000000;
	seconds = (time_t)((hundreds - rest) / 10000000);
	gmtime_r(&seconds, &tm);
	used = strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, TIME_TEXT_SIZE - used, ".%07dZ", (int)rest);
	return text;
}
