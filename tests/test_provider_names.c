#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/provider_names.h"

#define MANIFESTS "../shared/manifests"

static const char *name_of(const char *text)
{
	struct guid guid;

	assert_true(guid_parse(text, &guid));
	return provider_name_find(&guid);
}

static void providers_ascend_and_none_is_there_twice(void **state)
{
	char text[GUID_TEXT_SIZE];
	struct guid before, guid;
	size_t i;

	(void)state;
	assert_non_null(provider_name_at(0, &before));
	for (i = 1; provider_name_at(i, &guid); i++) {
		guid_format(&guid, text);
		if (guid_compare(&before, &guid) >= 0)
			fail_msg("%s is not above the GUID before it", text);
		before = guid;
	}
	assert_true(i > 1000);
}

static void every_provider_is_found(void **state)
{
	const char *name;
	struct guid guid;
	size_t i;

	(void)state;
	for (i = 0; (name = provider_name_at(i, &guid)); i++)
		assert_ptr_equal(provider_name_find(&guid), name);
}

static void every_guid_survives_text_and_back(void **state)
{
	struct guid guid, parsed;
	char text[GUID_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; provider_name_at(i, &guid); i++) {
		guid_format(&guid, text);
		assert_true(guid_parse(text, &parsed));
		assert_true(guid_equal(&parsed, &guid));
	}
}

/* Names become label values: plain text, and no blanks at the ends. */
static void names_are_printable(void **state)
{
	const char *name;
	struct guid guid;

	(void)state;
	for (size_t i = 0; (name = provider_name_at(i, &guid)); i++) {
		size_t length = strlen(name);

		assert_true(length > 0 && length < 128);
		assert_true(name[0] != ' ' && name[length - 1] != ' ');
		for (size_t at = 0; at < length; at++)
			assert_true(name[at] >= ' ' && name[at] <= '~');
	}
}

static void well_known_providers_have_their_names(void **state)
{
	static const char *const known[][2] = {
		{"22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716", "Microsoft-Windows-Kernel-Process"},
		{"edd08927-9cc4-4e65-b970-c2560fb5c289", "Microsoft-Windows-Kernel-File"},
		{"7dd42a49-5329-4832-8dfd-43d979153a88", "Microsoft-Windows-Kernel-Network"},
		{"1c95126e-7eea-49a9-a3fe-a378b03ddb4d", "Microsoft-Windows-DNS-Client"},
		{"eb79061a-a566-4698-9119-3ed2807060e7", "Microsoft-Windows-DNSServer"},
		{"dd5ef90a-6398-47a4-ad34-4dcecdef795f", "Microsoft-Windows-HttpService"},
		{"7e8ad27f-b271-4ea2-a783-a47bde29143b", "Microsoft-Windows-IIS-Logging"},
		{"3a2a4e84-4c21-4981-ae10-3fda0d9b0f83", "IIS: WWW Server"},
		{"54849625-5478-4994-a5ba-3e3b0328c30d", "Microsoft-Windows-Security-Auditing"},
		{"2a576b87-09a7-520e-c21a-4942f0271d67", "Microsoft-Antimalware-Scan-Interface"},
		{"11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78", "Microsoft-Windows-Windows Defender"},
		{"a0c1853b-5c40-4b15-8766-3cf1c58f985a", "Microsoft-Windows-PowerShell"},
		{"e13c0d23-ccbc-4e12-931b-d9cc2eee27e4", "Microsoft-Windows-DotNETRuntime"},
		{"a669021c-c450-4609-a035-5af59af4df18", "Microsoft-Windows-DotNETRuntimeRundown"},
		{"2e5dba47-a3d2-4d16-8ee0-6671ffdcd7b5", "System.Threading.Tasks.TplEventSource"},
		{"adb401e1-5296-51f8-c125-5fda75826144", "Microsoft-Diagnostics-DiagnosticSource"},
		{"3ac73b97-af73-50e9-0822-5da4367920d0", "Microsoft-Extensions-Logging"},
		{"914abde2-171e-c600-3348-c514171de148", "System.Data.1"},
		{"d2d578d9-2936-45b6-a09f-30e32715f42d", "Chrome"},
		{"5770385f-c22a-43e0-bf4c-06f5698ffbd9", "Microsoft-Windows-Sysmon"},
		{"f4e1897c-bb5d-5668-f1d8-040f4d8dd344", "Microsoft-Windows-Threat-Intelligence"},
		{"9e814aad-3204-11d2-9a82-006008a86939", "Windows Kernel Trace"},
		{"bba3add2-c229-4cdb-ae2b-57eb6966b0c4", "Active Directory: Kerberos Client"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *name = name_of(known[i][0]);

		assert_non_null(name);
		assert_string_equal(name, known[i][1]);
	}
}

static void an_unknown_guid_has_no_name(void **state)
{
	(void)state;
	assert_null(name_of("00000000-0000-0000-0000-000000000000"));
	assert_null(name_of("22fb2cd6-0e7b-422b-a0c7-2fad1fd0e717"));
	assert_null(name_of("ffffffff-ffff-ffff-ffff-ffffffffffff"));
}

/* start is the attribute up to its value: ` name="`. */
static bool attribute(const char *tag, const char *start, char value[128])
{
	const char *at = strstr(tag, start);

	return at && sscanf(at + strlen(start), "%127[^\"]", value) == 1;
}

static int check_provider(const char *tag)
{
	char name[128], text[128];
	const char *found;

	if (!attribute(tag, " name=\"", name) || !attribute(tag, " guid=\"", text))
		return 0;
	found = name_of(text);
	if (!found || strcmp(found, name) != 0)
		fail_msg("%s is %s, not %s", text, found ? found : "nothing", name);
	return 1;
}

/* The manifests have a blank or a line break between attributes: all are made blanks first. */
static int check_manifest(const char *path)
{
	FILE *file = fopen(path, "r");
	char window[1024] = "";
	int c, count = 0;
	size_t length = 0;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF) {
		if (c == '<')
			length = 0;
		if (length < sizeof(window) - 1)
			window[length++] = strchr("\t\r\n", c) ? ' ' : (char)c;
		if (c == '>') {
			window[length] = '\0';
			if (strncmp(window, "<provider ", 10) == 0)
				count += check_provider(window);
		}
	}
	fclose(file);
	return count;
}

static void every_provider_of_the_manifests_has_its_name(void **state)
{
	DIR *directory = opendir(MANIFESTS);
	struct dirent *entry;
	int count = 0;

	(void)state;
	if (!directory) {
		print_message("skipped because %s is absent\n", MANIFESTS);
		skip();
	}
	while ((entry = readdir(directory))) {
		char path[512];

		if (!strstr(entry->d_name, ".man") && !strstr(entry->d_name, ".xml"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", MANIFESTS, entry->d_name);
		count += check_manifest(path);
	}
	closedir(directory);
	assert_true(count >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(providers_ascend_and_none_is_there_twice),
		cmocka_unit_test(every_provider_is_found),
		cmocka_unit_test(every_guid_survives_text_and_back),
		cmocka_unit_test(names_are_printable),
		cmocka_unit_test(well_known_providers_have_their_names),
		cmocka_unit_test(an_unknown_guid_has_no_name),
		cmocka_unit_test(every_provider_of_the_manifests_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
