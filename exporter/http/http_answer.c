#include "exporter/http/http_answer.h"

#include <string.h>
#include <time.h>

#include "exporter/http/http_gzip.h"
#include "exporter/http/http_zstd.h"
#include "exporter/service/reload_request.h"
#include "metrics/negotiate.h"

#define PAGE_BYTES_MAX (512u << 20)
#define TEXT_BYTES_MAX (16u << 20)

#define NS_PER_SECOND 1000000000
/* Of the time that a client allows, at most a tenth. */
#define ON_THE_WAY_SECONDS 0.25

enum status {
	STATUS_OK = 200,
	STATUS_FORBIDDEN = 403,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD_NOT_ALLOWED = 405,
	STATUS_FAILED = 500,
	STATUS_UNAVAILABLE = 503,
};

static const char text_type[] = "text/plain; charset=utf-8";

static void begin(struct http_answer *answer, enum status status, const char *content_type,
		  size_t limit)
{
	*answer = (struct http_answer){.status = status, .content_type = content_type};
	text_init(&answer->body, limit);
}

void http_answer_done(struct http_answer *answer)
{
	text_done(&answer->body);
}

static void add_line(struct http_answer *answer, const char *line)
{
	text_string(&answer->body, line);
	text_char(&answer->body, '\n');
}

void http_answer_refusal(struct http_answer *answer, unsigned int status, const char *reason)
{
	http_answer_done(answer);
	begin(answer, status, text_type, TEXT_BYTES_MAX);
	add_line(answer, reason);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/* By when the client has to be answered; 0: it does not say. What it allows is also for the way. */
static int64_t deadline_of(const struct http_request *request)
{
	double seconds;

	if (!negotiate_timeout(request->scrape_timeout, &seconds))
		return 0;
	seconds -= seconds < 10 * ON_THE_WAY_SECONDS ? seconds / 10 : ON_THE_WAY_SECONDS;
	return now_ns() + (int64_t)(seconds * NS_PER_SECOND);
}

static void compress(struct http_answer *answer, enum content_coding coding)
{
	struct text compressed;

	if (coding == CODING_IDENTITY)
		return;
	text_init(&compressed, PAGE_BYTES_MAX);
	if (coding == CODING_ZSTD)
		http_zstd(&answer->body, &compressed);
	else
		http_gzip(&answer->body, &compressed);
	text_done(&answer->body);
	answer->body = compressed;
	answer->coding = coding == CODING_ZSTD ? "zstd" : "gzip";
}

static void answer_metrics(const struct http_config *config, const struct http_request *request,
			   struct http_answer *answer)
{
	struct exposition_type type = exposition_negotiate(request->accept);
	const struct page_request page = {type.format, request->filter, deadline_of(request)};

	begin(answer, STATUS_OK, exposition_content_type(type), PAGE_BYTES_MAX);
	answer->negotiated = true;
	if (metrics_page_answer(config->page, &page, &answer->body) && !answer->body.failed)
		compress(answer, negotiate_coding(request->accept_encoding));
	if (page.deadline_ns && now_ns() > page.deadline_ns)
		http_answer_refusal(answer, STATUS_UNAVAILABLE,
				    "the page could not be made within the time that "
				    "X-Prometheus-Scrape-Timeout-Seconds allows");
}

static void answer_healthy(const struct http_config *config, const struct http_request *request,
			   struct http_answer *answer)
{
	(void)config;
	(void)request;
	begin(answer, STATUS_OK, text_type, TEXT_BYTES_MAX);
	add_line(answer, "healthy");
}

static void answer_ready(const struct http_config *config, const struct http_request *request,
			 struct http_answer *answer)
{
	struct text *why = &answer->body;

	(void)request;
	begin(answer, STATUS_OK, text_type, TEXT_BYTES_MAX);
	if (!config->ready || config->ready(config->context, why)) {
		text_clear(why);
		add_line(answer, "ready");
		return;
	}
	answer->status = STATUS_UNAVAILABLE;
	if (!why->length)
		add_line(answer, "not ready");
	else if (why->bytes[why->length - 1] != '\n')
		text_char(why, '\n');
}

typedef void answer_function(const struct http_config *config, const struct http_request *request,
			     struct http_answer *answer);

static answer_function *find(const struct http_config *config, const char *path)
{
	/* The first row wins: the telemetry path may be one of the others. */
	const struct {
		const char *path;
		answer_function *answer;
	} routes[] = {
		{config->telemetry_path, answer_metrics},
		{"/-/healthy", answer_healthy},
		{"/-/ready", answer_ready},
	};
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		if (strcmp(path, routes[i].path) == 0)
			return routes[i].answer;
	return NULL;
}

static const struct http_page *find_page(const struct http_config *config, const char *path)
{
	size_t i;

	for (i = 0; i < config->page_count; i++)
		if (strcmp(path, config->pages[i].path) == 0)
			return &config->pages[i];
	return NULL;
}

static void answer_page(const struct http_page *page, struct http_answer *answer)
{
	begin(answer, STATUS_OK, page->content_type, TEXT_BYTES_MAX);
	answer->policy = page->policy;
	page->render(page->context, &answer->body);
}

static void refuse_method(struct http_answer *answer, const char *allow)
{
	begin(answer, STATUS_METHOD_NOT_ALLOWED, text_type, TEXT_BYTES_MAX);
	add_line(answer, "method not allowed");
	answer->allow = allow;
}

static void answer_reload(const struct http_config *config, const struct http_request *request,
			  struct http_answer *answer)
{
	static const enum status statuses[] = {
		[RELOAD_DONE] = STATUS_OK,
		[RELOAD_FAILED] = STATUS_FAILED,
		[RELOAD_BUSY] = STATUS_UNAVAILABLE,
	};
	const struct reload_wait *reload = request->reload;

	if (!config->reload) {
		begin(answer, STATUS_FORBIDDEN, text_type, TEXT_BYTES_MAX);
		add_line(answer, "reloading over HTTP is off; --web.enable-lifecycle turns it on");
	} else if (!reload) {
		refuse_method(answer, "POST");
	} else {
		begin(answer, statuses[reload->result], text_type, TEXT_BYTES_MAX);
		add_line(answer, reload->result == RELOAD_DONE ? "reloaded" : reload->error.text);
	}
}

static bool is_reload(const struct http_config *config, const char *path)
{
	return strcmp(path, "/-/reload") == 0 && find(config, path) != answer_metrics;
}

bool http_answer_takes_reload(const struct http_config *config, const char *path, bool posts)
{
	return config->reload && posts && is_reload(config, path);
}

void http_answer(const struct http_config *config, const struct http_request *request,
		 struct http_answer *answer)
{
	answer_function *function = find(config, request->path);
	const struct http_page *page = function ? NULL : find_page(config, request->path);

	if (is_reload(config, request->path)) {
		answer_reload(config, request, answer);
	} else if (!function && !page) {
		begin(answer, STATUS_NOT_FOUND, text_type, TEXT_BYTES_MAX);
		add_line(answer, "not found");
	} else if (!request->reads) {
		refuse_method(answer, "GET, HEAD");
	} else if (page) {
		answer_page(page, answer);
	} else {
		function(config, request, answer);
	}
	if (answer->body.failed)
		http_answer_refusal(answer, STATUS_UNAVAILABLE,
				    "the page takes more memory than there is or is allowed");
}
