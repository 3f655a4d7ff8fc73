#include "exporter/http/http_query.h"

#include <string.h>

#include "exporter/base/hex.h"

/* What "%" and two digits stand for; 0: it stays as it is, as a zero byte would end the text. */
static unsigned char escaped(const char *at)
{
	int high = at[0] == '%' ? hex_digit(at[1]) : -1;
	int low = high >= 0 ? hex_digit(at[2]) : -1;

	return low >= 0 ? (unsigned char)(high << 4 | low) : 0;
}

static void decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned char byte = escaped(text);

		*to = *text;
		if (byte) {
			*to = (char)byte;
			text += 2;
		} else if (*text == '+') {
			*to = ' ';
		}
		to++;
	}
	*to = '\0';
}

/* Ends the text at the first `separator`. What is behind it; NULL: there is none. */
static char *cut(char *text, char separator)
{
	char *at = strchr(text, separator);

	if (at)
		*at++ = '\0';
	return at;
}

size_t http_query_values(char *query, const char *name, const char **values, size_t max)
{
	size_t count = 0;
	char *rest, *value;

	for (; query && count < max; query = rest) {
		rest = cut(query, '&');
		value = cut(query, '=');
		decode(query);
		if (strcmp(query, name) != 0)
			continue;
		if (value)
			decode(value);
		values[count++] = value ? value : "";
	}
	return count;
}
