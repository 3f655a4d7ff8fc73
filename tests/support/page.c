#include "tests/support/page.h"

#include <stdlib.h>
#include <string.h>

/* The line after this one; NULL: there is none. */
static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end && end[1] ? end + 1 : NULL;
}

/* The length of a line's name and labels. */
static size_t sample_length(const char *line)
{
	size_t end = strcspn(line, "\n");

	while (end && line[end] != ' ')
		end--;
	return end;
}

bool page_find(const char *page, const char *sample, double *value)
{
	size_t length = strlen(sample);
	const char *line;

	for (line = *page ? page : NULL; line; line = next_line(line)) {
		if (sample_length(line) != length || strncmp(line, sample, length) != 0)
			continue;
		*value = strtod(line + length, NULL);
		return true;
	}
	return false;
}

double page_value(const char *page, const char *sample)
{
	double value;

	return page_find(page, sample, &value) ? value : -1;
}

static bool is_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	return strncmp(line, name, length) == 0 && (line[length] == '{' || line[length] == ' ');
}

double page_sum(const char *page, const char *name)
{
	const char *line;
	double sum = 0;

	for (line = *page ? page : NULL; line; line = next_line(line))
		if (is_of(line, name))
			sum += strtod(line + sample_length(line), NULL);
	return sum;
}

size_t page_count(const char *page, const char *name)
{
	const char *line;
	size_t count = 0;

	for (line = *page ? page : NULL; line; line = next_line(line))
		count += is_of(line, name);
	return count;
}

bool page_is_unique(const char *page)
{
	const char *line, *other;

	for (line = *page ? page : NULL; line; line = next_line(line)) {
		size_t length = sample_length(line);

		if (*line == '#')
			continue;
		for (other = next_line(line); other; other = next_line(other))
			if (sample_length(other) == length && strncmp(other, line, length) == 0)
				return false;
	}
	return true;
}
