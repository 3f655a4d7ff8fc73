#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/exporter.h"
#include "exporter/session/session_metrics.h"
#include "tests/support/manifest_text.h"
#include "tests/support/page.h"
#include "tests/support/scratch.h"
#include "tests/support/small_recording.h"

#define PATIENCE_SECONDS 30

struct rig {
	struct scratch scratch;
	char text[4096]; /* of the configuration */
	struct config *config;
	struct exporter *exporter;
	struct text page;
	struct error error;
};

static void begin(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	scratch_make(&rig->scratch);
	snprintf(rig->text, sizeof(rig->text), "sessions:\n");
}

/* `more` are lines of the session's mapping. */
static void configure(struct rig *rig, const char *name, const char *file, const char *more)
{
	size_t length = strlen(rig->text);

	snprintf(rig->text + length, sizeof(rig->text) - length,
		 "  - name: '%s'\n    source: etl\n    path: %s\n%s", name,
		 scratch_path(&rig->scratch, file), more);
}

static void make(struct rig *rig)
{
	struct problems problems;

	problems_init(&problems);
	rig->config = config_parse_text("test", rig->text, strlen(rig->text), &problems);
	assert_int_equal(problems.errors, 0);
	problems_done(&problems);
	rig->exporter = exporter_new(rig->config, NULL, &rig->error);
	assert_non_null(rig->exporter);
	assert_int_equal(exporter_show_process(rig->exporter), 0);
}

static struct sessions *sessions(struct rig *rig)
{
	return exporter_sessions(rig->exporter);
}

static void run(struct rig *rig)
{
	make(rig);
	assert_int_equal(sessions_start(sessions(rig), &rig->error), 0);
	sessions_wait(sessions(rig));
}

static void end(struct rig *rig)
{
	assert_true(sessions_stop(sessions(rig), PATIENCE_SECONDS));
	text_done(&rig->page);
	exporter_free(rig->exporter);
	config_free(rig->config);
	scratch_remove(&rig->scratch);
}

static const char *render(struct rig *rig, enum exposition_format format)
{
	text_done(&rig->page);
	text_init(&rig->page, 1 << 24);
	metrics_page_render(exporter_page(rig->exporter), format, &rig->page);
	text_char(&rig->page, '\0');
	assert_false(rig->page.failed);
	return rig->page.bytes;
}

static const char *page(struct rig *rig)
{
	return render(rig, EXPOSITION_TEXT);
}

static void save(struct rig *rig, const char *name, const struct small_recording *recording)
{
	etl_save(scratch_path(&rig->scratch, name), recording->bytes, recording->length);
}

static void save_small(struct rig *rig, const char *name, const struct etl_writer_options *options,
		       size_t buffers)
{
	struct small_recording recording = small_make(options, buffers);

	save(rig, name, &recording);
	small_done(&recording);
}

static const char *const families[] = {
	"etw_session_up",
	"etw_session_start_time_seconds",
	"etw_session_first_event_timestamp_seconds",
	"etw_session_last_event_timestamp_seconds",
	"etw_session_lag_seconds",
	"etw_session_events_total",
	"etw_session_read_bytes_total",
	"etw_session_buffers_read_total",
	"etw_session_compressed_buffers_read_total",
	"etw_session_events_lost_total",
	"etw_session_buffers_lost_total",
	"etw_session_events_dropped_total",
	"etw_session_skipped_bytes_total",
	"etw_session_queue_depth_bytes",
	"etw_session_queue_peak_bytes",
	"etw_session_queue_capacity_bytes",
	"etw_session_files_open",
	"etw_session_files_done_total",
	"etw_session_files_failed_total",
	"etw_session_files_refused_total",
	"etw_session_restarts_total",
	"etw_session_replay_loops_total",
	"etw_session_replay_finished",
	"etw_session_info",
};
#define FAMILY_COUNT (sizeof(families) / sizeof(families[0]))

/* One number of the session called "a". */
static double number(const char *text, const char *family)
{
	char sample[128];

	snprintf(sample, sizeof(sample), "%s{session=\"a\"}", family);
	return page_value(text, sample);
}

static double listed(const char *text, const char *family, const char *label, const char *value)
{
	char sample[192];

	snprintf(sample, sizeof(sample), "%s{session=\"a\",%s=\"%s\"}", family, label, value);
	return page_value(text, sample);
}

static void every_session_has_every_number_once(void **state)
{
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	save_small(&rig, "a.etl", NULL, 1);
	configure(&rig, "a", "a.etl", "");
	configure(&rig, "b", "a.etl", "");
	run(&rig);
	page(&rig);
	for (i = 0; i < FAMILY_COUNT; i++)
		if (page_count(rig.page.bytes, families[i]) != 2)
			fail_msg("%s", families[i]);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_state"), 12);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_malformed_total"), 24);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_loss_signs_total"), 14);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_ring_events_lost_total"), 6);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_file_changes_total"), 6);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_unknown_records_total"), 0);
	assert_true(page_is_unique(rig.page.bytes));
	end(&rig);
}

static void a_finished_replay_says_what_it_read(void **state)
{
	static const struct etl_writer_options options = {.events_lost = 41, .buffers_lost = 2};
	struct small_recording recording = small_make(&options, 10);
	const char *text;
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, "a.etl", &recording);
	configure(&rig, "a", "a.etl", "");
	run(&rig);
	text = page(&rig);
	assert_true(number(text, "etw_session_up") == 1);
	assert_true(number(text, "etw_session_replay_finished") == 1);
	assert_true(number(text, "etw_session_read_bytes_total") == (double)recording.length);
	assert_true(number(text, "etw_session_buffers_read_total") == 11);
	assert_true(number(text, "etw_session_events_lost_total") == 41);
	assert_true(number(text, "etw_session_buffers_lost_total") == 2);
	assert_true(number(text, "etw_session_files_done_total") == 1);
	assert_true(number(text, "etw_session_files_open") == 0);
	assert_true(number(text, "etw_session_queue_depth_bytes") == 0);
	assert_true(number(text, "etw_session_queue_capacity_bytes") == 8 << 20);
	assert_true(number(text, "etw_session_first_event_timestamp_seconds") == 1705526400);
	assert_true(number(text, "etw_session_events_total") == page_sum(text, "etw_events_total"));
	assert_true(number(text, "etw_session_events_total") > 30);
	assert_true(page_sum(text, "etw_session_malformed_total") == 0);
	small_done(&recording);
	end(&rig);
}

static void damage_and_signs_of_loss_are_told_by_reason(void **state)
{
	static const uint8_t strange[16] = {16, 0, 0x77, 0xc0};
	struct etl_writer *writer = etl_writer_new(NULL);
	const uint8_t *bytes;
	const char *text;
	struct rig rig;
	size_t length;

	(void)state;
	begin(&rig);
	etl_write_raw(writer, 0, 1000000000, strange, sizeof(strange));
	etl_write_raw(writer, 0, 1000000000, "12345678", 8);
	etl_flush(writer, 0, 0x02);
	bytes = etl_writer_finish(writer, &length);
	etl_save(scratch_path(&rig.scratch, "a.etl"), bytes, length - 1);
	etl_writer_free(writer);
	configure(&rig, "a", "a.etl", "");
	run(&rig);
	text = page(&rig);
	assert_true(listed(text, "etw_session_malformed_total", "reason", "record_marker") == 1);
	assert_true(listed(text, "etw_session_malformed_total", "reason", "buffer_truncated") == 1);
	assert_true(listed(text, "etw_session_loss_signs_total", "sign", "events_lost_flag") == 1);
	assert_true(listed(text, "etw_session_unknown_records_total", "kind", "0x77") == 1);
	assert_int_equal(page_count(text, "etw_session_unknown_records_total"), 1);
	end(&rig);
}

static void without_a_header_no_times_are_told(void **state)
{
	struct small_recording recording = small_make(NULL, 2);
	struct rig rig;

	(void)state;
	begin(&rig);
	etl_save(scratch_path(&rig.scratch, "a.etl"), recording.bytes + recording.at[1],
		 recording.length - recording.at[1]);
	configure(&rig, "a", "a.etl", "");
	run(&rig);
	page(&rig);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_lag_seconds"), 0);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_first_event_timestamp_seconds"),
			 0);
	assert_int_equal(page_count(rig.page.bytes, "etw_session_last_event_timestamp_seconds"), 0);
	small_done(&recording);
	end(&rig);
}

static void a_session_is_in_one_state(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "none.etl", "");
	run(&rig);
	page(&rig);
	assert_true(listed(rig.page.bytes, "etw_session_state", "state", "failed") == 1);
	assert_true(page_sum(rig.page.bytes, "etw_session_state") == 1);
	assert_true(number(rig.page.bytes, "etw_session_up") == 0);
	assert_true(number(rig.page.bytes, "etw_session_replay_finished") == 0);
	assert_true(number(rig.page.bytes, "etw_session_files_failed_total") == 1);
	end(&rig);
}

static void the_configuration_of_a_session_is_told(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl", "    follow: true\n");
	configure(&rig, "b", "b.etl", "    pace: recorded\n    loop: true\n");
	make(&rig);
	assert_int_equal(sessions_start(sessions(&rig), &rig.error), 0);
	page(&rig);
	assert_true(page_value(rig.page.bytes,
			       "etw_session_info{session=\"a\",source=\"etl\",pace=\"fast\","
			       "follow=\"true\",loop=\"false\"}") == 1);
	assert_true(page_value(rig.page.bytes,
			       "etw_session_info{session=\"b\",source=\"etl\",pace=\"recorded\","
			       "follow=\"false\",loop=\"true\"}") == 1);
	end(&rig);
}

static void names_are_escaped(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	save_small(&rig, "a.etl", NULL, 1);
	configure(&rig, "<b>\"&\\", "a.etl", "");
	run(&rig);
	page(&rig);
	assert_true(page_value(rig.page.bytes, "etw_session_up{session=\"<b>\\\"&\\\\\"}") == 1);
	end(&rig);
}

static bool is_ready(struct rig *rig, char *why, size_t size)
{
	struct text text;
	bool ready;

	text_init(&text, 1 << 16);
	ready = session_metrics_ready(sessions(rig), &text);
	assert_true(text.length < size);
	if (text.length)
		memcpy(why, text.bytes, text.length);
	why[text.length] = '\0';
	text_done(&text);
	return ready;
}

static void it_is_ready_when_all_sessions_are_up(void **state)
{
	char why[256];
	struct rig rig;

	(void)state;
	begin(&rig);
	save_small(&rig, "a.etl", NULL, 1);
	configure(&rig, "a", "a.etl", "");
	make(&rig);
	assert_false(is_ready(&rig, why, sizeof(why)));
	assert_string_equal(why, "the sessions are being started\n");
	assert_int_equal(sessions_start(sessions(&rig), &rig.error), 0);
	sessions_wait(sessions(&rig));
	assert_true(is_ready(&rig, why, sizeof(why)));
	assert_string_equal(why, "");
	end(&rig);
}

static void it_is_not_ready_while_a_session_is_not_up(void **state)
{
	char why[256];
	struct rig rig;

	(void)state;
	begin(&rig);
	save_small(&rig, "a.etl", NULL, 1);
	configure(&rig, "a", "a.etl", "");
	configure(&rig, "b", "none.etl", "");
	run(&rig);
	assert_false(is_ready(&rig, why, sizeof(why)));
	assert_string_equal(why, "session b is failed\n");
	end(&rig);
}

/* A folder may be empty for long. */
static void it_is_ready_when_no_file_has_come_yet(void **state)
{
	char why[256];
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "*.etl", "    follow: true\n    per_file: true\n");
	run(&rig);
	assert_true(is_ready(&rig, why, sizeof(why)));
	assert_int_equal(page_count(page(&rig), "etw_session_up"), 0);
	end(&rig);
}

static void the_exporter_tells_about_itself(void **state)
{
	static const char *const names[] = {
		"etw_exporter_build_info",
		"etw_exporter_config_info",
		"etw_exporter_config_last_reload_successful",
		"etw_exporter_config_last_reload_success_timestamp_seconds",
		"etw_exporter_series",
		"etw_exporter_series_limit",
		"etw_exporter_label_truncations_total",
		"etw_exporter_manifests_flawed",
		"etw_exporter_sessions_refused_total",
		"process_cpu_seconds_total",
		"process_resident_memory_bytes",
		"process_open_fds",
		"process_start_time_seconds",
	};
	char hash[64];
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl", "");
	make(&rig);
	page(&rig);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (page_count(rig.page.bytes, names[i]) != 1)
			fail_msg("%s", names[i]);
	assert_int_equal(page_count(rig.page.bytes, "etw_exporter_series_overflow_total"), 3);
	snprintf(hash, sizeof(hash), "etw_exporter_config_info{hash=\"%016llx\"}",
		 (unsigned long long)rig.config->hash);
	assert_true(page_value(rig.page.bytes, hash) == 1);
	/* No session, no samples of any. */
	assert_int_equal(page_count(rig.page.bytes, "etw_session_up"), 0);
	assert_null(strstr(rig.page.bytes, "etw_session_"));
	assert_int_equal(page_count(rig.page.bytes, "etw_exporter_scrape_size_bytes"), 0);
	i = rig.page.length - 1;
	assert_true(page_value(page(&rig), "etw_exporter_scrape_size_bytes") == (double)i);
	end(&rig);
}

static void manifests_that_are_wrong_in_part_are_counted(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl", "");
	scratch_file(&rig.scratch, "a.man", "<a></b>");
	scratch_file(&rig.scratch, "b.man", MANIFEST(EVENTS("<event/>")));
	scratch_file(&rig.scratch, "c.man", MANIFEST(EVENTS("<event value='1'/>")));
	snprintf(rig.text + strlen(rig.text), sizeof(rig.text) - strlen(rig.text),
		 "manifests: ['%s']\n", rig.scratch.directory);
	make(&rig);
	assert_true(page_value(page(&rig), "etw_exporter_manifests_flawed") == 2);
	end(&rig);
}

static void openmetrics_ends_with_its_end(void **state)
{
	const char *text;
	struct rig rig;

	(void)state;
	begin(&rig);
	save_small(&rig, "a.etl", NULL, 1);
	configure(&rig, "a", "a.etl", "");
	run(&rig);
	text = render(&rig, EXPOSITION_OPENMETRICS);
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	assert_true(number(text, "etw_session_events_total") == page_sum(text, "etw_events_total"));
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_session_has_every_number_once),
		cmocka_unit_test(a_finished_replay_says_what_it_read),
		cmocka_unit_test(damage_and_signs_of_loss_are_told_by_reason),
		cmocka_unit_test(without_a_header_no_times_are_told),
		cmocka_unit_test(a_session_is_in_one_state),
		cmocka_unit_test(the_configuration_of_a_session_is_told),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(it_is_ready_when_all_sessions_are_up),
		cmocka_unit_test(it_is_not_ready_while_a_session_is_not_up),
		cmocka_unit_test(it_is_ready_when_no_file_has_come_yet),
		cmocka_unit_test(the_exporter_tells_about_itself),
		cmocka_unit_test(manifests_that_are_wrong_in_part_are_counted),
		cmocka_unit_test(openmetrics_ends_with_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
