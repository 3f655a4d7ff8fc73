#include "metrics/labels_read.h"

#include <string.h>

/* Where the quote stands that ends the value; NULL: nowhere. */
static const char *closing_quote(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		at += *at == '\\';
	return at < end ? at : NULL;
}

bool labels_next(const char **labels, const char *end, struct label_text *label)
{
	const char *at = *labels, *equals, *quote;

	if (at < end && *at == ',')
		at++;
	equals = at < end ? memchr(at, '=', (size_t)(end - at)) : NULL;
	if (!equals || end - equals < 2 || equals[1] != '"')
		return false;
	quote = closing_quote(equals + 2, end);
	if (!quote)
		return false;
	*label = (struct label_text){at, (size_t)(equals - at), equals + 2,
				     (size_t)(quote - equals) - 2};
	*labels = quote + 1;
	return true;
}

void labels_value(struct text *text, const struct label_text *label)
{
	const char *at = label->value, *end = at + label->value_length;

	for (; at < end; at++) {
		bool escaped = *at == '\\' && at + 1 < end;

		at += escaped;
		if (escaped && *at == 'n')
			text_char(text, '\n');
		else
			text_char(text, *at);
	}
}
