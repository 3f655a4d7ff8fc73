#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/aggregator/event_types.h"
#include "tests/support/random.h"

#define UNLIMITED 1000000

/* A table with a registry of its own. */
struct world {
	struct registry *registry;
	struct event_families families;
	struct decoding *decoding;
	struct event_types types;
};

static void begin(struct world *world, size_t limit)
{
	const struct registry_limits limits = {.series = UNLIMITED, .label_bytes = 128};
	struct shard *shard;

	world->registry = registry_new(&limits);
	assert_non_null(world->registry);
	assert_int_equal(event_families_add(&world->families, world->registry), 0);
	shard = shard_new(world->registry);
	assert_non_null(shard);
	world->decoding = decoding_new(NULL);
	assert_non_null(world->decoding);
	assert_int_equal(event_types_init(&world->types, "test", limit, shard, &world->families,
					  world->decoding),
			 0);
}

static void end(struct world *world)
{
	event_types_done(&world->types);
	decoding_free(world->decoding);
	registry_free(world->registry);
}

static const uint8_t some_guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct event_record event(uint16_t id)
{
	return (struct event_record){.guid = some_guid, .kind = RECORD_EVENT, .id = id};
}

static struct event_record with_schema(const void *schema, uint16_t bytes)
{
	struct event_record record = event(0);

	record.schema = schema;
	record.schema_bytes = bytes;
	return record;
}

static struct event_type *find(struct world *world, const struct event_record *record)
{
	struct event_type *type = event_types_find(&world->types, record);

	assert_ptr_equal(event_types_find(&world->types, record), type);
	return type;
}

static void what_tells_event_types_apart_makes_a_new_one(void **state)
{
	uint8_t other_low[16], other_high[16];
	struct event_record records[12];
	const struct event_type *found[12];
	struct world world;
	size_t i, j;

	(void)state;
	memcpy(other_low, some_guid, 16);
	memcpy(other_high, some_guid, 16);
	other_low[0]++;
	other_high[15]++;
	for (i = 0; i < 12; i++)
		records[i] = event(1);
	records[1].id = 2;
	records[2].version = 1;
	records[3].opcode = 1;
	records[4].guid = other_low;
	records[5].guid = other_high;
	records[6].kind = RECORD_FULL;
	records[7].kind = RECORD_SYSTEM;
	records[8].kind = RECORD_SYSTEM;
	records[8].group = 1;
	records[9].kind = RECORD_MESSAGE;
	records[10].kind = RECORD_ERROR;
	records[11].schema = some_guid;
	records[11].schema_bytes = 16;
	begin(&world, UNLIMITED);
	for (i = 0; i < 12; i++)
		found[i] = find(&world, &records[i]);
	for (i = 0; i < 12; i++)
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(found[i], found[j]);
	assert_int_equal(world.types.count, 12);
	end(&world);
}

static void what_does_not_tell_them_apart_makes_none(void **state)
{
	struct event_record first = event(1), other = event(1);
	struct world world;

	(void)state;
	other.level = 3;
	other.task = 4;
	other.channel = 5;
	other.keyword = 6;
	other.pid = 7;
	other.cpu = 8;
	other.pointer_bytes = 4;
	other.timestamp = 9;
	other.payload_bytes = 10;
	begin(&world, UNLIMITED);
	assert_ptr_equal(find(&world, &first), find(&world, &other));
	first.kind = RECORD_SYSTEM;
	other.kind = RECORD_PERFINFO;
	assert_ptr_equal(find(&world, &first), find(&world, &other));
	first.kind = RECORD_FULL;
	other.kind = RECORD_INSTANCE;
	assert_ptr_equal(find(&world, &first), find(&world, &other));
	end(&world);
}

static void many_event_types_are_all_found_again(void **state)
{
	struct event_record record = event(0);
	struct event_type **found = calloc(60000, sizeof(struct event_type *));
	struct world world;
	size_t i;

	(void)state;
	assert_non_null(found);
	begin(&world, UNLIMITED);
	for (i = 0; i < 60000; i++) {
		record.id = (uint16_t)i;
		found[i] = find(&world, &record);
		assert_int_equal(found[i]->id, i);
	}
	assert_int_equal(world.types.count, 60000);
	for (i = 0; i < 60000; i++) {
		record.id = (uint16_t)i;
		assert_ptr_equal(find(&world, &record), found[i]);
	}
	free(found);
	end(&world);
}

static void metadata_is_compared_to_its_last_byte(void **state)
{
	static const size_t sizes[] = {1, 7, 8, 9, 16, 23, 24, 100};
	uint8_t schema[100] = {0};
	struct world world;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin(&world, UNLIMITED);
		for (at = 0; at < sizes[i]; at++) {
			struct event_record record = with_schema(schema, (uint16_t)sizes[i]);

			schema[at] ^= 0x40;
			find(&world, &record);
			schema[at] ^= 0x40;
		}
		assert_int_equal(world.types.count, sizes[i]);
		end(&world);
	}
}

static void metadata_that_another_begins_with_is_another(void **state)
{
	static const uint8_t zeros[64];
	struct world world;
	uint16_t bytes;

	(void)state;
	begin(&world, UNLIMITED);
	for (bytes = 0; bytes <= 64; bytes++) {
		struct event_record record = with_schema(zeros, bytes);

		find(&world, &record);
	}
	assert_int_equal(world.types.count, 65);
	end(&world);
}

static void metadata_without_a_byte_is_not_none(void **state)
{
	struct event_record none = event(0), empty = with_schema(some_guid, 0);
	struct world world;

	(void)state;
	begin(&world, UNLIMITED);
	assert_ptr_not_equal(find(&world, &none), find(&world, &empty));
	end(&world);
}

static void metadata_is_a_copy(void **state)
{
	uint8_t schema[] = "12345678abc";
	struct event_record record = with_schema(schema, sizeof(schema));
	const struct event_type *type;
	struct world world;

	(void)state;
	begin(&world, UNLIMITED);
	type = find(&world, &record);
	schema[0] = 'x';
	assert_ptr_not_equal(find(&world, &record), type);
	schema[0] = '1';
	assert_ptr_equal(find(&world, &record), type);
	end(&world);
}

/* Else a recording of other metadata in every event would fill the memory. */
static void all_metadata_together_is_bounded(void **state)
{
	uint8_t *schema = calloc(1, UINT16_MAX);
	struct event_record record = with_schema(schema, UINT16_MAX), small = event(1);
	size_t kept = ((size_t)32 << 20) / UINT16_MAX, i;
	const struct event_type *type;
	struct world world;

	(void)state;
	assert_non_null(schema);
	begin(&world, UNLIMITED);
	for (i = 0; i < kept + 10; i++) {
		memcpy(schema + 1000, &i, sizeof(i));
		type = find(&world, &record);
		assert_int_equal(type == &world.types.overflow, i >= kept);
	}
	assert_int_equal(world.types.count, kept);
	/* Others have room. */
	assert_ptr_not_equal(find(&world, &small), &world.types.overflow);
	free(schema);
	end(&world);
}

static void beyond_the_limit_there_is_one_for_all(void **state)
{
	struct event_record record = event(0);
	struct event_type *first, *type = NULL;
	struct world world;

	(void)state;
	begin(&world, 3);
	first = find(&world, &record);
	for (record.id = 1; record.id < 3; record.id++)
		assert_ptr_not_equal(find(&world, &record), &world.types.overflow);
	for (; record.id < 1000; record.id++) {
		type = find(&world, &record);
		assert_ptr_equal(type, &world.types.overflow);
	}
	assert_int_equal(world.types.count, 3);
	assert_non_null(type);
	assert_true(type->special && type->events_overflow && type->bytes_overflow);
	assert_string_equal(type->provider, "other");
	record.id = 0;
	assert_ptr_equal(find(&world, &record), first);
	end(&world);
}

static void a_limit_of_none_refuses_all(void **state)
{
	struct event_record record = event(0);
	struct world world;

	(void)state;
	begin(&world, 0);
	assert_ptr_equal(find(&world, &record), &world.types.overflow);
	end(&world);
}

static void it_says_what_it_is(void **state)
{
	static const struct {
		enum record_kind kind;
		enum encoding encoding;
		const char *name;
	} cases[] = {
		{RECORD_SYSTEM, ENCODING_KERNEL, "kernel"},
		{RECORD_COMPACT, ENCODING_KERNEL, "kernel"},
		{RECORD_PERFINFO, ENCODING_KERNEL, "kernel"},
		{RECORD_FULL, ENCODING_CLASSIC, "classic"},
		{RECORD_INSTANCE, ENCODING_CLASSIC, "classic"},
		{RECORD_EVENT, ENCODING_MANIFEST, "manifest"},
		{RECORD_MESSAGE, ENCODING_WPP, "wpp"},
		{RECORD_ERROR, ENCODING_ERROR, "error"},
	};
	struct world world;
	size_t i;

	(void)state;
	begin(&world, UNLIMITED);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event_record record = event(7);
		const struct event_type *type;

		record.kind = (uint8_t)cases[i].kind;
		record.version = 2;
		record.opcode = 3;
		record.level = 4;
		record.task = 5;
		type = find(&world, &record);
		assert_int_equal(type->encoding, cases[i].encoding);
		assert_string_equal(encoding_name(type->encoding), cases[i].name);
		assert_memory_equal(type->guid.bytes, some_guid, 16);
		assert_true(type->id == 7 && type->version == 2 && type->opcode == 3);
		assert_true(type->level == 4 && type->task == 5);
		assert_false(type->special);
	}
	end(&world);
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	uint8_t schema[2000], traits[2000];
	struct event_record record = with_schema(schema, sizeof(schema));
	const struct event_type *type;
	struct world world;

	(void)state;
	memset(schema, 'e', sizeof(schema));
	memset(traits, 'p', sizeof(traits));
	schema[2] = 0;
	schema[1999] = 0;
	traits[1999] = 0;
	record.traits = traits;
	record.traits_bytes = sizeof(traits);
	begin(&world, UNLIMITED);
	type = find(&world, &record);
	assert_int_equal(strlen(type->event), 511);
	assert_int_equal(strlen(type->provider), 511);
	end(&world);
}

/* Metadata of any bytes and any length, at the end of its memory. */
static void metadata_may_be_anything(void **state)
{
	struct random random = {7};
	struct world world;
	size_t i;

	(void)state;
	begin(&world, 500);
	for (i = 0; i < 2000; i++) {
		uint16_t bytes = (uint16_t)random_below(&random, 40), at;
		uint8_t *schema = malloc(bytes + 1u), *traits = malloc(bytes + 1u);
		struct event_record record = with_schema(schema + 1, bytes);

		assert_true(schema && traits);
		for (at = 0; at < bytes; at++) {
			schema[1 + at] = (uint8_t)(random_below(&random, 3) * 0x80);
			traits[1 + at] = (uint8_t)(random_below(&random, 3) * 0x41);
		}
		record.traits = traits + 1;
		record.traits_bytes = bytes;
		find(&world, &record);
		free(schema);
		free(traits);
	}
	end(&world);
}

static void only_lost_event_records_are_signs_of_loss(void **state)
{
	static const uint8_t lost[16] = {0xe0, 0x9a, 0x39, 0x6a, 0xc6, 0x4b, 0xe9, 0x4d,
					 0x87, 0x0b, 0x36, 0x57, 0xf8, 0x94, 0x7e, 0x7e};
	struct event_record record = {.guid = lost, .kind = RECORD_FULL};
	unsigned int type;

	(void)state;
	for (type = 0; type < 256; type++) {
		enum loss_sign sign;

		record.opcode = (uint8_t)type;
		sign = event_loss_sign(&record);
		assert_int_equal(sign, type == 32   ? LOSS_SIGN_LOST_EVENT
				       : type == 33 ? LOSS_SIGN_LOST_BUFFER
				       : type == 34 ? LOSS_SIGN_LOST_FILE
						    : LOSS_SIGN_COUNT);
	}
	record.opcode = 32;
	record.guid = some_guid;
	assert_int_equal(event_loss_sign(&record), LOSS_SIGN_COUNT);
	record.guid = lost;
	record.kind = RECORD_MESSAGE;
	assert_int_equal(event_loss_sign(&record), LOSS_SIGN_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tells_event_types_apart_makes_a_new_one),
		cmocka_unit_test(what_does_not_tell_them_apart_makes_none),
		cmocka_unit_test(many_event_types_are_all_found_again),
		cmocka_unit_test(metadata_is_compared_to_its_last_byte),
		cmocka_unit_test(metadata_that_another_begins_with_is_another),
		cmocka_unit_test(metadata_without_a_byte_is_not_none),
		cmocka_unit_test(metadata_is_a_copy),
		cmocka_unit_test(all_metadata_together_is_bounded),
		cmocka_unit_test(beyond_the_limit_there_is_one_for_all),
		cmocka_unit_test(a_limit_of_none_refuses_all),
		cmocka_unit_test(it_says_what_it_is),
		cmocka_unit_test(a_name_that_is_too_long_is_cut),
		cmocka_unit_test(metadata_may_be_anything),
		cmocka_unit_test(only_lost_event_records_are_signs_of_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
