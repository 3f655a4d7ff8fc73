#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/event_info.h"
#include "tests/support/page.h"
#include "tests/support/rule_rig.h"

/* A sale: what, how many bytes, at what price. */
static void write_sale(struct rule_rig *rig, const char *item, uint32_t size, double price)
{
	struct tl_event event;

	tl_begin(&event, 1, "Sale");
	tl_utf16(&event, "Item", item);
	tl_u32(&event, "Size", size);
	tl_f64(&event, "Price", price);
	event.event.time = rule_rig_time(1);
	event.event.pid = 42;
	event.event.tid = 43;
	event.event.processor = 1;
	tl_write(rig->writer, &event);
}

static void check_matched(const struct rule_rig *rig, size_t rule, uint64_t matched)
{
	assert_int_equal(health_get(&rule_rig_health(rig, rule)->matched), matched);
}

static void a_counter_counts_events(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: sales_total, help: h, type: counter, match: {provider: Test-1, "
		      "name: Sale}, labels: {item: Item}}]");
	write_sale(&rig, "tea", 1, 1);
	write_sale(&rig, "tea", 2, 1);
	write_sale(&rig, "rum", 3, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "sales_total{item=\"tea\"}", 2);
	rule_rig_check(&rig, "sales_total{item=\"rum\"}", 1);
	check_matched(&rig, 0, 3);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

static void a_counter_adds_a_scaled_value(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: sold_bytes_total, help: h, type: counter, match: {provider: Test-1}, "
		"value: {field: Size, scale: 0.5}}, {name: takings_total, help: h, type: "
		"counter, match: {provider: Test-1}, value: Price}]");
	write_sale(&rig, "tea", 10, 1.25);
	write_sale(&rig, "tea", 0xffffffff, 2.5);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "sold_bytes_total", (10 + 4294967295.0) / 2);
	rule_rig_check(&rig, "takings_total", 3.75);
	rule_rig_done(&rig);
}

static void a_gauge_is_what_it_was_set_to_last(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: size, help: h, type: gauge, match: {provider: Test-1}, value: "
		      "{field: Size, scale: 2}, labels: {item: Item}}]");
	write_sale(&rig, "tea", 10, 1);
	write_sale(&rig, "rum", 7, 1);
	write_sale(&rig, "tea", 4, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "size{item=\"tea\"}", 8);
	rule_rig_check(&rig, "size{item=\"rum\"}", 14);
	rule_rig_done(&rig);
}

static void a_histogram_observes_a_value(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: price, help: h, type: histogram, match: {provider: Test-1}, value: "
		      "{field: Price, scale: 0.1}, buckets: [1, 2, 4]}]");
	write_sale(&rig, "a", 1, 10);
	write_sale(&rig, "a", 1, 15);
	write_sale(&rig, "a", 1, 1000);
	write_sale(&rig, "a", 1, 0);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "price_bucket{le=\"1\"}", 2);
	rule_rig_check(&rig, "price_bucket{le=\"2\"}", 3);
	rule_rig_check(&rig, "price_bucket{le=\"4\"}", 3);
	rule_rig_check(&rig, "price_bucket{le=\"+Inf\"}", 4);
	rule_rig_check(&rig, "price_count", 4);
	rule_rig_check(&rig, "price_sum", 102.5);
	rule_rig_done(&rig);
}

static void labels_are_of_payload_and_header_and_all_alike(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig,
			      "labels: {item: {field: Item, as: upper}, size: Size, pid: $pid, "
			      "tid: $tid, cpu: $cpu, session: $session, provider: $provider, "
			      "event: $event, level: $level, bytes: $payload_bytes, price: Price}");
	write_sale(&rig, "tea", 10, 1.5);
	rule_rig_run(&rig);
	rule_rig_check(
		&rig,
		"a_total{item=\"TEA\",size=\"10\",pid=\"42\",tid=\"43\",cpu=\"1\",session=\"test\","
		"provider=\"Test-1\",event=\"Sale\",level=\"4\",bytes=\"20\",price=\"1.5\"}",
		1);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

static void a_map_and_its_default_name_values(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(
		&rig, "labels: {size: {field: Size, map: {1: small, 9: large}, default: other}}");
	write_sale(&rig, "a", 1, 1);
	write_sale(&rig, "a", 9, 1);
	write_sale(&rig, "a", 5, 1);
	write_sale(&rig, "a", 6, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{size=\"small\"}", 1);
	rule_rig_check(&rig, "a_total{size=\"large\"}", 1);
	rule_rig_check(&rig, "a_total{size=\"other\"}", 2);
	assert_true(page_is_unique(rule_rig_page(&rig)));
	rule_rig_done(&rig);
}

static void a_missing_field_takes_its_default_and_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(
		&rig, "labels: {item: Item, shop: {field: Shop, default: none}, till: Till}");
	write_sale(&rig, "tea", 1, 1);
	write_sale(&rig, "rum", 1, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{item=\"tea\",shop=\"none\",till=\"\"}", 1);
	rule_rig_check(&rig, "a_total{item=\"rum\",shop=\"none\",till=\"\"}", 1);
	check_matched(&rig, 0, 2);
	/* Of an event all that is missing is one error. */
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 2);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 2);
	rule_rig_done(&rig);
}

static void a_missing_value_is_counted_and_makes_no_series(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: a_total, help: h, type: counter, match: {provider: Test-1}, value: "
		      "Weight}, {name: b_total, help: h, type: counter, match: {provider: Test-1}, "
		      "value: Item}]");
	write_sale(&rig, "tea", 1, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", RULE_RIG_NO_SAMPLE);
	rule_rig_check(&rig, "b_total", RULE_RIG_NO_SAMPLE);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 1);
	assert_int_equal(rule_rig_errors(&rig, 1, RULE_ERROR_VALUE), 1);
	check_matched(&rig, 0, 1);
	rule_rig_done(&rig);
}

static void values_that_no_metric_can_have_are_counted_and_make_no_series(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: a_total, help: h, type: counter, match: {provider: Test-1}, value: "
		      "Price}, {name: b, help: h, type: gauge, match: {provider: Test-1}, value: "
		      "Price}, {name: c, help: h, type: histogram, match: {provider: Test-1}, "
		      "value: Price, buckets: [1]}, {name: d, help: h, type: gauge, match: "
		      "{provider: Test-1}, value: {field: Price, scale: 1e300}}]");
	write_sale(&rig, "a", 1, (double)NAN);
	write_sale(&rig, "a", 1, (double)INFINITY);
	write_sale(&rig, "a", 1, -(double)INFINITY);
	write_sale(&rig, "a", 1, -1e300);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", RULE_RIG_NO_SAMPLE);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_VALUE), 4);
	rule_rig_check(&rig, "b", -1e300);
	assert_int_equal(rule_rig_errors(&rig, 1, RULE_ERROR_VALUE), 3);
	rule_rig_check(&rig, "c_count", RULE_RIG_NO_SAMPLE);
	assert_int_equal(rule_rig_errors(&rig, 2, RULE_ERROR_VALUE), 4);
	rule_rig_check(&rig, "d", RULE_RIG_NO_SAMPLE);
	assert_int_equal(rule_rig_errors(&rig, 3, RULE_ERROR_VALUE), 4);
	check_matched(&rig, 0, 4);
	rule_rig_done(&rig);
}

static void a_function_that_cannot_take_a_value_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig,
			      "labels: {item: {field: Item, as: int, default: '-'}, size: Size}");
	write_sale(&rig, "tea", 1, 1);
	write_sale(&rig, "12", 1, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{item=\"-\",size=\"1\"}", 1);
	rule_rig_check(&rig, "a_total{item=\"12\",size=\"1\"}", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_LABEL), 1);
	rule_rig_done(&rig);
}

static void conditions_choose_events(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "where: [{field: Size, ge: 5}, {any: [{field: Item, glob: "
				    "'t*'}, {field: Price, gt: 2}]}]");
	write_sale(&rig, "tea", 5, 1);
	write_sale(&rig, "rum", 5, 1);
	write_sale(&rig, "rum", 5, 3);
	write_sale(&rig, "tea", 4, 3);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 2);
	check_matched(&rig, 0, 2);
	rule_rig_done(&rig);
}

static void several_rules_take_the_same_event(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: a_total, help: h, type: counter, match: {provider: 'Test-*'}}, "
		"{name: b_total, help: h, type: counter, match: [{provider: Test-1}, {name: "
		"Sale, provider: '*'}], value: Size}, {name: c_total, help: h, type: counter, "
		"match: {provider: Test-2}}]");
	write_sale(&rig, "tea", 5, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 1);
	/* Once, though both of its matches take it. */
	rule_rig_check(&rig, "b_total", 5);
	rule_rig_check(&rig, "c_total", RULE_RIG_NO_SAMPLE);
	check_matched(&rig, 2, 0);
	rule_rig_done(&rig);
}

static void a_rule_is_for_the_sessions_that_it_names(void **state)
{
	static const char rules[] =
		"[{name: a_total, help: h, type: counter, session: 'te*', match: {provider: "
		"Test-1}}, {name: b_total, help: h, type: counter, match: {provider: Test-1}}]";
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test", rules);
	write_sale(&rig, "tea", 1, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 1);
	rule_rig_check(&rig, "b_total", 1);
	rule_rig_done(&rig);
	rule_rig_init(&rig, "other", rules);
	write_sale(&rig, "tea", 1, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", RULE_RIG_NO_SAMPLE);
	rule_rig_check(&rig, "b_total", 1);
	assert_int_equal(rules_rule_count(aggregator_rules(rig.aggregator)), 1);
	rule_rig_done(&rig);
}

#define DECODE_ERRORS(reason)                                                                \
	"etw_decode_errors_total{session=\"test\",provider=\"Test-1\",event_id=\"0\",event=" \
	"\"Sale\",reason=\"" reason "\"}"

static void a_payload_that_is_too_short_is_counted_and_has_what_it_has(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: a_total, help: h, type: counter, match: {provider: Test-1}, labels: "
		"{item: "
		"Item, size: {field: Size, default: '?'}}}, {name: b_total, help: h, type: "
		"counter, "
		"match: {provider: Test-1}, where: {field: Size, gt: 0}}, {name: c_total, help: h, "
		"type: counter, match: {provider: Test-1}}]");
	tl_begin(&event, 1, "Sale");
	tl_text(&event, "Item", "tea");
	tl_u32(&event, "Size", 7);
	event.payload.length -= 1;
	event.event.time = rule_rig_time(1);
	tl_write(rig.writer, &event);
	tl_write(rig.writer, &event);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{item=\"tea\",size=\"?\"}", 2);
	rule_rig_check(&rig, DECODE_ERRORS("short"), 2);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_PAYLOAD), 2);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 2);
	/* Nobody knows whether it would have been taken. */
	rule_rig_check(&rig, "b_total", RULE_RIG_NO_SAMPLE);
	check_matched(&rig, 1, 0);
	assert_int_equal(rule_rig_errors(&rig, 1, RULE_ERROR_PAYLOAD), 2);
	rule_rig_check(&rig, "c_total", 2);
	rule_rig_done(&rig);
}

static void where_no_field_is_asked_for_a_rule_has_no_error(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {pid: $pid}");
	tl_begin(&event, 1, "Sale");
	tl_u32(&event, "Size", 7);
	event.payload.length -= 1;
	event.event.time = rule_rig_time(1);
	event.event.pid = 5;
	tl_write(rig.writer, &event);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{pid=\"5\"}", 1);
	rule_rig_check(&rig, DECODE_ERRORS("short"), 1);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

/* A sale of so many bytes more or less than its schema says. */
static void write_misfit(struct rule_rig *rig, const char *item, int bytes)
{
	struct tl_event event;

	tl_begin(&event, 1, "Sale");
	tl_u32(&event, "Size", 7);
	tl_text(&event, "Item", item);
	tl_u32(&event, "Price", 7);
	event.payload.length += (size_t)bytes;
	event.event.time = rule_rig_time(1);
	tl_write(rig->writer, &event);
}

static void what_is_wrong_behind_the_fields_of_rules_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {size: Size}");
	write_misfit(&rig, "tea", 0);
	write_misfit(&rig, "coffee", 2);
	write_misfit(&rig, "milk", -1);
	write_misfit(&rig, "milk", 1);
	write_misfit(&rig, "tea", 0);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{size=\"7\"}", 5);
	rule_rig_check(&rig, DECODE_ERRORS("short"), 1);
	rule_rig_check(&rig, DECODE_ERRORS("leftover"), 2);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

/* By their sizes: at least 8 bytes, with an item of no letters and no terminator. */
static void without_a_rule_payloads_have_sizes_that_can_be(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test", "[]");
	write_misfit(&rig, "", 0);
	write_misfit(&rig, "", -1);
	write_misfit(&rig, "", -2);
	write_misfit(&rig, "tea", 5);
	rule_rig_run(&rig);
	rule_rig_check(&rig, DECODE_ERRORS("short"), 1);
	rule_rig_check(&rig, DECODE_ERRORS("leftover"), RULE_RIG_NO_SAMPLE);
	rule_rig_done(&rig);
}

static const uint8_t plain_guid[16] = {9};

#define PLAIN "'{00000009-0000-0000-0000-000000000000}'"

static void write_plain(struct rule_rig *rig, uint32_t number)
{
	struct etl_event event = {.time = rule_rig_time(1), .id = 5, .payload = &number};

	event.payload_bytes = sizeof(number);
	memcpy(event.guid, plain_guid, sizeof(plain_guid));
	etl_write_event(rig->writer, &event, 8);
}

static void write_plain_schema(struct rule_rig *rig)
{
	const struct event_info info = {
		.guid = plain_guid,
		.provider = "Plain",
		.id = 5,
		.fields = {{"Number", EVENT_INFO_U32}},
	};

	etl_write_event_info(rig->writer, rule_rig_time(1), 0, &info);
}

static void without_a_schema_fields_are_missing_and_that_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: a_total, help: h, type: counter, match: {provider: " PLAIN
		"}, labels: {n: {field: Number, default: '?'}, id: $id}}, {name: b_total, help: "
		"h, type: counter, match: {provider: " PLAIN
		"}, where: {field: Number, eq: 1}}, {name: c_total, help: h, type: counter, "
		"match: {provider: " PLAIN "}}, {name: d_total, help: h, type: counter, match: "
		"{provider: " PLAIN "}, value: Number}]");
	write_plain(&rig, 1);
	write_plain(&rig, 2);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{n=\"?\",id=\"5\"}", 2);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_SCHEMA), 2);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 2);
	/* Also where a condition asks. */
	rule_rig_check(&rig, "b_total", RULE_RIG_NO_SAMPLE);
	check_matched(&rig, 1, 0);
	assert_int_equal(rule_rig_errors(&rig, 1, RULE_ERROR_SCHEMA), 2);
	rule_rig_check(&rig, "c_total", 2);
	assert_int_equal(rule_rig_all_errors(&rig, 2), 0);
	rule_rig_check(&rig, "d_total", RULE_RIG_NO_SAMPLE);
	assert_int_equal(rule_rig_errors(&rig, 3, RULE_ERROR_SCHEMA), 2);
	assert_int_equal(rule_rig_all_errors(&rig, 3), 2);
	rule_rig_done(&rig);
}

static void events_behind_their_metadata_have_fields_and_names(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: a_total, help: h, type: counter, match: {provider: " PLAIN
		"}, labels: {n: {field: Number, default: '?'}}}, {name: b_total, help: h, type: "
		"counter, match: {provider: Plain}, value: Number}]");
	write_plain(&rig, 1);
	write_plain_schema(&rig);
	etl_flush(rig.writer, 0, 0);
	write_plain(&rig, 7);
	write_plain(&rig, 8);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{n=\"?\"}", 1);
	rule_rig_check(&rig, "a_total{n=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{n=\"8\"}", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_SCHEMA), 1);
	rule_rig_check(&rig, "b_total", 15);
	check_matched(&rig, 1, 2);
	rule_rig_done(&rig);
}

/* An EventSource manifest, in one chunk, that calls the provider otherwise than those before. */
static void write_other_name(struct rule_rig *rig, unsigned int number)
{
	struct etl_event event = {.time = rule_rig_time(1), .id = 0xfffe, .opcode = 254};
	static const uint8_t envelope[] = {1, 1, 0, 0x5b, 1, 0, 0, 0};
	uint8_t chunk[1024];
	int length;

	memcpy(chunk, envelope, sizeof(envelope));
	length = snprintf((char *)chunk + sizeof(envelope), sizeof(chunk) - sizeof(envelope),
			  "<instrumentationManifest><instrumentation><events><provider "
			  "name='Name%u' guid=" PLAIN "><events><event value='%u'/></events>"
			  "</provider></events></instrumentation></instrumentationManifest>",
			  number, 100 + number);
	event.payload = chunk;
	event.payload_bytes = sizeof(envelope) + (uint16_t)length;
	event.task = 0xfffe;
	memcpy(event.guid, plain_guid, sizeof(plain_guid));
	etl_write_event(rig->writer, &event, 8);
	etl_flush(rig->writer, 0, 0);
}

static const struct event_type *type_of(const struct rule_rig *rig, uint16_t id)
{
	const struct event_types *types = aggregator_event_types(rig->aggregator);
	size_t i;

	for (i = 0; i <= types->mask; i++)
		if (types->slots[i].type && types->slots[i].type->id == id)
			return types->slots[i].type;
	fail_msg("no event type has the ID %u", id);
	return NULL;
}

static void a_provider_that_changes_its_name_for_ever_costs_no_more(void **state)
{
	struct rule_rig rig;
	unsigned int i;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: a_total, help: h, type: counter, match: {provider: " PLAIN
		      ", id: 5}}]");
	write_plain(&rig, 1);
	for (i = 0; i < 20; i++) {
		write_other_name(&rig, i);
		write_plain(&rig, 1);
	}
	rule_rig_run(&rig);
	assert_string_equal(type_of(&rig, 5)->provider, "Name19");
	assert_int_equal(type_of(&rig, 5)->bindings, 8);
	rule_rig_check(&rig, "a_total", 21);
	rule_rig_done(&rig);
}

static void series_beyond_the_limit_are_counted_as_other(void **state)
{
	struct rule_rig rig;
	char item[16];
	int i;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: a_total, help: h, type: counter, match: {provider: Test-1}, labels: "
		      "{item: Item, pid: $pid}, limit: 3}, {name: b_total, help: h, type: counter, "
		      "match: {provider: Test-1}, labels: {item: Item}}]");
	for (i = 0; i < 30; i++) {
		snprintf(item, sizeof(item), "item%d", i % 10);
		write_sale(&rig, item, 1, 1);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{item=\"item0\",pid=\"42\"}", 3);
	rule_rig_check(&rig, "a_total{item=\"item2\",pid=\"42\"}", 3);
	rule_rig_check(&rig, "a_total{item=\"item3\",pid=\"42\"}", RULE_RIG_NO_SAMPLE);
	rule_rig_check(&rig, "a_total{item=\"other\",pid=\"other\"}", 21);
	rule_rig_check(&rig, "etw_exporter_series_overflow_total{family=\"a_total\"}", 21);
	rule_rig_check(&rig, "b_total{item=\"item9\"}", 3);
	rule_rig_check(&rig, "etw_exporter_series_overflow_total{family=\"b_total\"}", 0);
	check_matched(&rig, 0, 30);
	rule_rig_done(&rig);
}

static void pointers_of_both_sizes_are_one_label(void **state)
{
	struct rule_rig rig;
	int i;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {p: P}");
	for (i = 0; i < 4; i++) {
		int pointer_bytes = i % 2 ? 4 : 8;
		struct tl_event event;

		tl_begin(&event, 1, "Sale");
		tl_pointer(&event, "P", 0x1000, pointer_bytes);
		event.event.time = rule_rig_time(1);
		tl_write_pointers(rig.writer, &event, pointer_bytes);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{p=\"0x1000\"}", 4);
	rule_rig_done(&rig);
}

static void a_name_of_state_as_a_value_is_no_number(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "value: $process");
	write_sale(&rig, "tea", 1, 1);
	rule_rig_run(&rig);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_VALUE), 1);
	rule_rig_done(&rig);
}

static void empty_payloads_and_strings_are_values(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {item: {field: Item, default: none}}");
	write_sale(&rig, "", 1, 1);
	tl_begin(&event, 1, "Nothing");
	event.event.time = rule_rig_time(1);
	tl_write(rig.writer, &event);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{item=\"\"}", 1);
	rule_rig_check(&rig, "a_total{item=\"none\"}", 1);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_counts_events),
		cmocka_unit_test(a_counter_adds_a_scaled_value),
		cmocka_unit_test(a_gauge_is_what_it_was_set_to_last),
		cmocka_unit_test(a_histogram_observes_a_value),
		cmocka_unit_test(labels_are_of_payload_and_header_and_all_alike),
		cmocka_unit_test(a_map_and_its_default_name_values),
		cmocka_unit_test(a_missing_field_takes_its_default_and_is_counted),
		cmocka_unit_test(a_missing_value_is_counted_and_makes_no_series),
		cmocka_unit_test(values_that_no_metric_can_have_are_counted_and_make_no_series),
		cmocka_unit_test(a_function_that_cannot_take_a_value_is_counted),
		cmocka_unit_test(conditions_choose_events),
		cmocka_unit_test(several_rules_take_the_same_event),
		cmocka_unit_test(a_rule_is_for_the_sessions_that_it_names),
		cmocka_unit_test(a_payload_that_is_too_short_is_counted_and_has_what_it_has),
		cmocka_unit_test(where_no_field_is_asked_for_a_rule_has_no_error),
		cmocka_unit_test(what_is_wrong_behind_the_fields_of_rules_is_counted),
		cmocka_unit_test(without_a_rule_payloads_have_sizes_that_can_be),
		cmocka_unit_test(without_a_schema_fields_are_missing_and_that_is_counted),
		cmocka_unit_test(events_behind_their_metadata_have_fields_and_names),
		cmocka_unit_test(a_provider_that_changes_its_name_for_ever_costs_no_more),
		cmocka_unit_test(series_beyond_the_limit_are_counted_as_other),
		cmocka_unit_test(pointers_of_both_sizes_are_one_label),
		cmocka_unit_test(a_name_of_state_as_a_value_is_no_number),
		cmocka_unit_test(empty_payloads_and_strings_are_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
