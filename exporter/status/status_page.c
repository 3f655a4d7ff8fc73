/* The page at /: page.html, in which {{name}} stands for what is put there. */
#include <string.h>

#include "exporter/status/status_files.h"
#include "exporter/status/status_private.h"

const char *status_page_policy(void)
{
	return status_policy;
}

static void put_style(const struct status_page *page, struct text *html)
{
	(void)page;
	text_string(html, status_css);
}

static void put_script(const struct status_page *page, struct text *html)
{
	(void)page;
	text_string(html, status_js);
}

static void put_version(const struct status_page *page, struct text *html)
{
	(void)page;
	text_html(html, exporter_version());
}

static void put_telemetry_path(const struct status_page *page, struct text *html)
{
	text_html(html, page->telemetry_path);
}

static void put_verdict(const struct status_page *page, struct text *html)
{
	struct text why;

	text_init(&why, 256);
	text_string(html, verdict_name(status_verdict(page->status, &why)));
	text_done(&why);
}

/* Names of states and numbers: there is nothing to escape. */
static void put_summary(const struct status_page *page, struct text *html)
{
	status_verdict(page->status, html);
}

static void put_session(const struct status *status, size_t index, struct text *html)
{
	const struct session *session = sessions_get(status->config.sessions, index);
	const struct session_health *health = session_health(session);
	const struct trace_queue *queue = session_queue(session);
	int64_t lag_ns = atomic_load(&health->lag_ns);

	text_string(html, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
	text_html(html, session_config(session)->name);
	text_printf(html, "</th><td role=\"cell\"><span class=\"pill %s\">%s</span></td>",
		    verdict_name(status_session_verdict(status, index)),
		    session_state_name(session_state(session)));
	text_string(html, "<td role=\"cell\">");
	text_u64(html, health_get(&health->events));
	text_string(html, "</td><td role=\"cell\">");
	if (lag_ns != NO_TIME)
		text_printf(html, "%.3f s", (double)lag_ns / 1e9);
	text_printf(html, "</td><td role=\"cell\">%zu of %zu bytes</td>", trace_queue_depth(queue),
		    trace_queue_capacity(queue));
	text_string(html, "<td role=\"cell\">");
	text_u64(html, health_get(&health->events_lost) + health_get(&health->events_dropped));
	text_string(html, " events, ");
	text_u64(html, health_get(&health->buffers_lost));
	text_string(html, " buffers</td></tr>\n");
}

static void put_sessions(const struct status_page *page, struct text *html)
{
	size_t count = sessions_count(page->status->config.sessions), i;

	for (i = 0; i < count; i++)
		put_session(page->status, i, html);
}

static void put(const struct status_page *page, const char *name, size_t length, struct text *html)
{
	static const struct {
		const char *name;
		void (*put)(const struct status_page *page, struct text *html);
	} rows[] = {
		{"style", put_style},	    {"script", put_script},
		{"version", put_version},   {"telemetry_path", put_telemetry_path},
		{"verdict", put_verdict},   {"summary", put_summary},
		{"sessions", put_sessions},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
			rows[i].put(page, html);
}

void status_page(void *context, struct text *html)
{
	const struct status_page *page = context;
	const char *at = status_html, *open, *close;

	pthread_mutex_lock(&page->status->lock);
	while ((open = strstr(at, "{{")) && (close = strstr(open, "}}"))) {
		text_add(html, at, (size_t)(open - at));
		put(page, open + 2, (size_t)(close - open) - 2, html);
		at = close + 2;
	}
	text_string(html, at);
	pthread_mutex_unlock(&page->status->lock);
}
