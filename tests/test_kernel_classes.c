#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/kernel_classes.h"

#define REFERENCE "../shared/kernel-events.md"

enum {
	GROUPS = 0x1f
};

static const struct kernel_class *class_of_text(const char *text)
{
	struct guid guid;

	assert_true(guid_parse(text, &guid));
	return kernel_class_find(&guid);
}

static void assert_event(const char *guid, unsigned version, unsigned type, const char *expected)
{
	const char *name = kernel_event_name(class_of_text(guid), (uint16_t)version, (uint8_t)type);

	if (!name || strcmp(name, expected) != 0)
		fail_msg("%s version %u type %u is %s, not %s", guid, version, type,
			 name ? name : "nothing", expected);
}

static void a_group_has_its_class(void **state)
{
	static const char *const names[GROUPS] = {
		"EventTrace",  "DiskIo",   "PageFault", "Process",  "FileIo",	  "Thread",
		"TcpIp",       "Job",	   "UdpIp",	"Registry", "DbgPrint",	  "SystemConfig",
		"Spare1",      "Wnf",	   "Pool",	"PerfInfo", "Heap",	  "Object",
		"Power",       "ModBound", "Image",	"Dpc",	    "Cc",	  "CritSec",
		"StackWalk",   "Ums",	   "ALPC",	"SplitIo",  "ThreadPool", "Hypervisor",
		"HypervisorX",
	};

	(void)state;
	for (unsigned group = 0; group < GROUPS; group++) {
		const struct kernel_class *class = kernel_class_of_hook((uint8_t)group, 1);

		assert_non_null(class);
		assert_string_equal(class->name, names[group]);
		assert_ptr_equal(kernel_class_find(&class->guid), class);
	}
}

static void an_unknown_group_has_no_class(void **state)
{
	(void)state;
	for (unsigned group = GROUPS; group <= UINT8_MAX; group++)
		assert_null(kernel_class_of_hook((uint8_t)group, 0));
}

static void an_image_load_in_the_group_of_processes_is_of_class_image(void **state)
{
	const struct kernel_class *class = kernel_class_of_hook(0x03, 10);

	(void)state;
	assert_string_equal(class->name, "Image");
	assert_string_equal(kernel_event_name(class, 2, 10), "Load");
	assert_string_equal(kernel_class_of_hook(0x03, 11)->name, "Process");
	assert_string_equal(kernel_class_of_hook(0x05, 10)->name, "Thread");
}

static void classes_without_a_group_are_found_by_guid(void **state)
{
	(void)state;
	assert_string_equal(class_of_text("b3e675d7-2554-4f18-830b-2762732560de")->name, "ImageID");
	assert_string_equal(class_of_text("9b79ee91-b5fd-41c0-a243-4248e266e9d0")->name,
			    "SystemConfigEx");
	assert_string_equal(class_of_text("6a399ae0-4bc6-4de9-870b-3657f8947e7e")->name,
			    "Lost_Event");
	assert_event("6a399ae0-4bc6-4de9-870b-3657f8947e7e", 0, 33, "RTLostBuffer");
	assert_event("bbccf6c1-6cd1-48c4-80ff-839482e37671", 0, 32, "EventInfo");
	assert_event("222962ab-6180-4b88-a825-346b75f2a24a", 2, 36, "Free");
}

static void a_guid_of_no_class_is_not_found(void **state)
{
	(void)state;
	assert_null(class_of_text("00000000-0000-0000-0000-000000000000"));
	assert_null(class_of_text("9e814aad-3204-11d2-9a82-006008a86939"));
	assert_null(class_of_text("3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7d"));
}

static void a_renamed_type_has_the_name_of_its_version(void **state)
{
	static const char tcp[] = "9a280ac0-c8e0-11d1-84e2-00c04fb998a2";
	static const char registry[] = "ae53722e-c863-11d2-8659-00c04fa321a1";

	(void)state;
	assert_event(tcp, 0, 10, "Send");
	assert_event(tcp, 1, 10, "Send");
	assert_event(tcp, 2, 10, "SendIPV4");
	assert_event(tcp, UINT16_MAX, 10, "SendIPV4");
	assert_event(registry, 1, 22, "RunDown");
	assert_event(registry, 2, 22, "KCBCreate");
}

static void an_unknown_type_has_no_name(void **state)
{
	(void)state;
	assert_null(kernel_event_name(kernel_class_of_hook(0x03, 1), 4, 255));
	assert_null(kernel_event_name(kernel_class_of_hook(0x0c, 0), 0, 0));
	assert_null(kernel_event_name(NULL, 2, 1));
}

/* "1 Start, 2 End": what a row of the reference says of one version. */
static int check_types(const char *guid, unsigned version, char *types)
{
	char *rest = NULL;
	int count = 0;

	for (char *item = strtok_r(types, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
		char *name;
		unsigned long type = strtoul(item, &name, 10);
		size_t length = strlen(++name);

		while (length && name[length - 1] == ' ')
			name[--length] = '\0';
		assert_event(guid, version, (unsigned)type, name);
		count++;
	}
	return count;
}

static void every_type_of_the_reference_has_its_name(void **state)
{
	FILE *reference = fopen(REFERENCE, "r");
	char line[8192], guid[GUID_TEXT_SIZE] = "", types[4096];
	unsigned version;
	int count = 0;

	(void)state;
	if (!reference) {
		print_message("skipped because %s is absent\n", REFERENCE);
		skip();
	}
	while (fgets(line, sizeof(line), reference)) {
		if (strncmp(line, "## ", 3) == 0 && sscanf(line, "%*[^`]`%36[0-9a-f-]", guid) != 1)
			guid[0] = '\0';
		if (guid[0] && sscanf(line, "| %u | %4095[^|]", &version, types) == 2)
			count += check_types(guid, version, types);
	}
	fclose(reference);
	assert_true(count > 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_has_its_class),
		cmocka_unit_test(an_unknown_group_has_no_class),
		cmocka_unit_test(an_image_load_in_the_group_of_processes_is_of_class_image),
		cmocka_unit_test(classes_without_a_group_are_found_by_guid),
		cmocka_unit_test(a_guid_of_no_class_is_not_found),
		cmocka_unit_test(a_renamed_type_has_the_name_of_its_version),
		cmocka_unit_test(an_unknown_type_has_no_name),
		cmocka_unit_test(every_type_of_the_reference_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
