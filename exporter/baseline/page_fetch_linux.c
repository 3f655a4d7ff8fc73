#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/page_fetch.h"
#include "exporter/baseline/page_headers.h"

#define TIMEOUT_SECONDS 30L

struct page_fetch {
	CURL *curl;
	struct curl_slist *headers;
	char *url, *host;
	char error[CURL_ERROR_SIZE];
	struct text *page; /* while it is got */
};

void page_fetch_free(struct page_fetch *fetch)
{
	if (!fetch)
		return;
	curl_easy_cleanup(fetch->curl);
	curl_slist_free_all(fetch->headers);
	curl_free(fetch->url);
	curl_free(fetch->host);
	free(fetch);
	curl_global_cleanup();
}

const char *page_fetch_url(const struct page_fetch *fetch)
{
	return fetch->url;
}

const char *page_fetch_host(const struct page_fetch *fetch)
{
	return fetch->host;
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct page_fetch *fetch = context;

	text_add(fetch->page, bytes, count * one);
	return fetch->page->failed ? 0 : count * one;
}

static int add_header(void *context, const char *line)
{
	struct page_fetch *fetch = context;
	struct curl_slist *headers = curl_slist_append(fetch->headers, line);

	if (!headers)
		return -1;
	fetch->headers = headers;
	return 0;
}

/* What the URL is without a password, and its host. */
static int read_url(struct page_fetch *fetch, const char *url, struct error *error)
{
	CURLU *parts = curl_url();
	char *scheme = NULL;
	bool done = parts && !curl_url_set(parts, CURLUPART_URL, url, 0) &&
		    !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
		    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
		    !curl_url_get(parts, CURLUPART_HOST, &fetch->host, 0) &&
		    !curl_url_set(parts, CURLUPART_USER, NULL, 0) &&
		    !curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) &&
		    !curl_url_get(parts, CURLUPART_URL, &fetch->url, 0);

	curl_free(scheme);
	curl_url_cleanup(parts);
	return done ? 0
		    : error_set(error, "the URL must be of a metrics page, as "
				       "http://HOST:9988/metrics");
}

static void set_options(struct page_fetch *fetch, const struct page_fetch_config *config)
{
	CURL *curl = fetch->curl;

	curl_easy_setopt(curl, CURLOPT_URL, config->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fetch->headers);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->error);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "etw_exporter");
	if (config->ca_file[0])
		curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca_file);
}

struct page_fetch *page_fetch_new(const struct page_fetch_config *config, struct error *error)
{
	struct page_fetch *fetch = calloc(1, sizeof(*fetch));

	if (!fetch || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(fetch);
		error_set(error, "out of memory");
		return NULL;
	}
	if (read_url(fetch, config->url, error) ||
	    (config->header_file[0] &&
	     page_headers_read(config->header_file, add_header, fetch, error))) {
		page_fetch_free(fetch);
		return NULL;
	}
	fetch->curl = curl_easy_init();
	if (!fetch->curl || add_header(fetch, "Accept: text/plain;version=0.0.4")) {
		page_fetch_free(fetch);
		error_set(error, "out of memory");
		return NULL;
	}
	set_options(fetch, config);
	return fetch;
}

int page_fetch_get(struct page_fetch *fetch, struct text *page, struct error *error)
{
	CURLcode code;
	long status = 0;

	fetch->page = page;
	fetch->error[0] = '\0';
	code = curl_easy_perform(fetch->curl);
	if (code)
		return error_set(error, "cannot get %s: %s", fetch->url,
				 page->failed	   ? "the page is too large"
				 : fetch->error[0] ? fetch->error
						   : curl_easy_strerror(code));
	curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return error_set(error, "cannot get %s: the answer is %ld, not 200%s", fetch->url,
				 status, status == 401 ? "; it wants a user and a password" : "");
	return 0;
}
