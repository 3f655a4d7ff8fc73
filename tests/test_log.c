#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "exporter/log/log.h"
#include "exporter/log/log_rate.h"
#include "tests/support/posix.h"

#define TIME_LENGTH (sizeof("2024-01-01T00:00:00.000Z") - 1)
#define THREADS	    4
#define LINES	    2000

/* A log into memory. */
struct memory {
	FILE *file;
	char *bytes;
	size_t length;
	struct log *log;
};

static void open_log(struct memory *memory, enum log_level level, enum log_format format)
{
	memory->file = open_memstream(&memory->bytes, &memory->length);
	assert_non_null(memory->file);
	memory->log = log_new(memory->file, level, format);
	assert_non_null(memory->log);
}

static void close_log(struct memory *memory)
{
	log_free(memory->log);
	fclose(memory->file);
	free(memory->bytes);
}

/* What follows on the time, which is checked, in the only line of the log. */
static const char *after_time(struct memory *memory, const char *before)
{
	static const char pattern[] = "0000-00-00T00:00:00.000Z";
	const char *time;

	fflush(memory->file);
	time = memory->bytes + strlen(before);
	assert_true(memory->length > strlen(before) + TIME_LENGTH);
	assert_memory_equal(memory->bytes, before, strlen(before));
	for (size_t i = 0; i < TIME_LENGTH; i++) {
		if (pattern[i] == '0')
			assert_in_range(time[i], '0', '9');
		else
			assert_int_equal(time[i], pattern[i]);
	}
	assert_int_equal(memory->bytes[memory->length - 1], '\n');
	assert_int_equal(strlen(memory->bytes), memory->length);
	return time + TIME_LENGTH;
}

static void assert_logfmt(const char *value, const char *expected)
{
	struct memory memory;
	char line[1000];

	open_log(&memory, LOG_INFO, LOG_LOGFMT);
	log_line(memory.log, LOG_INFO, "message", "name", value, NULL);
	snprintf(line, sizeof(line), " level=info msg=message name=%s\n", expected);
	assert_string_equal(after_time(&memory, "ts="), line);
	close_log(&memory);
}

static void assert_json(const char *value, const char *expected)
{
	struct memory memory;
	char line[1000];

	open_log(&memory, LOG_INFO, LOG_JSON);
	log_line(memory.log, LOG_INFO, "message", "name", value, NULL);
	snprintf(line, sizeof(line), "\",\"level\":\"info\",\"msg\":\"message\",\"name\":\"%s\"}\n",
		 expected);
	assert_string_equal(after_time(&memory, "{\"time\":\""), line);
	close_log(&memory);
}

static void logfmt_quotes_what_would_not_be_one_word(void **state)
{
	(void)state;
	assert_logfmt("plain", "plain");
	assert_logfmt("/a/b-c_d.etl:1,2;[x]", "/a/b-c_d.etl:1,2;[x]");
	assert_logfmt("", "\"\"");
	assert_logfmt("two words", "\"two words\"");
	assert_logfmt("a=b", "\"a=b\"");
	assert_logfmt("a\"b", "\"a\\\"b\"");
	assert_logfmt("a\\b", "\"a\\\\b\"");
	assert_logfmt("a\nb\tc\rd", "\"a\\nb\\tc\\rd\"");
	assert_logfmt("\x01\x1f", "\"\\u0001\\u001f\"");
	assert_logfmt("\x7f", "\"\x7f\"");
	assert_logfmt("\xc3\xa9", "\"\xc3\xa9\"");
	assert_logfmt("\xff", "\"\xef\xbf\xbd\"");
	assert_logfmt("x\ny level=error msg=forged", "\"x\\ny level=error msg=forged\"");
}

static void json_escapes_what_it_must(void **state)
{
	(void)state;
	assert_json("plain", "plain");
	assert_json("", "");
	assert_json("a\"b\\c", "a\\\"b\\\\c");
	assert_json("\n\t\r\b\f\x01\x1f", "\\n\\t\\r\\b\\f\\u0001\\u001f");
	assert_json("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
	assert_json("\xc0\x80\xed\xa0\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_json("x\"}\n{\"forged\":\"", "x\\\"}\\n{\\\"forged\\\":\\\"");
}

static void pairs_stand_in_their_order(void **state)
{
	struct memory memory;

	(void)state;
	open_log(&memory, LOG_DEBUG, LOG_LOGFMT);
	log_line(memory.log, LOG_WARN, "two words", "b", "1", "a", "2", "b", "3", NULL);
	assert_string_equal(after_time(&memory, "ts="),
			    " level=warn msg=\"two words\" b=1 a=2 b=3\n");
	close_log(&memory);
	open_log(&memory, LOG_DEBUG, LOG_JSON);
	log_line(memory.log, LOG_ERROR, "no pairs", NULL);
	assert_string_equal(after_time(&memory, "{\"time\":\""),
			    "\",\"level\":\"error\",\"msg\":\"no pairs\"}\n");
	close_log(&memory);
}

static void what_is_below_the_level_is_not_written(void **state)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	(void)state;
	for (int least = LOG_DEBUG; least <= LOG_ERROR; least++) {
		struct memory memory;
		const char *at;

		open_log(&memory, (enum log_level)least, LOG_LOGFMT);
		for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
			log_line(memory.log, (enum log_level)level, "x", NULL);
		fflush(memory.file);
		at = memory.bytes;
		for (int level = least; level <= LOG_ERROR; level++) {
			char expected[40];

			snprintf(expected, sizeof(expected), " level=%s msg=x\n", names[level]);
			at += strlen("ts=") + TIME_LENGTH;
			assert_memory_equal(at, expected, strlen(expected));
			at += strlen(expected);
		}
		assert_int_equal(*at, '\0');
		close_log(&memory);
	}
}

/* The recent warnings of a log; the caller's to free. */
static char *recent(struct log *log)
{
	struct text json;

	text_init(&json, 1 << 20);
	log_recent_warnings(log, &json);
	text_char(&json, '\0');
	assert_false(json.failed);
	return json.bytes;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

static void warnings_are_remembered_whatever_is_written(void **state)
{
	struct memory memory;
	const char *first;
	char *json;

	(void)state;
	open_log(&memory, LOG_ERROR, LOG_LOGFMT);
	log_line(memory.log, LOG_INFO, "no warning", NULL);
	log_line(memory.log, LOG_WARN, "a <b>", "name", "\"\n", NULL);
	log_line(memory.log, LOG_ERROR, "second", NULL);
	json = recent(memory.log);
	first = strstr(json, "\"level\":\"error\",\"msg\":\"second\"}");
	assert_non_null(first);
	assert_non_null(
		strstr(first, "\"level\":\"warn\",\"msg\":\"a <b>\",\"name\":\"\\\"\\n\"}]"));
	assert_null(strstr(json, "no warning"));
	assert_int_equal(log_warnings(memory.log), 2);
	fflush(memory.file);
	assert_null(strstr(memory.bytes, "a <b>"));
	free(json);
	close_log(&memory);
}

static void the_oldest_warnings_are_forgotten_and_long_ones_cut_by_pairs(void **state)
{
	struct memory memory;
	char *json, *huge = malloc(10000);
	int i;

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', 9999);
	huge[9999] = '\0';
	open_log(&memory, LOG_INFO, LOG_LOGFMT);
	log_line(memory.log, LOG_WARN, "oldest", NULL);
	for (i = 0; i < 50; i++)
		log_line(memory.log, LOG_WARN, "later", "huge", huge, "small", "y", NULL);
	json = recent(memory.log);
	assert_int_equal(count_of(json, "later"), 50);
	assert_int_equal(count_of(json, "\"small\":\"y\"}"), 50);
	assert_int_equal(count_of(json, "xxx"), 0);
	assert_null(strstr(json, "oldest"));
	assert_int_equal(log_warnings(memory.log), 51);
	free(json);
	free(huge);
	close_log(&memory);
}

static void a_log_without_warnings_has_an_empty_list(void **state)
{
	struct memory memory;
	char *json;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_LOGFMT);
	json = recent(memory.log);
	assert_string_equal(json, "[]");
	free(json);
	json = recent(NULL);
	assert_string_equal(json, "[]");
	free(json);
	assert_int_equal(log_warnings(NULL), 0);
	close_log(&memory);
}

static void a_log_that_is_not_there_writes_nothing(void **state)
{
	(void)state;
	log_line(NULL, LOG_ERROR, "x", "name", "value", NULL);
	log_free(NULL);
}

static char *repeat(char c, size_t count)
{
	char *text = malloc(count + 1);

	assert_non_null(text);
	memset(text, c, count);
	text[count] = '\0';
	return text;
}

/* A pair that is too long is left out; the line is a line all the same. */
static void a_line_past_its_limit_is_still_a_line(void **state)
{
	static const size_t lengths[] = {65300, 65400, 65440, 65450, 65460, 65470,
					 65480, 65490, 65500, 65510, 65536, 100000};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(lengths) / sizeof(lengths[0]); i++) {
		enum log_format format = i % 2 ? LOG_JSON : LOG_LOGFMT;
		char *value = repeat('v', lengths[i / 2]);
		struct memory memory;

		open_log(&memory, LOG_INFO, format);
		log_line(memory.log, LOG_INFO, "m", "a", "1", "long", value, "b", "2", NULL);
		fflush(memory.file);
		assert_true(memory.length <= 65536);
		after_time(&memory, format == LOG_JSON ? "{\"time\":\"" : "ts=");
		assert_non_null(strstr(memory.bytes, format == LOG_JSON ? "\"a\":\"1\"" : " a=1"));
		if (format == LOG_JSON)
			assert_string_equal(memory.bytes + memory.length - 3, "\"}\n");
		if (lengths[i / 2] > 65500)
			assert_null(strstr(memory.bytes, "vvvv"));
		assert_ptr_equal(strchr(memory.bytes, '\n'), memory.bytes + memory.length - 1);
		close_log(&memory);
		free(value);
	}
}

static void a_message_past_the_limit_is_still_a_line(void **state)
{
	char *message = repeat('\x01', 30000);
	struct memory memory;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_JSON);
	log_line(memory.log, LOG_INFO, message, "a", "1", NULL);
	fflush(memory.file);
	assert_string_equal(memory.bytes + memory.length - 3, "\"}\n");
	close_log(&memory);
	free(message);
}

static void *write_lines(void *argument)
{
	static const char value[] = "0123456789012345678901234567890123456789";

	for (int i = 0; i < LINES; i++)
		log_line(argument, LOG_INFO, "message", "value", value, NULL);
	return NULL;
}

static void lines_of_many_threads_do_not_mix(void **state)
{
	static const char rest[] = " level=info msg=message "
				   "value=0123456789012345678901234567890123456789\n";
	size_t length = strlen("ts=") + TIME_LENGTH + strlen(rest);
	pthread_t threads[THREADS];
	struct memory memory;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_LOGFMT);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines, memory.log), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	fflush(memory.file);
	assert_int_equal(memory.length, THREADS * LINES * length);
	for (size_t at = 0; at < memory.length; at += length)
		assert_memory_equal(memory.bytes + at + strlen("ts=") + TIME_LENGTH, rest,
				    strlen(rest));
	close_log(&memory);
}

static size_t count_lines(const struct memory *memory)
{
	size_t count = 0, i;

	fflush(memory->file);
	for (i = 0; i < memory->length; i++)
		count += memory->bytes[i] == '\n';
	return count;
}

static void a_message_that_comes_too_often_is_held_back_and_counted(void **state)
{
	struct memory memory;
	int i;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_LOGFMT);
	log_limit(memory.log, 3, UINT64_MAX);
	for (i = 0; i < 10; i++)
		log_line(memory.log, LOG_WARN, "again", NULL);
	log_line(memory.log, LOG_WARN, "another", NULL);
	log_line(memory.log, LOG_DEBUG, "not written anyway", NULL);
	assert_int_equal(count_lines(&memory), 3 + 1);
	assert_int_equal(log_suppressed(memory.log), 7);
	close_log(&memory);
	assert_int_equal(log_suppressed(NULL), 0);
}

static void the_line_behind_those_held_back_tells_of_them(void **state)
{
	struct memory memory;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_JSON);
	log_limit(memory.log, 1, UINT64_MAX);
	log_line(memory.log, LOG_INFO, "again", NULL);
	log_line(memory.log, LOG_INFO, "again", NULL);
	log_line(memory.log, LOG_INFO, "again", NULL);
	log_limit(memory.log, 1, 0);
	log_line(memory.log, LOG_INFO, "again", "name", "value", NULL);
	assert_int_equal(count_lines(&memory), 2);
	assert_non_null(strstr(memory.bytes, "\"name\":\"value\",\"suppressed\":\"2\"}\n"));
	close_log(&memory);
}

/* More others than are told apart have come, and the last one never comes again. */
static void of_what_was_held_back_a_line_of_its_own_tells_at_last(void **state)
{
	struct memory memory;
	char message[32];
	int i;

	(void)state;
	open_log(&memory, LOG_INFO, LOG_JSON);
	log_limit(memory.log, 1, UINT64_MAX);
	for (i = 0; i < 8; i++)
		log_line(memory.log, LOG_INFO, "again", NULL);
	for (i = 0; i < LOG_RATE_MESSAGES; i++) {
		snprintf(message, sizeof(message), "other %d", i);
		log_line(memory.log, LOG_INFO, message, NULL);
	}
	fflush(memory.file);
	assert_non_null(strstr(memory.bytes,
			       "\"level\":\"warn\",\"msg\":\"lines of a message were left out\","
			       "\"message\":\"again\",\"suppressed\":\"7\"}\n"));
	log_line(memory.log, LOG_INFO, message, NULL);
	log_free(memory.log);
	memory.log = NULL;
	fflush(memory.file);
	assert_non_null(strstr(memory.bytes, "\"message\":\"other 63\",\"suppressed\":\"1\"}\n"));
	close_log(&memory);
}

static void levels_and_formats_are_known_by_their_names(void **state)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	static const char *const wrong[] = {"",	   "Info",  "warning", "infos",
					    "inf", " info", "fatal"};
	enum log_level level;
	enum log_format format;

	(void)state;
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		assert_true(log_level_parse(levels[i], &level));
		assert_int_equal(level, i);
		assert_false(log_format_parse(levels[i], &format));
	}
	assert_true(log_format_parse("json", &format));
	assert_int_equal(format, LOG_JSON);
	assert_true(log_format_parse("logfmt", &format));
	assert_int_equal(format, LOG_LOGFMT);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(log_level_parse(wrong[i], &level));
		assert_false(log_format_parse(wrong[i], &format));
	}
	assert_int_equal(level, LOG_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logfmt_quotes_what_would_not_be_one_word),
		cmocka_unit_test(json_escapes_what_it_must),
		cmocka_unit_test(pairs_stand_in_their_order),
		cmocka_unit_test(what_is_below_the_level_is_not_written),
		cmocka_unit_test(a_log_that_is_not_there_writes_nothing),
		cmocka_unit_test(a_line_past_its_limit_is_still_a_line),
		cmocka_unit_test(a_message_past_the_limit_is_still_a_line),
		cmocka_unit_test(lines_of_many_threads_do_not_mix),
		cmocka_unit_test(a_message_that_comes_too_often_is_held_back_and_counted),
		cmocka_unit_test(the_line_behind_those_held_back_tells_of_them),
		cmocka_unit_test(of_what_was_held_back_a_line_of_its_own_tells_at_last),
		cmocka_unit_test(levels_and_formats_are_known_by_their_names),
		cmocka_unit_test(warnings_are_remembered_whatever_is_written),
		cmocka_unit_test(the_oldest_warnings_are_forgotten_and_long_ones_cut_by_pairs),
		cmocka_unit_test(a_log_without_warnings_has_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
