#include "exporter/http_answer.h"

#include <string.h>

#include "exporter/http_gzip.h"
#include "metrics/negotiate.h"

#define PAGE_BYTES_MAX (512u << 20)
#define TEXT_BYTES_MAX (16u << 20)

enum status {
	STATUS_OK = 200,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD_NOT_ALLOWED = 405,
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

static void compress(struct http_answer *answer)
{
	struct text compressed;

	text_init(&compressed, PAGE_BYTES_MAX);
	http_gzip(&answer->body, &compressed);
	text_done(&answer->body);
	answer->body = compressed;
	answer->gzip = true;
}

static void answer_metrics(const struct http_config *config, const struct http_request *request,
			   struct http_answer *answer)
{
	enum exposition_format format = exposition_negotiate(request->accept);

	begin(answer, STATUS_OK, exposition_content_type(format), PAGE_BYTES_MAX);
	metrics_page_render(config->page, format, &answer->body);
	if (!answer->body.failed && negotiate_gzip(request->accept_encoding))
		compress(answer);
	answer->negotiated = true;
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

void http_answer(const struct http_config *config, const struct http_request *request,
		 struct http_answer *answer)
{
	answer_function *function = find(config, request->path);
	const struct http_page *page = function ? NULL : find_page(config, request->path);

	if (!function && !page) {
		begin(answer, STATUS_NOT_FOUND, text_type, TEXT_BYTES_MAX);
		add_line(answer, "not found");
	} else if (!request->reads) {
		begin(answer, STATUS_METHOD_NOT_ALLOWED, text_type, TEXT_BYTES_MAX);
		add_line(answer, "method not allowed");
		answer->allow = true;
	} else if (page) {
		answer_page(page, answer);
	} else {
		function(config, request, answer);
	}
	if (answer->body.failed)
		http_answer_refusal(answer, STATUS_UNAVAILABLE,
				    "the page takes more memory than there is or is allowed");
}
