#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/provider_names.h"
#include "exporter/etw/eventsource_guid.h"
#include "exporter/base/sha1.h"

static void assert_guid(const char *name, const char *wanted)
{
	char text[GUID_TEXT_SIZE];
	struct guid guid;

	eventsource_guid(name, &guid);
	guid_format(&guid, text);
	assert_string_equal(text, wanted);
}

static void assert_hash(const char *text, size_t times, const char *wanted)
{
	uint8_t hash[SHA1_BYTES];
	char hex[2 * SHA1_BYTES + 1];
	struct sha1 sha1;
	size_t i;

	sha1_init(&sha1);
	for (i = 0; i < times; i++)
		sha1_add(&sha1, text, strlen(text));
	sha1_finish(&sha1, hash);
	for (i = 0; i < SHA1_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	assert_string_equal(hex, wanted);
}

/* Of FIPS 180, and of lengths around a block's. */
static void hashes_are_those_of_the_standard(void **state)
{
	(void)state;
	assert_hash("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_hash("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_hash("a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	assert_hash("a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
	assert_hash("a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

/* Of recordings, which hold both, and of a provider of Windows. */
static void names_have_the_guids_that_windows_gives_them(void **state)
{
	(void)state;
	assert_guid("PerfView", "a8a71ac1-040f-54a2-07ca-00a89b5ab761");
	assert_guid("CSharpTraceLoggingEventSource", "a214eced-be64-5e23-fac1-1d7b9052efa4");
	assert_guid("Microsoft-Windows-Network-ExecutionContext",
		    "0075e1ab-e1d1-5d1f-35f5-da36fb4f41b1");
}

static void case_does_not_matter(void **state)
{
	struct guid lower, upper;

	(void)state;
	eventsource_guid("contoso-\xc3\xa4pfel", &lower);
	eventsource_guid("CONTOSO-\xc3\x84PFEL", &upper);
	assert_true(guid_equal(&lower, &upper));
}

/* Those of the table whose GUID has the version that the hash leaves. */
static void most_names_of_the_table_with_version_5_have_their_hash(void **state)
{
	size_t i, hashed = 0, others = 0;
	struct guid guid, made;
	const char *name;

	(void)state;
	for (i = 0; (name = provider_name_at(i, &guid)); i++) {
		if (guid.bytes[7] >> 4 != 5)
			continue;
		eventsource_guid(name, &made);
		if (guid_equal(&guid, &made))
			hashed++;
		else
			others++;
	}
	print_message("%zu hashed, %zu others\n", hashed, others);
	assert_true(hashed > 10 * others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_standard),
		cmocka_unit_test(names_have_the_guids_that_windows_gives_them),
		cmocka_unit_test(case_does_not_matter),
		cmocka_unit_test(most_names_of_the_table_with_version_5_have_their_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
