#include "exporter/http/basic_auth.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/wipe.h"

#define SCHEME "Basic "

/* RFC 4648, 4. -1: not one of its characters. */
static int digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* In place. False: malformed; `length` becomes that of the bytes. */
static bool decode(char *text, size_t *length)
{
	size_t count = *length, i, used = 0;
	uint32_t bits = 0;

	if (!count || count % 4)
		return false;
	count -= (text[count - 1] == '=') + (text[count - 1] == '=' && text[count - 2] == '=');
	for (i = 0; i < count; i++) {
		int value = digit(text[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (i % 4)
			text[used++] = (char)(bits >> (6 - i % 4 * 2));
	}
	*length = used;
	return true;
}

bool credentials_read(const char *header, struct credentials *credentials)
{
	size_t length;
	char *colon;

	*credentials = (struct credentials){0};
	if (!header || strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
		return false;
	header += strspn(header + strlen(SCHEME), " ") + strlen(SCHEME);
	length = strcspn(header, " ");
	credentials->user = strdup(header);
	if (!credentials->user)
		return false;
	if (header[length] || !decode(credentials->user, &length) ||
	    !(colon = memchr(credentials->user, ':', length)) ||
	    memchr(credentials->user, '\0', (size_t)(colon - credentials->user))) {
		credentials_done(credentials);
		return false;
	}
	*colon = '\0';
	credentials->password = colon + 1;
	credentials->password_length = length - (size_t)(colon + 1 - credentials->user);
	return true;
}

void credentials_done(struct credentials *credentials)
{
	if (credentials->password)
		wipe(credentials->password, credentials->password_length);
	free(credentials->user);
	*credentials = (struct credentials){0};
}
