/*
 * By libcurl, which is loaded when a page is to be got: with all that it needs itself it would take
 * 3 MiB of an exporter that never gets one.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/page_fetch.h"
#include "exporter/baseline/page_headers.h"

#define TIMEOUT_SECONDS 30L

struct curl_library {
	void *handle;
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_global_cleanup) *global_cleanup;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_free) *free;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_url_get) *url_get;
	__typeof__(curl_url_set) *url_set;
};

struct page_fetch {
	struct curl_library library;
	CURL *curl;
	struct curl_slist *headers;
	char *url, *host;
	char error[CURL_ERROR_SIZE];
	struct text *page; /* while it is got */
};

/* Debian's, and what it is called elsewhere. */
static void *open_library(void)
{
	void *handle = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);

	return handle ? handle : dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
}

static void *find(const struct curl_library *library, const char *name, struct error *error)
{
	void *function = dlsym(library->handle, name);

	if (!function)
		error_set(error, "libcurl is too old: it has no %s", name);
	return function;
}

static int load_library(struct curl_library *library, struct error *error)
{
	library->handle = open_library();
	if (!library->handle) {
		error_set(error, "cannot load libcurl (Debian: libcurl3-gnutls): %s", dlerror());
		return -1;
	}
	if (!(library->global_init = find(library, "curl_global_init", error)) ||
	    !(library->global_cleanup = find(library, "curl_global_cleanup", error)) ||
	    !(library->easy_init = find(library, "curl_easy_init", error)) ||
	    !(library->easy_cleanup = find(library, "curl_easy_cleanup", error)) ||
	    !(library->easy_setopt = find(library, "curl_easy_setopt", error)) ||
	    !(library->easy_perform = find(library, "curl_easy_perform", error)) ||
	    !(library->easy_getinfo = find(library, "curl_easy_getinfo", error)) ||
	    !(library->easy_strerror = find(library, "curl_easy_strerror", error)) ||
	    !(library->slist_append = find(library, "curl_slist_append", error)) ||
	    !(library->slist_free_all = find(library, "curl_slist_free_all", error)) ||
	    !(library->free = find(library, "curl_free", error)) ||
	    !(library->url = find(library, "curl_url", error)) ||
	    !(library->url_cleanup = find(library, "curl_url_cleanup", error)) ||
	    !(library->url_get = find(library, "curl_url_get", error)) ||
	    !(library->url_set = find(library, "curl_url_set", error)))
		return -1;
	return library->global_init(CURL_GLOBAL_DEFAULT) ? error_set(error, "out of memory") : 0;
}

void page_fetch_free(struct page_fetch *fetch)
{
	const struct curl_library *library;

	if (!fetch)
		return;
	library = &fetch->library;
	library->easy_cleanup(fetch->curl);
	library->slist_free_all(fetch->headers);
	library->free(fetch->url);
	library->free(fetch->host);
	library->global_cleanup();
	dlclose(library->handle);
	free(fetch);
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
	struct curl_slist *headers = fetch->library.slist_append(fetch->headers, line);

	if (!headers)
		return -1;
	fetch->headers = headers;
	return 0;
}

/* What the URL is without a password, and its host. */
static int read_url(struct page_fetch *fetch, const char *url, struct error *error)
{
	CURLU *parts = fetch->library.url();
	char *scheme = NULL;
	bool done = parts && !fetch->library.url_set(parts, CURLUPART_URL, url, 0) &&
		    !fetch->library.url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
		    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
		    !fetch->library.url_get(parts, CURLUPART_HOST, &fetch->host, 0) &&
		    !fetch->library.url_set(parts, CURLUPART_USER, NULL, 0) &&
		    !fetch->library.url_set(parts, CURLUPART_PASSWORD, NULL, 0) &&
		    !fetch->library.url_get(parts, CURLUPART_URL, &fetch->url, 0);

	fetch->library.free(scheme);
	fetch->library.url_cleanup(parts);
	return done ? 0
		    : error_set(error, "the URL must be of a metrics page, as "
				       "http://HOST:9988/metrics");
}

static void set_options(struct page_fetch *fetch, const struct page_fetch_config *config)
{
	CURL *curl = fetch->curl;

	fetch->library.easy_setopt(curl, CURLOPT_URL, config->url);
	fetch->library.easy_setopt(curl, CURLOPT_HTTPHEADER, fetch->headers);
	fetch->library.easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	fetch->library.easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	fetch->library.easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	fetch->library.easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->error);
	fetch->library.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	fetch->library.easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
	fetch->library.easy_setopt(curl, CURLOPT_USERAGENT, "etw_exporter");
	if (config->ca_file[0])
		fetch->library.easy_setopt(curl, CURLOPT_CAINFO, config->ca_file);
}

struct page_fetch *page_fetch_new(const struct page_fetch_config *config, struct error *error)
{
	struct page_fetch *fetch = calloc(1, sizeof(*fetch));

	if (!fetch) {
		error_set(error, "out of memory");
		return NULL;
	}
	if (load_library(&fetch->library, error)) {
		if (fetch->library.handle)
			dlclose(fetch->library.handle);
		free(fetch);
		return NULL;
	}
	if (read_url(fetch, config->url, error) ||
	    (config->header_file[0] &&
	     page_headers_read(config->header_file, add_header, fetch, error))) {
		page_fetch_free(fetch);
		return NULL;
	}
	fetch->curl = fetch->library.easy_init();
	if (!fetch->curl || add_header(fetch, PAGE_ACCEPT)) {
		page_fetch_free(fetch);
		error_set(error, "out of memory");
		return NULL;
	}
	set_options(fetch, config);
	return fetch;
}

int page_fetch_get(struct page_fetch *fetch, struct text *page, enum page_format *format,
		   struct error *error)
{
	const char *type = NULL;
	CURLcode code;
	long status = 0;

	fetch->page = page;
	fetch->error[0] = '\0';
	code = fetch->library.easy_perform(fetch->curl);
	if (code)
		return error_set(error, "cannot get %s: %s", fetch->url,
				 page->failed	   ? "the page is too large"
				 : fetch->error[0] ? fetch->error
						   : fetch->library.easy_strerror(code));
	fetch->library.easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return error_set(error, "cannot get %s: the answer is %ld, not 200%s", fetch->url,
				 status, status == 401 ? "; it wants a user and a password" : "");
	fetch->library.easy_getinfo(fetch->curl, CURLINFO_CONTENT_TYPE, &type);
	*format = page_format_of(type);
	return 0;
}
