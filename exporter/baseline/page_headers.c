#include "exporter/baseline/page_headers.h"

#include <errno.h>
#include <string.h>

#include "config/file_text.h"

#define LINE_BYTES_MAX 8192

struct reading {
	const char *file;
	int (*add)(void *context, const char *line);
	void *context;
	struct error *error;
};

static int take_line(const struct reading *reading, const char *line, size_t length)
{
	char text[LINE_BYTES_MAX];

	if (length && line[length - 1] == '\r')
		length--;
	if (!length)
		return 0;
	if (length >= sizeof(text) || memchr(line, '\0', length) || !memchr(line, ':', length))
		return error_set(reading->error, "%s: a line is no header field, NAME: VALUE",
				 reading->file);
	memcpy(text, line, length);
	text[length] = '\0';
	return reading->add(reading->context, text)
		       ? error_set(reading->error, "%s: out of memory", reading->file)
		       : 0;
}

int page_headers_read(const char *file, int (*add)(void *context, const char *line), void *context,
		      struct error *error)
{
	const struct reading reading = {file, add, context, error};
	struct file_text text;
	const char *at, *end;
	int result = 0;

	if (file_text_read(&text, file, true))
		return error_set(error, "cannot read %s: %s", file, strerror(errno));
	end = text.bytes + text.length;
	for (at = text.bytes; !result && at < end;) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line_end ? line_end : end) - at);

		result = take_line(&reading, at, length);
		at += length < (size_t)(end - at) ? length + 1 : length;
	}
	file_text_done(&text);
	return result;
}
