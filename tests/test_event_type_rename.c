#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/aggregator/event_types.h"
#include "metrics/exposition.h"
#include "metrics/text.h"
#include "tests/support/info_record.h"
#include "tests/support/page.h"

#define PROVIDER "{04030201-0605-0807-090a-0b0c0d0e0f10}"
#define U32	 8

static const uint8_t guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t zeros[16];

/* A table with a registry of its own. */
struct world {
	struct registry *registry;
	struct event_families families;
	struct decoding *decoding;
	struct event_types types;
	struct text page;
};

static void begin(struct world *world, size_t series)
{
	const struct registry_limits limits = {.series = series, .label_bytes = 128};
	struct shard *shard;

	world->registry = registry_new(&limits);
	assert_non_null(world->registry);
	assert_int_equal(event_families_add(&world->families, world->registry), 0);
	shard = shard_new(world->registry);
	world->decoding = decoding_new(NULL);
	assert_true(shard && world->decoding);
	assert_int_equal(event_types_init(&world->types, "s", 1000, shard, &world->families,
					  world->decoding),
			 0);
	text_init(&world->page, (size_t)1 << 20);
}

static void end(struct world *world)
{
	text_done(&world->page);
	event_types_done(&world->types);
	decoding_free(world->decoding);
	registry_free(world->registry);
}

static struct event_record event(uint16_t id)
{
	return (struct event_record){
		.guid = guid, .kind = RECORD_EVENT, .id = id, .payload = zeros, .payload_bytes = 4};
}

/* As the aggregator does. */
static struct event_type *count(struct world *world, const struct event_record *record)
{
	struct event_type *type = event_types_find(&world->types, record);

	if (type->rename)
		event_type_rename(&world->types, type, record);
	cell_add(type->events, 1);
	cell_add(type->bytes, record->payload_bytes);
	return type;
}

static void learn(struct world *world, uint16_t id, const char *task)
{
	struct payload payload;
	struct event_record record = info_record(&payload, guid, id, task, U32);

	assert_true(decoding_learn(world->decoding, &record));
	event_types_rename(&world->types);
}

static int on_page(struct world *world, const char *name, unsigned int id, const char *event)
{
	struct exposition exposition = {.out = &world->page, .format = EXPOSITION_TEXT};
	char sample[256];

	text_clear(&world->page);
	registry_expose(world->registry, &exposition);
	text_char(&world->page, '\0');
	assert_false(world->page.failed);
	assert_true(page_is_unique(world->page.bytes));
	snprintf(sample, sizeof(sample),
		 "%s{session=\"s\",provider=\"" PROVIDER "\",event_id=\"%u\",event=\"%s\"}", name,
		 id, event);
	return (int)page_value(world->page.bytes, sample);
}

static int events_on_page(struct world *world, unsigned int id, const char *event)
{
	return on_page(world, "etw_events_total", id, event);
}

static void events_before_their_name_keep_their_count(void **state)
{
	struct event_record record = event(1);
	struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, 1000);
	count(&world, &record);
	count(&world, &record);
	learn(&world, 1, "Ping");
	type = count(&world, &record);
	assert_string_equal(type->event, "Ping");
	assert_int_equal(events_on_page(&world, 1, ""), 2);
	assert_int_equal(events_on_page(&world, 1, "Ping"), 1);
	assert_int_equal(on_page(&world, "etw_event_bytes_total", 1, ""), 8);
	assert_int_equal(on_page(&world, "etw_event_bytes_total", 1, "Ping"), 4);
	assert_int_equal(event_type_events(type), 3);
	assert_int_equal(event_type_bytes(type), 12);
	assert_int_equal((int)page_sum(world.page.bytes, "etw_events_total"), 3);
	end(&world);
}

static void what_was_named_is_as_cheap_as_others(void **state)
{
	struct event_record record = event(1);
	struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, 1000);
	type = count(&world, &record);
	assert_false(type->special);
	learn(&world, 1, "Ping");
	assert_true(type->special && type->rename);
	count(&world, &record);
	assert_false(type->special || type->rename);
	/* It has a name now: nothing else will be looked for. */
	learn(&world, 2, "Pong");
	assert_false(type->special || type->rename);
	end(&world);
}

static void without_a_name_it_is_looked_for_again(void **state)
{
	struct event_record record = event(1);
	struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, 1000);
	type = count(&world, &record);
	learn(&world, 2, "Pong");
	count(&world, &record);
	assert_string_equal(type->event, "");
	assert_false(type->special || type->rename);
	assert_int_equal(events_on_page(&world, 1, ""), 2);
	learn(&world, 1, "Ping");
	count(&world, &record);
	assert_string_equal(type->event, "Ping");
	assert_int_equal(event_type_events(type), 3);
	end(&world);
}

/* Versions of one event that share a series, before and after. */
static void sums_are_exact_where_types_share_a_name(void **state)
{
	struct event_record first = event(1), second = event(1);
	struct world world;
	uint64_t sum;

	(void)state;
	second.opcode = 1;
	begin(&world, 1000);
	count(&world, &first);
	count(&world, &second);
	learn(&world, 1, "Ping");
	count(&world, &first);
	count(&world, &first);
	count(&world, &second);
	assert_int_equal(events_on_page(&world, 1, ""), 2);
	assert_int_equal(events_on_page(&world, 1, "Ping"), 3);
	sum = event_type_events(event_types_find(&world.types, &first)) +
	      event_type_events(event_types_find(&world.types, &second));
	assert_int_equal(sum, 5);
	assert_int_equal(event_type_events(event_types_find(&world.types, &first)), 3);
	end(&world);
}

static void a_name_that_finds_no_series_is_counted_as_other(void **state)
{
	struct event_record record = event(1);
	struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, 2);
	type = count(&world, &record);
	assert_false(type->events_overflow || type->bytes_overflow);
	learn(&world, 1, "Ping");
	count(&world, &record);
	assert_true(type->events_overflow && type->bytes_overflow && type->special);
	assert_int_equal(events_on_page(&world, 1, ""), 1);
	assert_int_equal(events_on_page(&world, 1, "Ping"), -1);
	end(&world);
}

/* What a type keeps of its records is enough to find its name by. */
static struct event_type *name_without_record(struct world *world,
					      const struct event_record *record)
{
	struct event_type *type = count(world, record);
	struct event_record kept;

	event_type_record(type, &kept);
	event_type_rename(&world->types, type, &kept);
	return type;
}

static void names_come_without_a_record_too(void **state)
{
	struct event_record record = event(1);
	struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, 1000);
	count(&world, &record);
	learn(&world, 1, "Ping");
	type = name_without_record(&world, &record);
	assert_string_equal(type->event, "Ping");
	assert_int_equal(event_type_events(type), 2);
	end(&world);
}

static void a_group_without_a_class_stays_what_it_is(void **state)
{
	struct event_record record = event(0);
	struct world world;

	(void)state;
	record.guid = zeros;
	record.kind = RECORD_SYSTEM;
	record.group = 0xfe;
	begin(&world, 1000);
	assert_string_equal(name_without_record(&world, &record)->provider,
			    "Windows Kernel group 0xfe");
	end(&world);
}

static void a_provider_named_by_traits_stays_that(void **state)
{
	struct event_record record = event(7);
	struct world world;

	(void)state;
	record.traits = (const uint8_t *)"\7\0Shop";
	record.traits_bytes = 7;
	begin(&world, 1000);
	assert_string_equal(name_without_record(&world, &record)->provider, "Shop");
	end(&world);
}

static void a_string_stays_a_string(void **state)
{
	struct event_record record = event(0), kept;
	struct event_type *type;
	struct world world;

	(void)state;
	record.flags = 4;
	begin(&world, 1000);
	type = count(&world, &record);
	event_type_record(type, &kept);
	assert_non_null(decoding_find(world.decoding, &kept));
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_before_their_name_keep_their_count),
		cmocka_unit_test(what_was_named_is_as_cheap_as_others),
		cmocka_unit_test(without_a_name_it_is_looked_for_again),
		cmocka_unit_test(sums_are_exact_where_types_share_a_name),
		cmocka_unit_test(a_name_that_finds_no_series_is_counted_as_other),
		cmocka_unit_test(names_come_without_a_record_too),
		cmocka_unit_test(a_group_without_a_class_stays_what_it_is),
		cmocka_unit_test(a_provider_named_by_traits_stays_that),
		cmocka_unit_test(a_string_stays_a_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
