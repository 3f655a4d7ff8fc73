#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/catalogue.h"
#include "exporter/decoder/mof.h"
#include "exporter/decoder/provider_names.h"
#include "exporter/decoder/kernel_classes.h"
#include "tests/support/manifest_text.h"

static struct manifests *shop(const char *text)
{
	struct manifests *manifests = manifests_new("manifest");
	struct error error = {""};

	assert_non_null(manifests);
	assert_int_equal(manifests_add(manifests, "shop.man", text, strlen(text), &error), 0);
	return manifests;
}

static struct catalogue *make(const struct manifests *manifests)
{
	struct catalogue *catalogue = catalogue_new(manifests);

	assert_non_null(catalogue);
	return catalogue;
}

static enum catalogue_knowledge knows(const struct catalogue *catalogue, const char *provider)
{
	char text[100];
	const struct scalar_config scalar = {.text = text};

	strcpy(text, provider);
	return catalogue_provider(catalogue, &scalar);
}

struct counted {
	size_t count, with_schema, limit;
};

static bool count(void *context, const struct known_event *event)
{
	struct counted *counted = context;

	counted->count++;
	counted->with_schema += event->schema != NULL;
	assert_true(event->first_version <= event->last_version);
	assert_non_null(event->provider);
	return counted->count != counted->limit;
}

static void all_documented_kernel_events_are_walked_with_their_schemas(void **state)
{
	struct counted counted = {0};

	(void)state;
	assert_true(mof_each(count, &counted));
	assert_true(counted.count > 300);
	assert_true(counted.with_schema > 300);
}

static void a_walk_ends_where_the_visitor_wants_no_more(void **state)
{
	struct manifests *manifests =
		shop(MANIFEST(EVENTS("<event value='1'/><event value='2'/><event value='3'/>")));
	struct counted kernel = {.limit = 5}, shop_events = {.limit = 2};

	(void)state;
	assert_false(mof_each(count, &kernel));
	assert_int_equal(kernel.count, 5);
	assert_false(manifests_each(manifests, count, &shop_events));
	assert_int_equal(shop_events.count, 2);
	manifests_free(manifests);
}

static void both_schemas_of_a_contradicted_event_are_walked(void **state)
{
	static const char first[] = MANIFEST_WITH_TEMPLATE("<data name='A' inType='win:UInt32'/>");
	static const char second[] = MANIFEST_WITH_TEMPLATE("<data name='B' inType='win:UInt64'/>");
	struct manifests *manifests = shop(first);
	struct counted counted = {0};
	struct error error;

	(void)state;
	assert_int_equal(manifests_add(manifests, "2", second, strlen(second), &error), 0);
	assert_true(manifests_each(manifests, count, &counted));
	assert_int_equal(counted.count, 2);
	manifests_free(manifests);
}

static void entries_are_sorted_by_provider_id_and_version(void **state)
{
	struct manifests *manifests = shop(MANIFEST(
		EVENTS("<event value='7' version='1'/><event value='7'/><event value='3'/>")));
	struct catalogue *catalogue = make(manifests);
	const struct catalogue_entry *last = catalogue_at(catalogue, 0);
	size_t i, shops = 0;

	(void)state;
	for (i = 1; i < catalogue_count(catalogue); i++) {
		const struct catalogue_entry *entry = catalogue_at(catalogue, i);
		int order = strcmp(last->type.provider, entry->type.provider);

		assert_true(order <= 0);
		if (order == 0)
			assert_true(event_type_id(&last->type) < event_type_id(&entry->type) ||
				    last->type.version <= entry->type.version);
		shops += strcmp(entry->type.provider, "Shop") == 0;
		last = entry;
	}
	assert_int_equal(shops, 3);
	catalogue_free(catalogue);
	manifests_free(manifests);
}

static void providers_are_known_with_events_by_name_or_not_at_all(void **state)
{
	struct manifests *manifests = shop(MANIFEST(EVENTS("<event value='1'/>")));
	struct catalogue *catalogue = make(manifests);

	(void)state;
	assert_int_equal(knows(catalogue, "Shop"), CATALOGUE_EVENTS);
	assert_int_equal(knows(catalogue, "sh*"), CATALOGUE_EVENTS);
	assert_int_equal(knows(catalogue, SHOP_GUID_TEXT), CATALOGUE_EVENTS);
	assert_int_equal(knows(catalogue, "DiskIo"), CATALOGUE_EVENTS);
	assert_int_equal(knows(catalogue, "Microsoft-Windows-DNS-Client"), CATALOGUE_NAME);
	assert_int_equal(knows(catalogue, "Power"), CATALOGUE_NAME);
	assert_int_equal(knows(catalogue, "Nobody.Knows"), CATALOGUE_NOTHING);
	assert_int_equal(knows(catalogue, "{99999999-0000-0000-0000-000000000000}"),
			 CATALOGUE_NOTHING);
	catalogue_free(catalogue);
	manifests_free(manifests);
}

static void what_is_added_does_not_take_the_place_of_a_manifests(void **state)
{
	struct manifests *manifests = shop(MANIFEST(EVENTS("<event value='1'/>")));
	struct catalogue *catalogue = make(manifests);
	size_t count = catalogue_count(catalogue);
	struct known_event event = {.provider = "Shop", .event = "E", .id = 1};

	(void)state;
	guid_parse(SHOP_GUID_TEXT, &event.guid);
	assert_true(catalogue_add_event(catalogue, &event, NULL));
	assert_int_equal(catalogue_count(catalogue), count);
	event.first_version = event.last_version = 1;
	assert_true(catalogue_add_event(catalogue, &event, NULL));
	event.id = 2;
	assert_true(catalogue_add_event(catalogue, &event, NULL));
	assert_true(catalogue_add_event(catalogue, &event, NULL));
	assert_int_equal(catalogue_count(catalogue), count + 2);
	catalogue_free(catalogue);
	manifests_free(manifests);
}

static void the_nearest_name_is_of_a_class_a_manifest_or_the_table(void **state)
{
	struct manifests *manifests = shop(MANIFEST(EVENTS("<event value='1'/>")));
	struct catalogue *catalogue = make(manifests);

	(void)state;
	assert_string_equal(catalogue_nearest(catalogue, "DiskOi"), "DiskIo");
	assert_string_equal(catalogue_nearest(catalogue, "Shopp"), "Shop");
	assert_string_equal(catalogue_nearest(catalogue, "Microsoft-Windows-DNSClient"),
			    "Microsoft-Windows-DNS-Client");
	assert_null(catalogue_nearest(catalogue, "Nobody.Knows"));
	catalogue_free(catalogue);
	manifests_free(manifests);
}

static void each_known_provider_is_found_by_its_index(void **state)
{
	const char *name;
	struct guid guid;
	size_t i;

	(void)state;
	for (i = 0; (name = provider_name_at(i, &guid)); i++)
		assert_string_equal(provider_name_find(&guid), name);
	assert_true(i > 1000);
}

static void each_kernel_class_is_found_by_its_index(void **state)
{
	const struct kernel_class *class;
	size_t i;

	(void)state;
	for (i = 0; (class = kernel_class_at(i)); i++)
		assert_ptr_equal(kernel_class_find(&class->guid), class);
	assert_true(i > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_documented_kernel_events_are_walked_with_their_schemas),
		cmocka_unit_test(a_walk_ends_where_the_visitor_wants_no_more),
		cmocka_unit_test(both_schemas_of_a_contradicted_event_are_walked),
		cmocka_unit_test(entries_are_sorted_by_provider_id_and_version),
		cmocka_unit_test(providers_are_known_with_events_by_name_or_not_at_all),
		cmocka_unit_test(what_is_added_does_not_take_the_place_of_a_manifests),
		cmocka_unit_test(the_nearest_name_is_of_a_class_a_manifest_or_the_table),
		cmocka_unit_test(each_known_provider_is_found_by_its_index),
		cmocka_unit_test(each_kernel_class_is_found_by_its_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
