#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/event_metadata.h"
#include "tests/support/info_builder.h"

static const uint8_t class_guid[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
				       0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};

static struct event_record metadata_record(uint8_t type, const uint8_t *bytes, size_t length)
{
	return (struct event_record){.guid = class_guid,
				     .kind = RECORD_FULL,
				     .opcode = type,
				     .payload = bytes,
				     .payload_bytes = (uint32_t)length};
}

/* At the end of memory of its own. */
static bool learn_bytes(struct event_metadata *metadata, uint8_t type, const uint8_t *bytes,
			size_t length)
{
	uint8_t *copy = malloc(length + 1);
	struct event_record record = metadata_record(type, copy + 1, length);
	bool learnt;

	assert_non_null(copy);
	memcpy(copy + 1, bytes, length);
	learnt = event_metadata_learn(metadata, &record);
	free(copy);
	return learnt;
}

static bool learn(struct event_metadata *metadata, uint8_t type, const struct payload *payload)
{
	return learn_bytes(metadata, type, payload->bytes, payload->length);
}

static const struct schema *find(struct event_metadata *metadata, uint16_t id)
{
	const struct event_record record = {
		.guid = provider, .kind = RECORD_EVENT, .id = id, .version = 2};

	return event_metadata_find(metadata, &record);
}

/* The schema of one event alone; NULL: there is none. */
static const struct schema *schema_of(struct event_metadata **metadata,
				      const struct property *properties, uint32_t top)
{
	struct payload payload = {0};

	*metadata = event_metadata_new();
	assert_non_null(*metadata);
	put_info(&payload, 1, properties, top);
	assert_true(learn(*metadata, EVENT_INFO, &payload));
	return find(*metadata, 1);
}

static void assert_none(const struct property *properties, uint32_t top)
{
	struct event_metadata *metadata;

	assert_null(schema_of(&metadata, properties, top));
	/* Nor when asked again. */
	assert_null(find(metadata, 1));
	event_metadata_free(metadata);
}

static const struct property simple[] = {
	{"Name", 0, 1, 1, 1, 0, NULL}, {"Size", 0, 8, 15, 1, 4, NULL}, {0}};

static void only_records_of_its_class_are_metadata(void **state)
{
	struct event_record record = metadata_record(EVENT_INFO, NULL, 0);

	(void)state;
	assert_true(event_metadata_is(&record));
	record.opcode = MAP_INFO;
	assert_true(event_metadata_is(&record));
	record.opcode = 34;
	assert_false(event_metadata_is(&record));
	record.opcode = EVENT_INFO;
	record.kind = RECORD_EVENT;
	assert_false(event_metadata_is(&record));
	record.kind = RECORD_INSTANCE;
	assert_true(event_metadata_is(&record));
	record.guid = provider;
	assert_false(event_metadata_is(&record));
}

static void an_event_is_found_by_provider_id_and_version(void **state)
{
	struct event_metadata *metadata;
	const struct schema *schema = schema_of(&metadata, simple, 2);
	struct event_record record = {
		.guid = provider, .kind = RECORD_EVENT, .id = 1, .version = 2};

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->source, "eventinfo");
	assert_int_equal(schema->top_count, 2);
	assert_string_equal(schema->fields[0].name, "Name");
	assert_int_equal(schema->fields[0].type, VALUE_UTF16);
	assert_string_equal(schema->fields[1].name, "Size");
	assert_int_equal(schema->fields[1].type, VALUE_U32);
	assert_int_equal(schema->fields[1].out, OUT_HEX);
	assert_ptr_equal(event_metadata_find(metadata, &record), schema);
	record.version = 1;
	assert_null(event_metadata_find(metadata, &record));
	record.version = 2;
	record.id = 2;
	assert_null(event_metadata_find(metadata, &record));
	record.id = 1;
	record.guid = class_guid;
	assert_null(event_metadata_find(metadata, &record));
	record.guid = provider;
	record.kind = RECORD_FULL;
	assert_null(event_metadata_find(metadata, &record));
	event_metadata_free(metadata);
}

static void names_lose_the_blank_behind_them(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};
	const struct schema *schema;

	(void)state;
	put_info(&payload, 1, simple, 2);
	put_text(&payload, 52, "Provider ");
	put_text(&payload, 56, "Level ");
	put_text(&payload, 64, "Keyword ");
	payload_utf16(&payload, "Other ");
	payload_utf16(&payload, "");
	put_text(&payload, 68, "Task ");
	put_text(&payload, 72, "Opcode ");
	assert_true(learn(metadata, EVENT_INFO, &payload));
	schema = find(metadata, 1);
	assert_non_null(schema);
	assert_string_equal(schema->provider, "Provider");
	assert_string_equal(schema->level, "Level");
	assert_string_equal(schema->keywords, "Keyword,Other");
	assert_string_equal(schema->task, "Task");
	assert_string_equal(schema->opcode, "Opcode");
	/* Without a name of its own the event is called as its task. */
	assert_string_equal(schema->event, "Task");
	event_metadata_free(metadata);
}

static void an_event_s_own_name_goes_first(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};

	(void)state;
	put_info(&payload, 1, simple, 2);
	put_text(&payload, 68, "Task");
	put_text(&payload, 92, "Event");
	assert_true(learn(metadata, EVENT_INFO, &payload));
	assert_string_equal(find(metadata, 1)->event, "Event");
	event_metadata_free(metadata);
}

/* Of those there is the name of a field in its place: the one that has the activity. */
static void an_event_of_a_class_has_no_name_of_its_own(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};

	(void)state;
	put_info(&payload, 1, simple, 2);
	payload.bytes[48] = 1;
	put_text(&payload, 68, "Task");
	put_text(&payload, 92, "ActivityField");
	assert_true(learn(metadata, EVENT_INFO, &payload));
	assert_string_equal(find(metadata, 1)->event, "Task");
	event_metadata_free(metadata);
}

static void structs_have_the_members_they_point_at(void **state)
{
	static const struct property properties[] = {{"s", STRUCT | FIXED_COUNT, 2, 2, 3, 0, NULL},
						     {"z", 0, 4, 0, 1, 1, NULL},
						     {"a", 0, 6, 0, 1, 2, NULL},
						     {"b", 0, 8, 0, 1, 4, NULL},
						     {0}};
	struct event_metadata *metadata;
	const struct schema *schema = schema_of(&metadata, properties, 2);

	(void)state;
	assert_non_null(schema);
	assert_int_equal(schema->top_count, 2);
	assert_int_equal(schema->field_count, 4);
	assert_int_equal(schema->fields[0].type, VALUE_STRUCT);
	assert_int_equal(schema->fields[0].count_kind, COUNT_FIXED);
	assert_int_equal(schema->fields[0].count, 3);
	assert_int_equal(schema->fields[0].first_member, 2);
	assert_int_equal(schema->fields[0].member_count, 2);
	assert_string_equal(schema->fields[2].name, "a");
	assert_string_equal(schema->fields[3].name, "b");
	event_metadata_free(metadata);
}

static void lengths_and_counts_may_be_other_properties(void **state)
{
	static const struct property properties[] = {{"n", 0, 6, 0, 1, 2, NULL},
						     {"bytes", LENGTH_BY, 14, 0, 1, 0, NULL},
						     {"many", COUNT_BY, 8, 0, 0, 4, NULL},
						     {"s", STRUCT | COUNT_BY, 4, 1, 0, 0, NULL},
						     {"text", LENGTH_BY, 1, 0, 1, 0, NULL},
						     {0}};
	struct event_metadata *metadata;
	const struct schema *schema = schema_of(&metadata, properties, 4);

	(void)state;
	assert_non_null(schema);
	assert_true(schema->fields[0].is_reference);
	assert_int_equal(schema->fields[1].length_kind, LENGTH_FIELD);
	assert_int_equal(schema->fields[1].length, 0);
	assert_int_equal(schema->fields[2].count_kind, COUNT_FIELD);
	assert_int_equal(schema->fields[2].count, 0);
	assert_int_equal(schema->fields[3].count_kind, COUNT_FIELD);
	assert_int_equal(schema->fields[4].length_kind, LENGTH_FIELD);
	event_metadata_free(metadata);
}

static void a_length_is_fixed_where_the_type_has_none(void **state)
{
	static const struct property properties[] = {
		{"text", 0, 1, 0, 1, 8, NULL},	    {"bytes", 0, 14, 0, 1, 16, NULL},
		{"number", 0, 8, 0, 1, 4, NULL},    {"counted", 0, 22, 0, 1, 8, NULL},
		{"array", 0, 4, 0, 2, 1, NULL},	    {"one", FIXED_COUNT, 4, 0, 1, 1, NULL},
		{"address", 0, 14, 24, 1, 0, NULL}, {0}};
	struct event_metadata *metadata;
	const struct schema *schema = schema_of(&metadata, properties, 7);
	const struct field *fields;

	(void)state;
	assert_non_null(schema);
	fields = schema->fields;
	assert_int_equal(fields[0].length_kind, LENGTH_FIXED);
	assert_int_equal(fields[0].length, 8);
	assert_int_equal(fields[1].length_kind, LENGTH_FIXED);
	assert_int_equal(fields[1].length, 16);
	assert_int_equal(fields[2].length_kind, LENGTH_NATURAL);
	assert_int_equal(fields[3].length_kind, LENGTH_PREFIX);
	assert_int_equal(fields[4].count_kind, COUNT_FIXED);
	assert_int_equal(fields[4].count, 2);
	assert_int_equal(fields[5].count_kind, COUNT_FIXED);
	assert_int_equal(fields[5].count, 1);
	assert_int_equal(fields[6].length_kind, LENGTH_FIXED);
	assert_int_equal(fields[6].length, 16);
	event_metadata_free(metadata);
}

static void schemas_that_contradict_themselves_are_none(void **state)
{
	static const struct property later[] = {
		{"bytes", LENGTH_BY, 14, 0, 1, 1, NULL}, {"n", 0, 6, 0, 1, 2, NULL}, {0}};
	static const struct property itself[] = {{"n", COUNT_BY, 6, 0, 0, 2, NULL}, {0}};
	static const struct property outside[] = {{"n", COUNT_BY, 6, 0, 7, 2, NULL}, {0}};
	static const struct property no_type[] = {{"n", 0, 99, 0, 1, 2, NULL}, {0}};
	static const struct property custom[] = {{"n", CUSTOM_SCHEMA, 8, 0, 1, 4, NULL}, {0}};
	static const struct property loop[] = {{"s", STRUCT, 0, 1, 1, 0, NULL}, {0}};
	static const struct property twice[] = {{"s", STRUCT, 2, 1, 1, 0, NULL},
						{"t", STRUCT, 2, 1, 1, 0, NULL},
						{"a", 0, 8, 0, 1, 4, NULL},
						{0}};
	static const struct property beyond[] = {
		{"s", STRUCT, 1, 2, 1, 0, NULL}, {"a", 0, 8, 0, 1, 4, NULL}, {0}};

	(void)state;
	assert_none(later, 2);
	assert_none(itself, 1);
	assert_none(outside, 1);
	assert_none(no_type, 1);
	assert_none(custom, 1);
	assert_none(loop, 1);
	assert_none(twice, 2);
	assert_none(beyond, 1);
	assert_none(simple, 3);
	assert_none(simple, UINT32_MAX);
}

static void structs_nest_to_a_limit(void **state)
{
	struct property properties[12] = {{0}};
	struct event_metadata *metadata;
	uint16_t depth;

	(void)state;
	for (depth = 1; depth <= 10; depth++) {
		const struct schema *schema;
		uint16_t i;

		for (i = 0; i < depth; i++)
			properties[i] =
				(struct property){"s", STRUCT, (uint16_t)(i + 1), 1, 1, 0, NULL};
		properties[depth] = (struct property){"v", 0, 8, 0, 1, 4, NULL};
		schema = schema_of(&metadata, properties, 1);
		assert_int_equal(schema != NULL, depth < SCHEMA_DEPTH_MAX);
		event_metadata_free(metadata);
	}
}

static const uint32_t map_values[] = {1, 2};
static const char *const map_names[] = {"one ", "two "};
static const struct property mapped[] = {{"v", 0, 8, 0, 1, 4, "Map"}, {0}};

static void check_map(struct event_metadata *metadata, bool bits)
{
	const struct schema *schema = find(metadata, 1);
	const struct value_map *map;

	assert_non_null(schema);
	map = schema->fields[0].map;
	assert_non_null(map);
	assert_int_equal(map->count, 2);
	assert_int_equal(map->bits, bits);
	assert_int_equal(map->values[0], 1);
	assert_int_equal(map->values[1], 2);
	assert_string_equal(map->names[0], "one");
	assert_string_equal(map->names[1], "two");
}

static void maps_may_come_before_the_event_or_after_it(void **state)
{
	struct payload info = {0}, map = {0};
	unsigned int map_first;

	(void)state;
	put_info(&info, 1, mapped, 1);
	for (map_first = 0; map_first < 2; map_first++) {
		struct event_metadata *metadata = event_metadata_new();

		put_map(&map, "Map ", map_first ? 1 : 2, 2, map_values, map_names);
		assert_true(learn(metadata, map_first ? MAP_INFO : EVENT_INFO,
				  map_first ? &map : &info));
		assert_true(learn(metadata, map_first ? EVENT_INFO : MAP_INFO,
				  map_first ? &info : &map));
		check_map(metadata, !map_first);
		event_metadata_free(metadata);
	}
}

static void a_map_of_texts_is_none(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};

	(void)state;
	put_map(&payload, "Map", 4, 2, map_values, map_names);
	assert_false(learn(metadata, MAP_INFO, &payload));
	event_metadata_free(metadata);
}

static void a_map_of_another_provider_or_name_is_not_it(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};

	(void)state;
	put_map(&payload, "Maps", 1, 2, map_values, map_names);
	assert_true(learn(metadata, MAP_INFO, &payload));
	put_map(&payload, "Ma", 1, 2, map_values, map_names);
	assert_true(learn(metadata, MAP_INFO, &payload));
	put_map(&payload, "Map", 1, 2, map_values, map_names);
	payload.bytes[0]++;
	assert_true(learn(metadata, MAP_INFO, &payload));
	put_info(&payload, 1, mapped, 1);
	assert_true(learn(metadata, EVENT_INFO, &payload));
	assert_null(find(metadata, 1)->fields[0].map);
	event_metadata_free(metadata);
}

static void what_is_known_is_not_new(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};

	(void)state;
	put_info(&payload, 1, simple, 2);
	assert_true(learn(metadata, EVENT_INFO, &payload));
	assert_false(learn(metadata, EVENT_INFO, &payload));
	assert_int_equal(find(metadata, 1)->top_count, 2);
	put_info(&payload, 1, simple, 1);
	assert_false(learn(metadata, EVENT_INFO, &payload));
	assert_int_equal(find(metadata, 1)->top_count, 2);
	put_map(&payload, "Map", 1, 2, map_values, map_names);
	assert_true(learn(metadata, MAP_INFO, &payload));
	put_map(&payload, "Map", 2, 1, map_values, map_names);
	assert_false(learn(metadata, MAP_INFO, &payload));
	event_metadata_free(metadata);
}

static void damaged_maps_are_not_kept(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};
	size_t length;

	(void)state;
	put_map(&payload, "Map", 1, 0, map_values, map_names);
	assert_false(learn(metadata, MAP_INFO, &payload));
	put_map(&payload, "Map", 1, 2, map_values, map_names);
	/* Cut within the entries. */
	for (length = 0; length < 48; length++)
		assert_false(learn_bytes(metadata, MAP_INFO, payload.bytes, length));
	put_le32(payload.bytes + 24, UINT32_MAX);
	assert_false(learn(metadata, MAP_INFO, &payload));
	assert_false(learn_bytes(metadata, EVENT_INFO, payload.bytes, PROPERTIES_AT - 1));
	event_metadata_free(metadata);
}

/* A few bytes of record could else ask for a lot of memory. */
static void a_map_of_more_text_than_any_has_is_not_kept(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	uint8_t *bytes = calloc(1, 65000);
	uint32_t count = 7000, i;

	(void)state;
	assert_true(metadata && bytes);
	put_le32(bytes + 16, 16 + 8 * count);
	put_le32(bytes + 24, count);
	memset(bytes + 32 + 8 * count, 'x', 65000 - 32 - 8 * count);
	for (i = 0; i < count; i++)
		put_le32(bytes + 32 + 8 * i, 16 + 8 * count);
	assert_false(learn_bytes(metadata, MAP_INFO, bytes, 65000));
	/* Short texts are. */
	for (i = 0; i < count; i++)
		put_le32(bytes + 32 + 8 * i, 64992 - 16);
	assert_true(learn_bytes(metadata, MAP_INFO, bytes, 65000));
	free(bytes);
	event_metadata_free(metadata);
}

static void records_are_many_to_a_limit(void **state)
{
	struct event_metadata *metadata = event_metadata_new();
	struct payload payload = {0};
	char name[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < 65536; i++) {
		snprintf(name, sizeof(name), "Map%u", i);
		put_map(&payload, name, 1, 1, map_values, map_names);
		if (!learn(metadata, MAP_INFO, &payload))
			break;
	}
	/* Maps take more memory than their records. */
	assert_in_range(i, 32768, 65535);
	put_info(&payload, 1, simple, 2);
	payload.length = sizeof(payload.bytes);
	assert_false(learn(metadata, EVENT_INFO, &payload));
	event_metadata_free(metadata);
}

/* Whatever is at the place of a number or an offset. */
static void damage_at_every_offset_makes_a_schema_or_none(void **state)
{
	static const struct property properties[] = {{"n", 0, 6, 0, 1, 2, "Map"},
						     {"s", STRUCT | COUNT_BY, 3, 1, 0, 0, NULL},
						     {"text", 0, 1, 0, 1, 8, NULL},
						     {"bytes", LENGTH_BY, 14, 0, 1, 0, NULL},
						     {0}};
	static const uint8_t values[] = {0, 1, 0x20, 0x7f, 0x80, 0xff};
	struct payload info = {0}, map = {0};
	size_t at, i, width;

	(void)state;
	put_info(&info, 1, properties, 3);
	put_map(&map, "Map", 2, 2, map_values, map_names);
	for (at = 0; at < info.length; at++) {
		for (i = 0; i < 2 * sizeof(values); i++) {
			struct event_metadata *metadata = event_metadata_new();
			struct payload damaged_info = info, damaged_map = map;
			const struct schema *schema;

			for (width = 0; width <= i % 2 * 3; width++) {
				if (at + width < info.length)
					damaged_info.bytes[at + width] = values[i / 2];
				if (at + width < map.length)
					damaged_map.bytes[at + width] = values[i / 2];
			}
			learn(metadata, MAP_INFO, &damaged_map);
			assert_true(learn(metadata, EVENT_INFO, &damaged_info));
			schema = find(metadata, 1);
			if (schema)
				assert_true(schema->field_count <= 4);
			event_metadata_free(metadata);
		}
	}
}

static void cut_metadata_makes_a_schema_or_none(void **state)
{
	struct payload info = {0};
	size_t length;

	(void)state;
	put_info(&info, 1, simple, 2);
	for (length = 0; length <= info.length; length++) {
		struct event_metadata *metadata = event_metadata_new();
		const struct schema *schema;

		assert_int_equal(learn_bytes(metadata, EVENT_INFO, info.bytes, length),
				 length >= PROPERTIES_AT);
		schema = find(metadata, 1);
		/* Names that are cut off are empty or shorter, but fields stay fields. */
		assert_int_equal(schema != NULL, length >= PROPERTIES_AT + 2 * PROPERTY_BYTES);
		event_metadata_free(metadata);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_records_of_its_class_are_metadata),
		cmocka_unit_test(an_event_is_found_by_provider_id_and_version),
		cmocka_unit_test(names_lose_the_blank_behind_them),
		cmocka_unit_test(an_event_s_own_name_goes_first),
		cmocka_unit_test(an_event_of_a_class_has_no_name_of_its_own),
		cmocka_unit_test(structs_have_the_members_they_point_at),
		cmocka_unit_test(lengths_and_counts_may_be_other_properties),
		cmocka_unit_test(a_length_is_fixed_where_the_type_has_none),
		cmocka_unit_test(schemas_that_contradict_themselves_are_none),
		cmocka_unit_test(structs_nest_to_a_limit),
		cmocka_unit_test(maps_may_come_before_the_event_or_after_it),
		cmocka_unit_test(a_map_of_texts_is_none),
		cmocka_unit_test(a_map_of_another_provider_or_name_is_not_it),
		cmocka_unit_test(what_is_known_is_not_new),
		cmocka_unit_test(damaged_maps_are_not_kept),
		cmocka_unit_test(a_map_of_more_text_than_any_has_is_not_kept),
		cmocka_unit_test(records_are_many_to_a_limit),
		cmocka_unit_test(damage_at_every_offset_makes_a_schema_or_none),
		cmocka_unit_test(cut_metadata_makes_a_schema_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
