#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/machine/kernel_numbers.h"
#include "tests/support/label_rig.h"
#include "tests/support/little_endian.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

/* "result:text" of a value, whose bytes are at the end of memory of their own. */
static void apply(const struct label_chain *chain, const struct field *field, const void *bytes,
		  size_t length, const char *expected)
{
	uint8_t *copy = malloc(length + 1);
	struct value value = {.field = field,
			      .bytes = copy + 1,
			      .length = (uint32_t)length,
			      .type = field->type,
			      .pointer_bytes = 8};
	struct text text, got;

	assert_non_null(copy);
	if (length)
		memcpy(copy + 1, bytes, length);
	text_init(&text, LABEL_RIG_LIMIT);
	text_init(&got, LABEL_RIG_LIMIT);
	text_string(&text, "before:");
	text_string(&got, label_rig_results[label_chain_apply(chain, &value, false, &text)]);
	assert_false(text.failed);
	assert_memory_equal(text.bytes, "before:", 7);
	text_add(&got, text.bytes + 7, text.length - 7);
	text_char(&got, '\0');
	assert_string_equal(got.bytes, expected);
	text_done(&text);
	text_done(&got);
	free(copy);
}

static void check_out(const char *functions, enum value_type type, enum out_type out,
		      const void *bytes, size_t length, const char *expected)
{
	const struct field field = {.type = (uint8_t)type, .out = (uint8_t)out};
	struct label_rig_config config;
	struct label_chain *chain;
	char copy[256];

	label_rig_configure(&config, functions, copy);
	chain = label_rig_chain(&config);
	apply(chain, &field, bytes, length, expected);
	/* What the first call made for the next ones is as good. */
	apply(chain, &field, bytes, length, expected);
	label_chain_free(chain);
}

static void check(const char *functions, enum value_type type, const void *bytes, size_t length,
		  const char *expected)
{
	check_out(functions, type, OUT_DEFAULT, bytes, length, expected);
}

static void check_number(const char *functions, enum value_type type, uint64_t number,
			 const char *expected)
{
	uint8_t bytes[8];

	put_le64(bytes, number);
	check(functions, type, bytes, value_type_bytes(type, 8), expected);
}

static void check_text(const char *functions, const char *text, const char *expected)
{
	check(functions, VALUE_ANSI, text, strlen(text), expected);
}

static const uint32_t map_values[] = {1, 2};
static const char *const map_names[] = {"READ", "WRITE"};
static const struct value_map value_map = {.count = 2, .values = map_values, .names = map_names};

static void without_functions_a_value_is_its_cooked_text(void **state)
{
	(void)state;
	check_number("", VALUE_U32, 7, "ok:7");
	check_number("", VALUE_HEX32, 16, "ok:0x10");
	check_text("", "", "ok:");
	check("", VALUE_UTF16, BYTES("a\0\0\xd8"), "ok:a\xef\xbf\xbd");
	check("", VALUE_WBEM_SID, NULL, 0, "none:");
	check_number("", VALUE_FILETIME, 0, "none:");
}

static void int_is_the_number_as_it_is(void **state)
{
	const struct field field = {.type = VALUE_U8, .map = &value_map};
	struct label_rig_config config;
	struct label_chain *chain;
	char copy[16];

	(void)state;
	check_number("int", VALUE_I8, 0xff, "ok:-1");
	check_number("int", VALUE_U64, UINT64_MAX, "ok:18446744073709551615");
	check_number("int", VALUE_POINTER, 16, "ok:16");
	check_number("int", VALUE_BOOL32, 2, "ok:2");
	check_number("int", VALUE_PORT, 0xbb01, "ok:443");
	check_text("int", "0x10", "ok:16");
	check_text("int", "x", "unfit:");
	check_number("int", VALUE_F64, 0x3ff0000000000000, "unfit:");
	label_rig_configure(&config, "int", copy);
	chain = label_rig_chain(&config);
	apply(chain, &field, BYTES("\1"), "ok:1");
	label_chain_free(chain);
}

static void hex_is_as_wide_as_the_value(void **state)
{
	(void)state;
	check_number("hex", VALUE_I8, 0xff, "ok:0xff");
	check_number("hex", VALUE_I32, UINT32_MAX, "ok:0xffffffff");
	check_number("hex", VALUE_U64, 255, "ok:0xff");
	check_text("hex", "255", "ok:0xff");
}

static void truths_are_of_any_integer(void **state)
{
	(void)state;
	check_number("bool", VALUE_U8, 0, "ok:false");
	check_number("bool", VALUE_I64, 0x100, "ok:true");
	check("bool", VALUE_GUID, BYTES("0123456789abcdef"), "unfit:");
}

static void error_codes_have_their_names(void **state)
{
	(void)state;
	check_number("ntstatus", VALUE_U32, 0xc0000022, "ok:STATUS_ACCESS_DENIED");
	check_number("ntstatus", VALUE_I32, 0xc0000022, "ok:STATUS_ACCESS_DENIED");
	check_number("ntstatus", VALUE_I32, 0xcfffffff, "ok:0xcfffffff");
	check_number("win32", VALUE_U32, 5, "ok:ERROR_ACCESS_DENIED");
	check_number("win32", VALUE_U32, 65535, "ok:65535");
	check_number("hresult", VALUE_I32, 0x80070005, "ok:E_ACCESSDENIED");
	check_number("hresult", VALUE_U32, 0x80070020, "ok:ERROR_SHARING_VIOLATION");
	check_number("hresult", VALUE_I32, 0x8fffffff, "ok:0x8fffffff");
	check_number("errno", VALUE_I32, (uint32_t)-2, "ok:ENOENT");
	check_number("errno", VALUE_U32, 2, "ok:ENOENT");
	check_number("errno", VALUE_I64, (uint64_t)-4000, "ok:-4000");
	check_number("errno", VALUE_I32, 0, "ok:ok");
	check_text("ntstatus", "0xC0000022", "ok:STATUS_ACCESS_DENIED");
}

static void what_a_system_call_returns_is_ok_or_an_error(void **state)
{
	(void)state;
	check_number("errno", VALUE_I64, (uint64_t)-2, "ok:ENOENT");
	check_number("errno", VALUE_I64, 0, "ok:ok");
	/* Bytes that were read, not EIO. */
	check_number("errno", VALUE_I64, 5, "ok:ok");
	check_number("errno", VALUE_I64, 4096, "ok:ok");
	check_number("errno", VALUE_U64, 5, "ok:EIO");
}

static uint64_t syscall_number(const char *name)
{
	uint64_t number;

	for (number = 0; number < syscall_names_count; number++)
		if (syscall_names[number] && strcmp(syscall_names[number], name) == 0)
			return number;
	fail_msg("there is no system call %s", name);
	return 0;
}

static void numbers_of_the_kernel_have_names(void **state)
{
	(void)state;
	check_number("syscall", VALUE_I64, syscall_number("getppid"), "ok:getppid");
	check_number("syscall", VALUE_I32, syscall_number("openat"), "ok:openat");
	check_number("syscall", VALUE_I64, 100000, "ok:100000");
	check_number("syscall", VALUE_I64, (uint64_t)-1, "ok:-1");
	check_number("softirq", VALUE_U32, 3, "ok:NET_RX");
	check_number("softirq upper lower", VALUE_U32, 1, "ok:timer");
	check_number("softirq", VALUE_U32, 10, "ok:10");
	check_text("syscall", "read", "unfit:");
}

static void cases_are_of_letters(void **state)
{
	(void)state;
	check_text("lower", "C:\\\xc3\x84\xd0\x96.TXT", "ok:c:\\\xc3\xa4\xd0\xb6.txt");
	check_text("upper", "\xc3\xa4\xc3\x9f\xf0\x9f\x98\x80z",
		   "ok:\xc3\x84\xc3\x9f\xf0\x9f\x98\x80Z");
	check_text("lower",
		   "\xff"
		   "A",
		   "ok:\xef\xbf\xbd"
		   "a");
}

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1"

static void addresses_are_in_network_order(void **state)
{
	(void)state;
	check("ip", VALUE_IPV4, BYTES("\x7f\0\0\1"), "ok:127.0.0.1");
	check("ip", VALUE_U32, BYTES("\x7f\0\0\1"), "ok:127.0.0.1");
	check("ip", VALUE_BINARY, BYTES("\x7f\0\0\1"), "ok:127.0.0.1");
	check("ip", VALUE_IPV6, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "ok:::1");
	check("ip", VALUE_BINARY, BYTES(MAPPED), "ok:127.0.0.1");
	check("ip", VALUE_BINARY, BYTES("\x7f\0\0"), "unfit:");
	check("ip", VALUE_U64, BYTES("\x7f\0\0\1\0\0\0\0"), "unfit:");
	check_text("ip", "abcd", "unfit:");
}

#define SOCKET_4 "\2\0\0\x50\x7f\0\0\1\0\0\0\0\0\0\0\0"
#define SOCKET_6 "\x17\0\x01\xbb\0\0\0\0" MAPPED "\0\0\0\0"

static void socket_addresses_are_an_address_and_a_port(void **state)
{
	(void)state;
	check_out("ip", VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES(SOCKET_4), "ok:127.0.0.1");
	check("ip", VALUE_BINARY, BYTES(SOCKET_6), "ok:127.0.0.1");
	check("port", VALUE_BINARY, BYTES(SOCKET_4), "ok:80");
	check("port", VALUE_BINARY, BYTES(SOCKET_6), "ok:443");
	check("ip", VALUE_BINARY, BYTES("\1\0\0\x50\x7f\0\0\1"), "unfit:");
	check("port", VALUE_BINARY, BYTES("\1\0\0\x50\x7f\0\0\1"), "unfit:");
	check_out("ip", VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\2\0\0\x50"), "unfit:");
	check("ip", VALUE_BINARY, NULL, 0, "unfit:");
}

static void ports_are_in_network_order(void **state)
{
	(void)state;
	check("port", VALUE_U16, BYTES("\x01\xbb"), "ok:443");
	check("port", VALUE_PORT, BYTES("\x01\xbb"), "ok:443");
	check("port", VALUE_BINARY, BYTES("\x01\xbb"), "ok:443");
	check_number("port", VALUE_U32, 443, "ok:443");
	check_number("port", VALUE_U32, 65536, "unfit:");
	check_text("port", "80", "unfit:");
}

static void identities_are_as_windows_writes_them(void **state)
{
	(void)state;
	check("sid", VALUE_SID, BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0"), "ok:S-1-5-18");
	check("sid", VALUE_BINARY, BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0"), "ok:S-1-5-18");
	check("sid", VALUE_BINARY, BYTES("\1\2\0\0\0\0\0\5\x12\0\0\0"), "unfit:");
	check("sid", VALUE_WBEM_SID, NULL, 0, "none:");
	check_number("sid", VALUE_U32, 1, "unfit:");
	check("guid", VALUE_GUID,
	      BYTES("\xd0\xa8\x6f\x3d\x05\xfe\xd0\x11\x9d\xda\0\xc0\x4f\xd7\xba\x7c"),
	      "ok:3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c");
	check_text("guid", "{3D6FA8D0-FE05-11D0-9DDA-00C04FD7BA7C}",
		   "ok:3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c");
	check_text("guid", "{3D6FA8D0-FE05", "unfit:");
	check("guid", VALUE_BINARY, BYTES("short"), "unfit:");
}

static void times_are_utc(void **state)
{
	(void)state;
	check_number("time", VALUE_U64, 116444736000000000, "ok:1970-01-01T00:00:00.0000000Z");
	check_number("time", VALUE_FILETIME, 116444736000000000, "ok:1970-01-01T00:00:00.0000000Z");
	check("time", VALUE_SYSTEMTIME, BYTES("\xe0\7\1\0\4\0\7\0\1\0\2\0\3\0\4\0"),
	      "ok:2016-01-07T01:02:03.004Z");
	check_number("time", VALUE_U64, 0, "none:");
	check_number("time", VALUE_I64, UINT64_MAX, "unfit:");
	check_text("time", "now", "unfit:");
}

static void paths_have_parts(void **state)
{
	(void)state;
	check_text("basename", "C:\\Windows\\System32\\svchost.exe", "ok:svchost.exe");
	check_text("basename", "/usr/bin/x", "ok:x");
	check_text("basename", "C:\\Windows/", "ok:");
	check_text("basename", "x", "ok:x");
	check_text("basename", "", "ok:");
	check_text("dirname", "C:\\Windows\\x.exe", "ok:C:\\Windows");
	check_text("dirname", "/x", "ok:/");
	check_text("dirname", "x", "ok:");
	check_text("ext", "C:\\a.b\\x.tar.GZ", "ok:GZ");
	check_text("ext", "C:\\a.b\\x", "ok:");
	check_text("ext", "/home/.profile", "ok:");
	check_text("ext", "x.", "ok:");
	check_text("ext", "", "ok:");
}

static void truncate_counts_characters(void **state)
{
	(void)state;
	check_text("truncate:2", "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
		   "ok:\xe2\x82\xac\xe2\x82\xac");
	check_text("truncate:4096", "abc", "ok:abc");
	check_text("truncate:1", "", "ok:");
}

static void an_expression_keeps_its_first_group_or_all(void **state)
{
	(void)state;
	check_text("regex:^[a-z]+", "abc1", "ok:abc");
	check_text("regex:b(.)", "abcb1", "ok:c");
	check_text("regex:^\\w(x)?", "ab", "ok:");
	check_text("regex:^.$", "\xe2\x82\xac", "ok:\xe2\x82\xac");
	check_text("regex:z", "abc", "none:");
	check_text("regex:^$", "", "ok:");
	check_number("regex:^1", VALUE_U32, 12, "ok:1");
}

static void replaced(const char *match, const char *replace, const char *text, const char *expected)
{
	const struct field field = {.type = VALUE_ANSI};
	struct label_rig_config config = {0};
	struct label_chain *chain;

	label_rig_add(&config, "regex", NULL, match, replace);
	chain = label_rig_chain(&config);
	apply(chain, &field, text, strlen(text), expected);
	label_chain_free(chain);
}

static void an_expression_replaces_its_first_match(void **state)
{
	(void)state;
	replaced("^(\\w+)-(?<n>\\d+)$", "$2 ${1} $n $$", "disk-12", "ok:12 disk 12 $");
	replaced("\\d", "#", "a1b2", "ok:a#b2");
	replaced("(x)?a", "[$1]", "a", "ok:[]");
	replaced("z", "#", "a1b2", "none:");
	replaced("a", "", "a", "ok:");
	replaced("a", NULL, "ba", "ok:a");
}

static void hostile_text_does_not_hang_an_expression(void **state)
{
	const struct field field = {.type = VALUE_ANSI};
	struct label_rig_config config = {0};
	struct label_chain *chain;
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	label_rig_add(&config, "regex", "(?:a|a|aa)+[b]", NULL, NULL);
	chain = label_rig_chain(&config);
	apply(chain, &field, text, sizeof(text), "none:");
	label_chain_free(chain);
	config = (struct label_rig_config){0};
	label_rig_add(&config, "regex", "^(a+)+$", NULL, NULL);
	chain = label_rig_chain(&config);
	apply(chain, &field, text, 40, "ok:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	apply(chain, &field, text + sizeof(text) - 40, 40, "unfit:");
	label_chain_free(chain);
}

static void text_that_is_too_long_for_an_expression_is_unfit(void **state)
{
	char text[4098];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[4097] = '\0';
	check_text("regex:^a", text, "unfit:");
	text[4096] = '\0';
	check_text("regex:^a", text, "ok:a");
}

static void functions_follow_each_other(void **state)
{
	(void)state;
	check_text("basename lower truncate:3", "C:\\X\\SVCHOST.EXE", "ok:svc");
	check_text("regex:\\d+ int hex", "status=0016", "ok:0x10");
	check_text("regex:x lower", "abc", "none:");
	check_text("lower int", "abc", "unfit:");
	check_number("ntstatus lower", VALUE_U32, 0, "ok:status_success");
	check("lower", VALUE_WBEM_SID, NULL, 0, "none:");
	check("int", VALUE_NULL, NULL, 0, "none:");
}

static void behind_a_function_bytes_are_gone(void **state)
{
	(void)state;
	check_number("int ip", VALUE_U32, 1, "unfit:");
	check("hex port", VALUE_U16, BYTES("\x01\xbb"), "unfit:");
	check("string sid", VALUE_SID, BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0"), "unfit:");
}

static void a_function_may_ask_the_state(void **state)
{
	static const struct {
		const char *functions;
		enum label_state state;
	} rows[] = {{"", LABEL_PURE},
		    {"lower", LABEL_PURE},
		    {"process", LABEL_PROCESS},
		    {"thread_process lower", LABEL_THREAD_PROCESS},
		    {"image basename", LABEL_IMAGE},
		    {"file basename", LABEL_FILE}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct label_rig_config config;
		struct label_chain *chain;
		char copy[64];

		label_rig_configure(&config, rows[i].functions, copy);
		chain = label_rig_chain(&config);
		assert_int_equal(label_chain_state(chain), rows[i].state);
		label_chain_free(chain);
	}
	check_text("process", "A.exe", "ok:A.exe");
	check_text("image basename lower", "C:\\A.exe", "ok:a.exe");
}

/* NULL: the text was right each time. */
static void *apply_often(void *context)
{
	static const struct field field = {.type = VALUE_ANSI};
	const struct value value = {.field = &field,
				    .bytes = (const uint8_t *)"C:\\ABC-1.exe",
				    .length = 12,
				    .type = VALUE_ANSI};
	void *wrong = NULL;
	struct text text;
	int i;

	text_init(&text, LABEL_RIG_LIMIT);
	for (i = 0; i < 2000; i++) {
		text_clear(&text);
		if (label_chain_apply(context, &value, false, &text) != LABEL_OK ||
		    text.length != 3 || memcmp(text.bytes, "abc", 3) != 0)
			wrong = context;
	}
	text_done(&text);
	return wrong;
}

static void a_chain_serves_several_threads(void **state)
{
	struct label_rig_config config;
	struct label_chain *chain;
	pthread_t threads[3];
	char copy[64];
	void *wrong;
	size_t i;

	(void)state;
	label_rig_configure(&config, "basename lower regex:^[a-z]+", copy);
	chain = label_rig_chain(&config);
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, apply_often, chain), 0);
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	label_chain_free(chain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_functions_a_value_is_its_cooked_text),
		cmocka_unit_test(int_is_the_number_as_it_is),
		cmocka_unit_test(hex_is_as_wide_as_the_value),
		cmocka_unit_test(truths_are_of_any_integer),
		cmocka_unit_test(error_codes_have_their_names),
		cmocka_unit_test(what_a_system_call_returns_is_ok_or_an_error),
		cmocka_unit_test(numbers_of_the_kernel_have_names),
		cmocka_unit_test(cases_are_of_letters),
		cmocka_unit_test(addresses_are_in_network_order),
		cmocka_unit_test(socket_addresses_are_an_address_and_a_port),
		cmocka_unit_test(ports_are_in_network_order),
		cmocka_unit_test(identities_are_as_windows_writes_them),
		cmocka_unit_test(times_are_utc),
		cmocka_unit_test(paths_have_parts),
		cmocka_unit_test(truncate_counts_characters),
		cmocka_unit_test(an_expression_keeps_its_first_group_or_all),
		cmocka_unit_test(an_expression_replaces_its_first_match),
		cmocka_unit_test(hostile_text_does_not_hang_an_expression),
		cmocka_unit_test(text_that_is_too_long_for_an_expression_is_unfit),
		cmocka_unit_test(functions_follow_each_other),
		cmocka_unit_test(behind_a_function_bytes_are_gone),
		cmocka_unit_test(a_function_may_ask_the_state),
		cmocka_unit_test(a_chain_serves_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
