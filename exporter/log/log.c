#include "exporter/log/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/log/log_rate.h"
#include "exporter/log/log_recent.h"
#include "exporter/value/time_text.h"
#include "metrics/text.h"

#define LINE_LIMIT     (64 << 10)
#define LINE_END_BYTES 2
#define NS_PER_SECOND  ((uint64_t)1000000000)

struct log {
	struct log_output output;
	enum log_level level;
	enum log_format format;
	pthread_mutex_t lock; /* of the output and what follows */
	struct log_rate rate;
	struct log_recent recent;
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static const char *const format_names[] = {"logfmt", "json"};

static void write_stream(void *context, enum log_level level, const char *line, size_t length)
{
	FILE *out = context;

	(void)level;
	fwrite(line, 1, length, out);
	fflush(out);
}

static void close_output(const struct log_output *output)
{
	if (output->close)
		output->close(output->context);
}

struct log *log_new_to(const struct log_output *output, enum log_level level,
		       enum log_format format)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log) {
		close_output(output);
		return NULL;
	}
	log->output = *output;
	log->level = level;
	log->format = format;
	pthread_mutex_init(&log->lock, NULL);
	return log;
}

struct log *log_new(FILE *out, enum log_level level, enum log_format format)
{
	return log_new_to(&(struct log_output){.write = write_stream, .context = out}, level,
			  format);
}

void log_limit(struct log *log, uint32_t lines, uint64_t window_ns)
{
	log->rate.lines = lines;
	log->rate.window_ns = window_ns;
}

uint64_t log_suppressed(struct log *log)
{
	uint64_t suppressed;

	if (!log)
		return 0;
	pthread_mutex_lock(&log->lock);
	suppressed = log->rate.suppressed;
	pthread_mutex_unlock(&log->lock);
	return suppressed;
}

uint64_t log_warnings(struct log *log)
{
	uint64_t count;

	if (!log)
		return 0;
	pthread_mutex_lock(&log->lock);
	count = log->recent.count;
	pthread_mutex_unlock(&log->lock);
	return count;
}

void log_recent_warnings(struct log *log, struct text *json)
{
	if (!log) {
		text_string(json, "[]");
		return;
	}
	pthread_mutex_lock(&log->lock);
	log_recent_json(&log->recent, json);
	pthread_mutex_unlock(&log->lock);
}

/* Whether the line is to be written. */
static bool take(struct log *log, const char *message, uint32_t *suppressed,
		 struct log_rate_gone *gone)
{
	struct timespec now;
	bool taken;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&log->lock);
	taken = log_rate_take(&log->rate, message,
			      (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec,
			      suppressed, gone);
	pthread_mutex_unlock(&log->lock);
	return taken;
}

static bool needs_quotes(const char *value)
{
	const unsigned char *c = (const unsigned char *)value;

	if (!*c)
		return true;
	for (; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '"' || *c == '=' || *c == '\\')
			return true;
	return false;
}

/* Quoted logfmt values are escaped like JSON strings. */
static void append_pair(struct text *line, enum log_format format, const char *name,
			const char *value)
{
	if (format == LOG_JSON) {
		text_char(line, line->length ? ',' : '{');
		text_json(line, name);
		text_char(line, ':');
		text_json(line, value);
		return;
	}
	if (line->length)
		text_char(line, ' ');
	text_string(line, name);
	text_char(line, '=');
	if (needs_quotes(value))
		text_json(line, value);
	else
		text_string(line, value);
}

/* A pair for which there is no room is left out, so that the line is whole. */
static void add_pair(struct text *line, enum log_format format, const char *name, const char *value)
{
	size_t length = line->length;

	append_pair(line, format, name, value);
	if (line->failed)
		line->length = length;
	line->failed = false;
}

/* To the millisecond. */
static void format_now(char text[TIME_TEXT_SIZE])
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	time_text((int64_t)now.tv_sec * 1000000000 + now.tv_nsec, text);
	memcpy(strchr(text, '.') + 4, "Z", 2);
}

/* What a line says, but for its format. */
struct content {
	char now[TIME_TEXT_SIZE];
	enum log_level level;
	const char *message;
	uint32_t suppressed;
};

static void add_content(struct text *line, enum log_format format, const struct content *content,
			va_list pairs)
{
	char number[TEXT_U64_MAX + 1];
	const char *name;

	add_pair(line, format, format == LOG_JSON ? "time" : "ts", content->now);
	add_pair(line, format, "level", level_names[content->level]);
	add_pair(line, format, "msg", content->message);
	while ((name = va_arg(pairs, const char *)))
		add_pair(line, format, name, va_arg(pairs, const char *));
	if (content->suppressed) {
		*text_put_u64(number, content->suppressed) = '\0';
		add_pair(line, format, "suppressed", number);
	}
}

static void write_line(struct log *log, const struct content *content, va_list pairs)
{
	struct text line;

	text_init(&line, LINE_LIMIT - LINE_END_BYTES);
	add_content(&line, log->format, content, pairs);
	line.limit = LINE_LIMIT;
	text_string(&line, log->format == LOG_JSON ? "}\n" : "\n");

	pthread_mutex_lock(&log->lock);
	log->output.write(log->output.context, content->level, line.bytes, line.length);
	pthread_mutex_unlock(&log->lock);
	text_done(&line);
}

static void remember(struct log *log, const struct content *content, va_list pairs)
{
	struct text line;

	text_init(&line, LOG_RECENT_LINE_BYTES - LINE_END_BYTES);
	add_content(&line, LOG_JSON, content, pairs);
	line.limit = LOG_RECENT_LINE_BYTES;
	text_add(&line, "}", sizeof("}"));

	pthread_mutex_lock(&log->lock);
	if (!line.failed)
		log_recent_add(&log->recent, line.bytes);
	pthread_mutex_unlock(&log->lock);
	text_done(&line);
}

/* With the time, which is now. */
static void tell(struct log *log, struct content *content, va_list pairs)
{
	va_list again;

	format_now(content->now);
	if (content->level >= LOG_WARN) {
		va_copy(again, pairs);
		remember(log, content, again);
		va_end(again);
	}
	if (content->level >= log->level)
		write_line(log, content, pairs);
}

static void tell_pairs(struct log *log, struct content *content, ...)
{
	va_list pairs;

	va_start(pairs, content);
	tell(log, content, pairs);
	va_end(pairs);
}

static void tell_of_gone(struct log *log, const struct log_rate_gone *gone)
{
	struct content content = {
		.level = LOG_WARN,
		.message = "lines of a message were left out",
		.suppressed = gone->suppressed,
	};

	tell_pairs(log, &content, "message", gone->text, NULL);
}

void log_line(struct log *log, enum log_level level, const char *message, ...)
{
	struct content content = {.level = level, .message = message};
	struct log_rate_gone gone;
	va_list pairs;
	bool taken;

	if (!log || (level < log->level && level < LOG_WARN))
		return;
	taken = take(log, message, &content.suppressed, &gone);
	if (gone.suppressed)
		tell_of_gone(log, &gone);
	if (!taken)
		return;
	va_start(pairs, message);
	tell(log, &content, pairs);
	va_end(pairs);
}

void log_free(struct log *log)
{
	struct log_rate_gone gone;

	if (!log)
		return;
	while (log_rate_next_gone(&log->rate, &gone))
		tell_of_gone(log, &gone);
	close_output(&log->output);
	log_recent_done(&log->recent);
	pthread_mutex_destroy(&log->lock);
	free(log);
}

static bool parse(const char *text, const char *const *names, size_t count, int *value)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0) {
			*value = (int)i;
			return true;
		}
	}
	return false;
}

bool log_level_parse(const char *text, enum log_level *level)
{
	int value;

	if (!parse(text, level_names, sizeof(level_names) / sizeof(*level_names), &value))
		return false;
	*level = (enum log_level)value;
	return true;
}

bool log_format_parse(const char *text, enum log_format *format)
{
	int value;

	if (!parse(text, format_names, sizeof(format_names) / sizeof(*format_names), &value))
		return false;
	*format = (enum log_format)value;
	return true;
}
