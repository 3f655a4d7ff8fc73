/*
 * Source: Microsoft's "ReportEventW function", of the characters that a text may have, too.
 */
#include "exporter/log/event_log.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/wide_path_windows.h"
#include "exporter/service/service.h"
#include "exporter/windows/event_log_messages.h" /* made of event_log_messages.mc */

#define CHARACTERS_MAX 31839

static const struct {
	WORD type;
	DWORD message;
} levels[] = {
	[LOG_DEBUG] = {EVENTLOG_INFORMATION_TYPE, EVENT_LOG_INFORMATION},
	[LOG_INFO] = {EVENTLOG_INFORMATION_TYPE, EVENT_LOG_INFORMATION},
	[LOG_WARN] = {EVENTLOG_WARNING_TYPE, EVENT_LOG_WARNING},
	[LOG_ERROR] = {EVENTLOG_ERROR_TYPE, EVENT_LOG_ERROR},
};

/* A percent sign before a digit would be taken for the place of another text. */
static void part_percents(wchar_t *to, const wchar_t *from)
{
	size_t length = 0;

	for (; *from && length < CHARACTERS_MAX - 1; from++) {
		to[length++] = *from;
		if (*from == L'%' && from[1] >= L'0' && from[1] <= L'9')
			to[length++] = L' ';
	}
	to[length] = L'\0';
}

/* Without its end; NULL: no memory. */
static wchar_t *text_of(const char *line, size_t length)
{
	wchar_t *text = malloc((CHARACTERS_MAX + 1) * sizeof(*text));
	char *whole = malloc(length + 1);
	wchar_t *wide = NULL;

	while (length && line[length - 1] == '\n')
		length--;
	if (whole) {
		memcpy(whole, line, length);
		whole[length] = '\0';
		wide = wide_from_utf8(whole);
	}
	if (text && wide) {
		part_percents(text, wide);
	} else {
		free(text);
		text = NULL;
	}
	free(wide);
	free(whole);
	return text;
}

static void write_line(void *context, enum log_level level, const char *line, size_t length)
{
	wchar_t *text = text_of(line, length);
	const wchar_t *texts[] = {text};

	if (text)
		ReportEventW(context, levels[level].type, 0, levels[level].message, NULL, 1, 0,
			     texts, NULL);
	free(text);
}

static void close_log(void *context)
{
	DeregisterEventSource(context);
}

int event_log_open(struct log_output *output, struct error *error)
{
	HANDLE source = RegisterEventSourceW(NULL, L"" SERVICE_NAME);

	if (!source)
		return error_set(error,
				 "--log.eventlog: cannot write to the Event Log (error %lu); "
				 "does the service \"Windows Event Log\" run?",
				 GetLastError());
	*output = (struct log_output){write_line, close_log, source};
	return 0;
}
