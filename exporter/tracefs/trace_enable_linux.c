#include "exporter/tracefs/trace_enable_linux.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/tracefs/trace_select_linux.h"
#include "exporter/tracefs/trace_words_linux.h"
#include "metrics/text.h"

#define EVENT_SIZE 160 /* of SYSTEM/EVENT, as far as it is shown */

/* A row of `providers:` while it is enabled. */
struct row {
	const struct trace_enabling *enabling;
	const struct trace_provider_config *provider;
	struct trace_names events;
	struct text filter;	/* both terminated; empty: none */
	struct text pid_filter; /* without what is in `filter:` */
};

static int write_event(const struct row *row, const char *event, const char *file, const char *text)
{
	char path[TRACE_PATH_SIZE];

	if ((size_t)snprintf(path, sizeof(path), "events/%s/%s", event, file) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return trace_file_write(row->enabling->directory, path, text);
}

static void add_pids(const struct scalar_list *pids, struct text *to)
{
	size_t i;

	for (i = 0; i < pids->count; i++)
		text_printf(to, "%scommon_pid == %" PRIu64, i ? " || " : "",
			    pids->list[i].magnitude);
}

/* What the kernel takes at once is less than a page (event_filter_write()). */
static int compose(struct row *row, struct error *error)
{
	const struct trace_provider_config *provider = row->provider;
	size_t limit = (size_t)sysconf(_SC_PAGESIZE);
	bool both = provider->filter && provider->pids.count;

	text_init(&row->filter, limit);
	text_init(&row->pid_filter, limit);
	add_pids(&provider->pids, &row->pid_filter);
	if (both)
		text_char(&row->filter, '(');
	add_pids(&provider->pids, &row->filter);
	if (both)
		text_string(&row->filter, ") && (");
	if (provider->filter)
		text_string(&row->filter, provider->filter);
	if (both)
		text_char(&row->filter, ')');
	text_char(&row->filter, '\0');
	text_char(&row->pid_filter, '\0');
	if (row->filter.failed || row->pid_filter.failed)
		return error_set(error,
				 "the filter of %s is too long with its pids: the kernel takes "
				 "%zu bytes",
				 provider->name ? provider->name : provider->probe.name, limit - 1);
	return 0;
}

/* Of the events that did not take the filter. */
struct refusal {
	size_t count;
	char event[EVENT_SIZE];
	char words[TRACE_WORDS_SIZE];
};

static void note_refusal(const struct row *row, const char *event, struct refusal *refusal)
{
	int code = errno;

	if (refusal->count++)
		return;
	snprintf(refusal->event, sizeof(refusal->event), "%s", event);
	if (!trace_words_read(row->enabling->directory, row->filter.bytes, refusal->words))
		snprintf(refusal->words, sizeof(refusal->words), "%s", strerror(code));
}

static int say_refusal(const struct row *row, const struct refusal *refusal, struct error *error)
{
	const struct trace_enabling *enabling = row->enabling;
	char count[32];

	if (refusal->count == row->events.count)
		return error_set(error, "the kernel refuses the filter \"%.150s\" of %s: %s",
				 row->filter.bytes, refusal->event, refusal->words);
	snprintf(count, sizeof(count), "%zu", refusal->count);
	log_line(enabling->log, LOG_WARN, "Events do not have the filter's fields and pass it",
		 "session", enabling->session, "events", count, "first", refusal->event, "kernel",
		 refusal->words, NULL);
	return 0;
}

/* Each event takes the kernel until no CPU is in the old code. */
static bool is_stopped(const struct row *row, struct error *error)
{
	const struct stop *stop = row->enabling->stop;

	if (!stop || !stop_is_set(stop))
		return false;
	error_set(error, "stopped while its events were enabled");
	return true;
}

static int set_filters(const struct row *row, struct error *error)
{
	struct refusal refusal = {.count = 0};
	size_t i;

	for (i = 0; i < row->events.count; i++) {
		const char *event = row->events.list[i];

		if (is_stopped(row, error))
			return -1;
		if (!write_event(row, event, "filter", row->filter.bytes))
			continue;
		/* What else may be wrong is no reason for letting an event pass. */
		if (errno != EINVAL && errno != ENOSPC)
			return trace_file_error(error, errno, "cannot filter %s", event);
		note_refusal(row, event, &refusal);
		/* Takes away what the kernel keeps of one that it refused. */
		write_event(row, event, "filter",
			    row->pid_filter.bytes[0] ? row->pid_filter.bytes : "0");
	}
	return refusal.count ? say_refusal(row, &refusal, error) : 0;
}

static int enable_events(const struct row *row, struct error *error)
{
	size_t i;

	for (i = 0; i < row->events.count; i++) {
		if (is_stopped(row, error))
			return -1;
		if (write_event(row, row->events.list[i], "enable", "1"))
			return trace_file_error(error, errno, "cannot enable the event %s",
						row->events.list[i]);
	}
	return 0;
}

static int select_events(struct row *row, struct error *error)
{
	const struct trace_provider_config *provider = row->provider;
	char probe[EVENT_SIZE];

	if (provider->kind == TRACE_PROVIDER_SYSTEM)
		return trace_select(row->enabling->directory, provider->name, &provider->events,
				    &row->events, error);
	snprintf(probe, sizeof(probe), "%s/%s", row->enabling->probe_system, provider->probe.name);
	if (trace_names_add(&row->events, probe))
		return error_set(error, "cannot enable the probe %s: out of memory", probe);
	return 0;
}

int trace_enable(const struct trace_enabling *enabling,
		 const struct trace_provider_config *provider, struct error *error)
{
	struct row row = {.enabling = enabling, .provider = provider};
	int result = is_stopped(&row, error) ? -1 : select_events(&row, error);

	if (!result)
		result = compose(&row, error);
	if (!result && row.filter.bytes[0])
		result = set_filters(&row, error);
	if (!result)
		result = enable_events(&row, error);
	text_done(&row.filter);
	text_done(&row.pid_filter);
	trace_names_done(&row.events);
	return result;
}
