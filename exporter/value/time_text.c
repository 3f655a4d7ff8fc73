#include "exporter/value/time_text.h"

#include <stdio.h>

#define SECONDS_PER_DAY	 86400
#define DAYS_PER_ERA	 146097 /* 400 years: the calendar's period */
#define DAYS_TO_ERA	 719468 /* from the first of March of the year 0 to 1970 */
#define DAYS_FIVE_MONTHS 153	/* of those that begin with March */
#define YEARS_PER_ERA	 400

struct date {
	int64_t year;
	int month, day;
};

static int64_t divide_down(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

/* Years are taken to begin with March, so that the day that not all have is their last. */
static struct date date_of(int64_t days)
{
	int64_t era = divide_down(days + DAYS_TO_ERA, DAYS_PER_ERA);
	int day = (int)(days + DAYS_TO_ERA - era * DAYS_PER_ERA);
	int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int day_of_year = day - (365 * year + year / 4 - year / 100);
	int month = (5 * day_of_year + 2) / DAYS_FIVE_MONTHS;

	return (struct date){
		.year = era * YEARS_PER_ERA + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day_of_year - (DAYS_FIVE_MONTHS * month + 2) / 5 + 1,
	};
}

const char *time_text(int64_t unix_ns, char text[TIME_TEXT_SIZE])
{
	return time_text_100ns(divide_down(unix_ns, 100), text);
}

/* Not by the C library, which does not know all times everywhere. */
const char *time_text_100ns(int64_t hundreds, char text[TIME_TEXT_SIZE])
{
	int64_t seconds = divide_down(hundreds, 10000000);
	int64_t days = divide_down(seconds, SECONDS_PER_DAY);
	int of_day = (int)(seconds - days * SECONDS_PER_DAY);
	struct date date = date_of(days);

	snprintf(text, TIME_TEXT_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d.%07dZ",
		 (long long)date.year, date.month, date.day, of_day / 3600, of_day / 60 % 60,
		 of_day % 60, (int)(hundreds - seconds * 10000000));
	return text;
}
