#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/decoding.h"
#include "tests/support/info_record.h"
#include "tests/windows/etw_rig.h"

#define SECOND_NS INT64_C(1000000000)

/* In-types: 1 UTF-16, 4 and 8 unsigned of 8 and 32 bits. */
#define SHOP                                                                               \
	"map Kinds 1 1=Book 2=Pen\n"                                                       \
	"event Ordered id=1 version=1 level=4\n"                                           \
	"field Count in=8 length=4\nfield Kind in=8 length=4 map=Kinds\nfield Name in=1\n" \
	"event Stocked id=2 level=4\nfield Count in=8 length=4\n"                          \
	"event Bought id=5 level=4 channel=11 tracelogging=1\n"                            \
	"event Class level=4 opcode=12 version=2 classic=1\nfield Kind in=8 map=Kinds\n"   \
	"field Size in=4\n"
#define MACHINE	     "provider {11111111-2222-3333-4444-555555555555} Contoso-Shop\n" SHOP
#define LATE_MACHINE "provider {11111111-2222-3333-4444-555555555555} Contoso-Shop late\n" SHOP
/* Seven books called A. */
#define ORDER	  "emit Ordered count=5 data=070000000100000041000000\n"
#define GUID_KEYS "  providers: [{guid: 11111111-2222-3333-4444-555555555555}]\n"
#define RULE                                                                                \
	"metrics:\n- {name: ordered_total, help: H., type: counter, "                       \
	"match: {provider: Contoso-Shop, id: 1}, value: Count, labels: {kind: Kind, name: " \
	"Name}}\n"

static ULONG calls(void)
{
	ULONG count = model_lock()->tdh_calls;

	model_unlock();
	return count;
}

static uint64_t lookups(const struct etw_rig *rig, enum schema_lookup result)
{
	return health_get(&etw_rig_health(rig)->schema_lookups[result]);
}

static void fields_are_those_of_the_registered_manifest(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE ORDER ORDER, GUID_KEYS RULE);
	ETW_RIG_WAIT(&rig, etw_rig_has(&rig, "ordered_total{kind=\"Book\",name=\"A\"} 70"));
	assert_true(etw_rig_has(&rig, "etw_events_total{session=\"a\",provider=\"Contoso-Shop\","
				      "event_id=\"1\",event=\"Ordered\"} 10"));
	etw_rig_end(&rig);
}

/* One call for the event, and one for its map. */
static void windows_is_asked_once_for_an_event_type(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      MACHINE "emit Ordered count=5000 data=070000000100000041000000\n"
			      "emit Stocked count=3000\nemit Ordered count=5000 "
			      "data=070000000100000041000000\n",
		      GUID_KEYS RULE);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 1) == 10000);
	assert_int_equal(calls(), 3);
	assert_int_equal(lookups(&rig, SCHEMA_LOOKUP_FOUND), 2);
	assert_int_equal(lookups(&rig, SCHEMA_LOOKUP_UNKNOWN), 0);
	etw_rig_end(&rig);
}

/* Not even where its payload is not as it says. */
static void tracelogging_is_not_asked_for(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "emit Bought count=20 bytes=4\n", GUID_KEYS);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 5) == 20);
	assert_int_equal(calls(), 0);
	etw_rig_end(&rig);
}

static void classes_are_known_by_event_type(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "emit Class count=4 data=0200000009\n",
		      GUID_KEYS "metrics:\n- {name: sizes_total, help: H., type: counter, match: "
				"{provider: Contoso-Shop, id: 12}, value: Size, labels: {kind: "
				"Kind}}\n");
	ETW_RIG_WAIT(&rig, etw_rig_has(&rig, "sizes_total{kind=\"Pen\"} 36"));
	etw_rig_end(&rig);
}

/* The five events before it are counted without a name, and rules do not see them. */
static void a_manifest_that_is_installed_later_is_used(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      LATE_MACHINE ORDER "install\nlook Ordered data=010000000200000041000000\n"
					 "emit Ordered count=10 data=010000000100000041000000\n",
		      GUID_KEYS RULE);
	ETW_RIG_WAIT(&rig, etw_rig_has(&rig, "ordered_total{kind=\"Book\",name=\"A\"} 10"));
	assert_true(etw_rig_events(&rig, 1) > 15);
	assert_int_equal(lookups(&rig, SCHEMA_LOOKUP_UNKNOWN), 1);
	assert_int_equal(lookups(&rig, SCHEMA_LOOKUP_FOUND), 1);
	etw_rig_end(&rig);
}

static void where_windows_has_no_such_function_events_are_counted(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lacks TdhGetEventInformation\n" ORDER, GUID_KEYS);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 1) == 5);
	assert_int_equal(calls(), 0);
	etw_rig_end(&rig);
}

static void where_maps_cannot_be_had_numbers_are_shown(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lacks TdhGetEventMapInformation\n" ORDER, GUID_KEYS RULE);
	ETW_RIG_WAIT(&rig, etw_rig_has(&rig, "ordered_total{kind=\"1\",name=\"A\"} 35"));
	etw_rig_end(&rig);
}

/* Decoding alone, whose clock is what it is told. */
struct world {
	struct scratch scratch;
	struct decoding *decoding;
	struct session_health health;
};

static void begin(struct world *world, const char *script)
{
	scratch_make(&world->scratch);
	setenv("ETWMODEL_SCRIPT", scratch_file(&world->scratch, "script", script), 1);
	model_reset();
	session_health_init(&world->health);
	world->decoding = decoding_new(NULL);
	assert_non_null(world->decoding);
	decoding_set_registered(world->decoding, &world->health);
}

static void end(struct world *world)
{
	decoding_free(world->decoding);
	scratch_remove(&world->scratch);
}

static const uint8_t guid[16] = {0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33,
				 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55};

static const struct schema *find(struct world *world, uint16_t id)
{
	static const uint8_t payload[12] = {7, 0, 0, 0, 1, 0, 0, 0, 'A', 0, 0, 0};
	const struct event_record record = {
		.guid = guid,
		.payload = payload,
		.payload_bytes = sizeof(payload),
		.id = id,
		.version = 1,
		.kind = RECORD_EVENT,
		.pointer_bytes = 8,
	};

	return decoding_find(world->decoding, &record);
}

static void failures_are_remembered_for_a_while(void **state)
{
	int64_t now = 1000 * SECOND_NS, looks = 0, at;
	struct world world;

	(void)state;
	begin(&world, LATE_MACHINE);
	assert_false(decoding_look_again(world.decoding, now));
	assert_null(find(&world, 1));
	assert_null(find(&world, 1));
	assert_int_equal(calls(), 1);
	assert_false(decoding_look_again(world.decoding, now + 5 * SECOND_NS - 1));
	assert_null(find(&world, 1));
	assert_int_equal(calls(), 1);
	/* Rarer and rarer: 5, 10, 20 ... 600 s. */
	for (at = now; at < now + 3600 * SECOND_NS; at += SECOND_NS) {
		looks += decoding_look_again(world.decoding, at);
		assert_null(find(&world, 1));
	}
	assert_int_equal(looks, 11);
	assert_int_equal(calls(), 12);
	model_lock()->has_installed = true;
	model_unlock();
	assert_null(find(&world, 1));
	assert_true(decoding_look_again(world.decoding, at + 600 * SECOND_NS));
	assert_string_equal(find(&world, 1)->source, "tdh");
	/* Nothing is missing. */
	assert_false(decoding_look_again(world.decoding, at + 6000 * SECOND_NS));
	end(&world);
}

static void a_trace_of_unknown_events_does_not_flood_windows(void **state)
{
	struct world world;
	uint16_t id;

	(void)state;
	begin(&world, MACHINE);
	decoding_look_again(world.decoding, SECOND_NS);
	for (id = 100; id < 10100; id++)
		assert_null(find(&world, id));
	assert_int_equal(calls(), 1024);
	assert_int_equal(health_get(&world.health.schema_lookups[SCHEMA_LOOKUP_PUT_OFF]), 8976);
	/* Nor is what it does know asked for now, but later. */
	assert_null(find(&world, 1));
	assert_true(decoding_look_again(world.decoding, 6 * SECOND_NS));
	assert_non_null(find(&world, 1));
	end(&world);
}

/* The trace's own metadata are news, but none of what is registered. */
static void what_the_trace_tells_is_no_reason_to_ask_windows_again(void **state)
{
	struct event_record record;
	struct payload payload;
	struct world world;
	uint16_t id;

	(void)state;
	begin(&world, MACHINE);
	assert_false(decoding_look_again(world.decoding, SECOND_NS));
	assert_null(find(&world, 99));
	for (id = 100; id < 200; id++) {
		record = info_record(&payload, guid, id, "Task", 8);
		assert_true(decoding_learn(world.decoding, &record));
		assert_null(find(&world, 99));
	}
	assert_int_equal(calls(), 1);
	end(&world);
}

/* However many there are: those that are put off come in turn, and none sooner than its time. */
static void many_unknown_events_are_asked_for_ever_more_rarely(void **state)
{
	const unsigned int count = 3000, looks = 11;
	struct world world;
	unsigned int id;
	int64_t at;

	(void)state;
	begin(&world, MACHINE);
	for (at = SECOND_NS; at < 3600 * SECOND_NS; at += 5 * SECOND_NS) {
		unsigned int before = calls();

		decoding_look_again(world.decoding, at);
		for (id = 0; id < count; id++)
			find(&world, (uint16_t)(100 + id));
		/* What Windows does know is found at once, and is no news. */
		find(&world, 1);
		assert_true(calls() - before <= 1024);
	}
	assert_true(calls() <= (looks + 1) * count + 2);
	/* All of them were asked for, all the same. */
	assert_int_equal(health_get(&world.health.schema_lookups[SCHEMA_LOOKUP_FOUND]), 1);
	assert_true(health_get(&world.health.schema_lookups[SCHEMA_LOOKUP_UNKNOWN]) >
		    (uint64_t)count * (looks - 1));
	end(&world);
}

static void a_schema_of_fields_that_make_no_sense_is_none(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "provider {11111111-2222-3333-4444-555555555555} Contoso-Shop\n"
		      "event Odd id=1 version=1\nfield A in=99\n"
		      "event Odder id=2 version=1\nfield A in=6\nfield B in=2 flags=2 length=7\n");
	assert_null(find(&world, 1));
	assert_null(find(&world, 2));
	assert_int_equal(health_get(&world.health.schema_lookups[SCHEMA_LOOKUP_FAILED]), 2);
	end(&world);
}

static void other_decodings_ask_nobody(void **state)
{
	struct world world;

	(void)state;
	begin(&world, MACHINE);
	decoding_free(world.decoding);
	world.decoding = decoding_new(NULL);
	assert_null(find(&world, 1));
	assert_int_equal(calls(), 0);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_those_of_the_registered_manifest),
		cmocka_unit_test(windows_is_asked_once_for_an_event_type),
		cmocka_unit_test(tracelogging_is_not_asked_for),
		cmocka_unit_test(classes_are_known_by_event_type),
		cmocka_unit_test(a_manifest_that_is_installed_later_is_used),
		cmocka_unit_test(where_windows_has_no_such_function_events_are_counted),
		cmocka_unit_test(where_maps_cannot_be_had_numbers_are_shown),
		cmocka_unit_test(failures_are_remembered_for_a_while),
		cmocka_unit_test(a_trace_of_unknown_events_does_not_flood_windows),
		cmocka_unit_test(what_the_trace_tells_is_no_reason_to_ask_windows_again),
		cmocka_unit_test(many_unknown_events_are_asked_for_ever_more_rarely),
		cmocka_unit_test(a_schema_of_fields_that_make_no_sense_is_none),
		cmocka_unit_test(other_decodings_ask_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
