#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <winhttp.h>

#include "config/wide_path_windows.h"
#include "exporter/baseline/page_fetch.h"
#include "exporter/baseline/page_headers.h"

#define TIMEOUT_MS	  30000
#define PART_SIZE	  1024
#define HEADERS_BYTES_MAX ((size_t)1 << 20)
#define READ_BYTES	  ((DWORD)64 << 10)

/* Characters of the host, the path with what it asks for, the user, the password. */
struct url_parts {
	wchar_t host[PART_SIZE], path[PART_SIZE], user[PART_SIZE], password[PART_SIZE];
	INTERNET_PORT port;
	bool is_https;
};

struct page_fetch {
	HINTERNET session, connection;
	struct url_parts parts;
	struct text headers; /* lines with their ends */
	char *url, *host;
};

void page_fetch_free(struct page_fetch *fetch)
{
	if (!fetch)
		return;
	if (fetch->connection)
		WinHttpCloseHandle(fetch->connection);
	if (fetch->session)
		WinHttpCloseHandle(fetch->session);
	SecureZeroMemory(fetch->parts.password, sizeof(fetch->parts.password));
	text_done(&fetch->headers);
	free(fetch->url);
	free(fetch->host);
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

static int add_header(void *context, const char *line)
{
	struct text *headers = context;

	text_printf(headers, "%s\r\n", line);
	return headers->failed ? -1 : 0;
}

/* False: it is no URL, or too long. */
static bool crack(const wchar_t *url, struct url_parts *parts)
{
	URL_COMPONENTS found = {
		.dwStructSize = sizeof(found),
		.lpszHostName = parts->host,
		.dwHostNameLength = PART_SIZE,
		.lpszUserName = parts->user,
		.dwUserNameLength = PART_SIZE,
		.lpszPassword = parts->password,
		.dwPasswordLength = PART_SIZE,
		.lpszUrlPath = parts->path,
		.dwUrlPathLength = PART_SIZE,
	};

	if (!WinHttpCrackUrl(url, 0, 0, &found))
		return false;
	parts->port = found.nPort;
	parts->is_https = found.nScheme == INTERNET_SCHEME_HTTPS;
	return parts->host[0];
}

/* The URL without user and password. NULL: no memory. */
static char *plain_url(const struct url_parts *parts, const char *host)
{
	char *path = wide_to_utf8(parts->path), *url = NULL;
	size_t size = strlen(host) + (path ? strlen(path) : 0) + 32;

	if (path)
		url = malloc(size);
	if (url)
		snprintf(url, size, "%s://%s:%u%s", parts->is_https ? "https" : "http", host,
			 (unsigned int)parts->port, path);
	free(path);
	return url;
}

static int read_url(struct page_fetch *fetch, const char *url, struct error *error)
{
	wchar_t *wide = wide_from_utf8(url);
	bool done = wide && crack(wide, &fetch->parts);

	free(wide);
	if (!done)
		return error_set(error, "the URL must be of a metrics page, as "
					"http://HOST:9988/metrics");
	fetch->host = wide_to_utf8(fetch->parts.host);
	fetch->url = fetch->host ? plain_url(&fetch->parts, fetch->host) : NULL;
	return fetch->url ? 0 : error_set(error, "out of memory");
}

static void add_base64(struct text *to, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *at = (const unsigned char *)text;
	size_t left = strlen(text);

	for (; left; at += 3, left -= left < 3 ? left : 3) {
		unsigned int bits = (unsigned int)at[0] << 16;

		bits |= left > 1 ? (unsigned int)at[1] << 8 : 0;
		bits |= left > 2 ? at[2] : 0;
		text_char(to, digits[bits >> 18]);
		text_char(to, digits[bits >> 12 & 63]);
		text_char(to, left > 1 ? digits[bits >> 6 & 63] : '=');
		text_char(to, left > 2 ? digits[bits & 63] : '=');
	}
}

/* Sent without being asked for: an answer without it is a refusal. */
static int add_password(struct page_fetch *fetch, struct error *error)
{
	char *user = wide_to_utf8(fetch->parts.user), *password = NULL;
	struct text both;

	if (!fetch->parts.user[0]) {
		free(user);
		return 0;
	}
	password = wide_to_utf8(fetch->parts.password);
	text_init(&both, HEADERS_BYTES_MAX);
	text_printf(&both, "%s:%s", user ? user : "", password ? password : "");
	text_char(&both, '\0');
	text_string(&fetch->headers, "Authorization: Basic ");
	if (!both.failed)
		add_base64(&fetch->headers, both.bytes);
	text_string(&fetch->headers, "\r\n");
	fetch->headers.failed = fetch->headers.failed || both.failed || !user || !password;
	text_done(&both);
	free(user);
	free(password);
	return fetch->headers.failed ? error_set(error, "out of memory") : 0;
}

static int connect_to(struct page_fetch *fetch, struct error *error)
{
	DWORD never = WINHTTP_OPTION_REDIRECT_POLICY_NEVER;

	fetch->session = WinHttpOpen(L"etw_exporter", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
				     WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
	if (fetch->session) {
		WinHttpSetTimeouts(fetch->session, TIMEOUT_MS, TIMEOUT_MS, TIMEOUT_MS, TIMEOUT_MS);
		WinHttpSetOption(fetch->session, WINHTTP_OPTION_REDIRECT_POLICY, &never,
				 sizeof(never));
		fetch->connection =
			WinHttpConnect(fetch->session, fetch->parts.host, fetch->parts.port, 0);
	}
	return fetch->connection
		       ? 0
		       : error_set(error, "cannot get %s: error %lu", fetch->url, GetLastError());
}

struct page_fetch *page_fetch_new(const struct page_fetch_config *config, struct error *error)
{
	struct page_fetch *fetch = calloc(1, sizeof(*fetch));

	if (config->ca_file[0]) {
		error_set(error, "--url.ca-file: on Windows the system's certificates say whom to "
				 "trust; add it to those");
		free(fetch);
		return NULL;
	}
	if (!fetch) {
		error_set(error, "out of memory");
		return NULL;
	}
	text_init(&fetch->headers, HEADERS_BYTES_MAX);
	text_string(&fetch->headers, PAGE_ACCEPT "\r\n");
	if (!read_url(fetch, config->url, error) && !add_password(fetch, error) &&
	    (!config->header_file[0] ||
	     !page_headers_read(config->header_file, add_header, &fetch->headers, error)) &&
	    !connect_to(fetch, error))
		return fetch;
	page_fetch_free(fetch);
	return NULL;
}

/* The request's header fields in UTF-16, the caller's. NULL: no memory. */
static wchar_t *wide_headers(struct page_fetch *fetch)
{
	struct text text;
	wchar_t *wide = NULL;

	text_init(&text, 2 * HEADERS_BYTES_MAX);
	text_add(&text, fetch->headers.bytes, fetch->headers.length);
	text_char(&text, '\0');
	if (!text.failed)
		wide = wide_from_utf8(text.bytes);
	text_done(&text);
	return wide;
}

static bool send_request(HINTERNET request, const wchar_t *headers)
{
	return WinHttpSendRequest(request, headers, (DWORD)-1, WINHTTP_NO_REQUEST_DATA, 0, 0, 0) &&
	       WinHttpReceiveResponse(request, NULL);
}

/* False: see GetLastError(), or page->failed. */
static bool receive(HINTERNET request, struct text *page)
{
	DWORD got = 0;
	char *room;

	do {
		room = text_reserve(page, READ_BYTES);
		if (!room || !WinHttpReadData(request, room, READ_BYTES, &got))
			return false;
		page->length += got;
	} while (got);
	return true;
}

static DWORD status_of(HINTERNET request)
{
	DWORD status = 0, size = sizeof(status);

	WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
			    WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX);
	return status;
}

/* A type that is longer than there is room for is none that was asked for. */
static enum page_format format_of(HINTERNET request)
{
	wchar_t wide[PART_SIZE];
	DWORD size = sizeof(wide);
	enum page_format format;
	char *type = NULL;

	if (WinHttpQueryHeaders(request, WINHTTP_QUERY_CONTENT_TYPE, WINHTTP_HEADER_NAME_BY_INDEX,
				wide, &size, WINHTTP_NO_HEADER_INDEX))
		type = wide_to_utf8(wide);
	format = page_format_of(type);
	free(type);
	return format;
}

static int get(struct page_fetch *fetch, HINTERNET request, const wchar_t *headers,
	       struct text *page, struct error *error)
{
	DWORD status;

	if (!send_request(request, headers) || !receive(request, page))
		return page->failed ? error_set(error, "cannot get %s: the page is too large",
						fetch->url)
				    : error_set(error, "cannot get %s: error %lu", fetch->url,
						GetLastError());
	status = status_of(request);
	if (status != 200)
		return error_set(error, "cannot get %s: the answer is %lu, not 200%s", fetch->url,
				 status, status == 401 ? "; it wants a user and a password" : "");
	return 0;
}

int page_fetch_get(struct page_fetch *fetch, struct text *page, enum page_format *format,
		   struct error *error)
{
	HINTERNET request = WinHttpOpenRequest(fetch->connection, L"GET", fetch->parts.path, NULL,
					       WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
					       fetch->parts.is_https ? WINHTTP_FLAG_SECURE : 0);
	wchar_t *headers = wide_headers(fetch);
	int result;

	if (request && headers)
		result = get(fetch, request, headers, page, error);
	else
		result = error_set(error, "cannot get %s: error %lu", fetch->url, GetLastError());
	if (!result)
		*format = format_of(request);
	free(headers);
	if (request)
		WinHttpCloseHandle(request);
	return result;
}
