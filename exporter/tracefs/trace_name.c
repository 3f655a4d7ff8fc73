#include "exporter/tracefs/trace_name.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config/fnv.h"

#define ALPHANUMERIC  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define PREFIX_LENGTH (sizeof(TRACE_NAME_PREFIX) - 1)

static const char hex_digits[] = "0123456789ABCDEF";

/* `~` and 16 digits. */
#define HASH_LENGTH 17

void trace_name_instance(const char *session, char name[TRACE_NAME_SIZE])
{
	const char *at;
	size_t used = PREFIX_LENGTH;

	memcpy(name, TRACE_NAME_PREFIX, PREFIX_LENGTH);
	for (at = session; *at && used + 3 < TRACE_NAME_SIZE; at++) {
		if (strchr(ALPHANUMERIC "_-.", *at)) {
			name[used++] = *at;
			continue;
		}
		name[used++] = '%';
		name[used++] = hex_digits[(uint8_t)*at >> 4];
		name[used++] = hex_digits[(uint8_t)*at & 15];
	}
	name[used] = '\0';
	if (*at)
		snprintf(name + TRACE_NAME_SIZE - 1 - HASH_LENGTH, HASH_LENGTH + 1, "~%016" PRIx64,
			 fnv_text(FNV_BEGIN, session));
}

bool trace_name_is_ours(const char *instance)
{
	return strncmp(instance, TRACE_NAME_PREFIX, PREFIX_LENGTH) == 0 && instance[PREFIX_LENGTH];
}

/* The byte that two digits stand for; false: they are none. */
static bool parse_hex(const char *at, char *byte)
{
	const char *high = at[0] ? strchr(hex_digits, at[0]) : NULL;
	const char *low = high && at[1] ? strchr(hex_digits, at[1]) : NULL;

	if (!low)
		return false;
	*byte = (char)((unsigned int)(high - hex_digits) << 4 | (unsigned int)(low - hex_digits));
	return true;
}

bool trace_name_session(const char *instance, char session[TRACE_SESSION_SIZE])
{
	char again[TRACE_NAME_SIZE];
	const char *at = instance + PREFIX_LENGTH;
	size_t used = 0;

	if (!trace_name_is_ours(instance))
		return false;
	for (; *at && used + 1 < TRACE_SESSION_SIZE; at++) {
		if (at[0] != '%') {
			session[used++] = *at;
		} else if (parse_hex(at + 1, &session[used])) {
			used++;
			at += 2;
		} else {
			return false;
		}
	}
	session[used] = '\0';
	trace_name_instance(session, again);
	return strcmp(again, instance) == 0;
}

void trace_name_system(const char *instance, char system[TRACE_SYSTEM_NAME_SIZE])
{
	bool changed = strlen(instance) >= TRACE_SYSTEM_NAME_SIZE;
	size_t i;

	for (i = 0; instance[i] && i < TRACE_SYSTEM_NAME_SIZE - 1; i++) {
		system[i] = instance[i];
		if (strchr(ALPHANUMERIC "_", instance[i]))
			continue;
		system[i] = '_';
		changed = true;
	}
	system[i] = '\0';
	if (!changed)
		return;
	if (i > TRACE_SYSTEM_NAME_SIZE - 1 - HASH_LENGTH)
		i = TRACE_SYSTEM_NAME_SIZE - 1 - HASH_LENGTH;
	snprintf(system + i, HASH_LENGTH + 1, "_%016" PRIx64, fnv_text(FNV_BEGIN, instance));
}
