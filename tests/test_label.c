#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/machine/kernel_numbers.h"
#include "exporter/label/label.h"
#include "exporter/value/value_number.h"
#include "tests/support/little_endian.h"

#define LIMIT	       ((size_t)64 << 10)
#define STEPS_MAX      4
#define BYTES(literal) (literal), sizeof(literal) - 1

/* A function as the configuration gives it: "name", "name argument"; regex and replace apart. */
struct chain_config {
	char names[STEPS_MAX][32];
	struct function_config functions[STEPS_MAX];
	struct function_list list;
};

static void add_function(struct chain_config *config, const char *name, const char *argument,
			 const char *match, const char *replace)
{
	struct function_config *function = &config->functions[config->list.count];
	char *own = config->names[config->list.count];
	struct value_number number;

	assert_true(config->list.count < STEPS_MAX && strlen(name) < sizeof(config->names[0]));
	strcpy(own, name);
	*function = (struct function_config){
		.name = own,
		.argument.text = (char *)(uintptr_t)argument,
		.match = (char *)(uintptr_t)match,
		.replace = (char *)(uintptr_t)replace,
		.place = {2, config->list.count + 1},
		.argument.place = {3, config->list.count + 1},
	};
	if (argument && value_number_parse(argument, strlen(argument), &number)) {
		function->argument.is_number = function->argument.is_integer = true;
		function->argument.negative = argument[0] == '-';
		function->argument.magnitude = argument[0] == '-' ? 0 - number.u : number.u;
	}
	config->list.list = config->functions;
	config->list.count++;
}

/* "basename lower truncate:3 regex:EXPRESSION" */
static void configure(struct chain_config *config, const char *functions, char *copy)
{
	char *at = copy, *save = NULL, *word;

	memset(config, 0, sizeof(*config));
	strcpy(copy, functions);
	for (word = strtok_r(at, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *argument = strchr(word, ':');

		if (argument)
			*argument++ = '\0';
		add_function(config, word, argument, NULL, NULL);
	}
}

static struct label_chain *chain_new(const struct chain_config *config)
{
	struct problems problems;
	struct label_chain *chain;

	problems_init(&problems);
	chain = label_chain_new(&config->list, "rules.yml", &problems);
	if (problems.count)
		fail_msg("%s", problems.list[0].text);
	assert_non_null(chain);
	problems_done(&problems);
	return chain;
}

static const char *const result_names[] = {
	[LABEL_OK] = "ok:", [LABEL_NONE] = "none:", [LABEL_UNFIT] = "unfit:"};

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
	text_init(&text, LIMIT);
	text_init(&got, LIMIT);
	text_string(&text, "before:");
	text_string(&got, result_names[label_chain_apply(chain, &value, false, &text)]);
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
	struct chain_config config;
	struct label_chain *chain;
	char copy[256];

	configure(&config, functions, copy);
	chain = chain_new(&config);
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
	struct chain_config config;
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
	configure(&config, "int", copy);
	chain = chain_new(&config);
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
	struct chain_config config = {0};
	struct label_chain *chain;

	add_function(&config, "regex", NULL, match, replace);
	chain = chain_new(&config);
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
	struct chain_config config = {0};
	struct label_chain *chain;
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	add_function(&config, "regex", "(?:a|a|aa)+[b]", NULL, NULL);
	chain = chain_new(&config);
	apply(chain, &field, text, sizeof(text), "none:");
	label_chain_free(chain);
	config = (struct chain_config){0};
	add_function(&config, "regex", "^(a+)+$", NULL, NULL);
	chain = chain_new(&config);
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
		struct chain_config config;
		struct label_chain *chain;
		char copy[64];

		configure(&config, rows[i].functions, copy);
		chain = chain_new(&config);
		assert_int_equal(label_chain_state(chain), rows[i].state);
		label_chain_free(chain);
	}
	check_text("process", "A.exe", "ok:A.exe");
	check_text("image basename lower", "C:\\A.exe", "ok:a.exe");
}

static void a_problem(const struct chain_config *config, size_t line, const char *says)
{
	struct problems problems;

	problems_init(&problems);
	assert_null(label_chain_new(&config->list, "rules.yml", &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.errors, 1);
	assert_string_equal(problems.list[0].file, "rules.yml");
	assert_int_equal(problems.list[0].line, line);
	if (!strstr(problems.list[0].text, says))
		fail_msg("%s", problems.list[0].text);
	problems_done(&problems);
}

static void problem(const char *functions, size_t line, const char *says)
{
	struct chain_config config;
	char copy[256];

	configure(&config, functions, copy);
	a_problem(&config, line, says);
}

static void problems_say_what_would_be_right(void **state)
{
	(void)state;
	problem("lowr", 2, "unknown label function \"lowr\"; did you mean \"lower\"?");
	problem("quux", 2,
		"there are int hex string lower upper ip port sid guid bool time "
		"ntstatus win32 hresult errno syscall softirq process thread_process image file "
		"comm ksym device irq basename dirname ext truncate regex");
	problem("lower:3", 3, "\"lower\" takes no argument");
	problem("truncate", 2, "\"truncate\" needs a number of characters from 1 to 4096");
	problem("truncate:0", 3, "from 1 to 4096");
	problem("truncate:4097", 3, "from 1 to 4096");
	problem("truncate:-1", 3, "from 1 to 4096");
	problem("truncate:x", 3, "from 1 to 4096");
	problem("regex", 2, "\"regex\" needs an expression");
	problem("regex:a(b", 3,
		"bad regular expression \"a(b\": missing closing parenthesis, at "
		"offset 3");
	problem("regex:\\C", 3, "bad regular expression");
	problem("lower process", 2, "\"process\" must be the first");
	problem("process process", 2, "\"process\" must be the first");
}

static void a_replacement_is_checked_before_it_is_used(void **state)
{
	static const char *const wrong[] = {"$2", "$x", "$", "${1", "${}", "a$b", "$$$", "$33"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct chain_config config = {0};

		add_function(&config, "regex", NULL, "(a)", wrong[i]);
		a_problem(&config, 2, "bad replacement");
	}
}

static void arguments_do_not_mix(void **state)
{
	struct chain_config config = {0};

	(void)state;
	add_function(&config, "regex", "a", NULL, "b");
	a_problem(&config, 2, "needs an expression");
	config.list.count = 0;
	add_function(&config, "regex", NULL, NULL, "b");
	a_problem(&config, 2, "needs an expression");
	config.list.count = 0;
	add_function(&config, "lower", NULL, "a", NULL);
	a_problem(&config, 2, "takes no argument");
}

static void all_problems_of_a_chain_are_told(void **state)
{
	struct chain_config config;
	struct problems problems;
	char copy[64];

	(void)state;
	configure(&config, "regex:a quux truncate regex:(", copy);
	problems_init(&problems);
	assert_null(label_chain_new(&config.list, "rules.yml", &problems));
	assert_int_equal(problems.count, 3);
	problems_done(&problems);
}

struct entry {
	const char *from, *to;
	bool is_text;
};

/* A label of these entries and a default, applied to a value. */
struct label_case {
	struct map_entry map[8];
	struct label_config config;
	struct chain_config chain;
	char copy[128];
	struct label *label;
};

static void set_key(struct scalar_config *key, const struct entry *entry)
{
	struct value_number number;

	key->text = (char *)(uintptr_t)entry->from;
	if (entry->is_text || !value_number_parse(entry->from, strlen(entry->from), &number))
		return;
	key->is_number = key->is_integer = true;
	key->negative = entry->from[0] == '-';
	key->magnitude = key->negative ? 0 - number.u : number.u;
}

static void label_begin(struct label_case *made, const char *functions, const struct entry *entries,
			size_t count, const char *otherwise)
{
	struct problems problems;
	size_t i;

	memset(made, 0, sizeof(*made));
	configure(&made->chain, functions, made->copy);
	for (i = 0; i < count; i++) {
		set_key(&made->map[i].from, &entries[i]);
		made->map[i].to = (char *)(uintptr_t)entries[i].to;
	}
	made->config.field.functions = made->chain.list;
	made->config.map = made->map;
	made->config.map_count = count;
	made->config.otherwise = (char *)(uintptr_t)otherwise;
	problems_init(&problems);
	made->label = label_new(&made->config, "rules.yml", &problems);
	assert_non_null(made->label);
	assert_int_equal(problems.count, 0);
}

static void label_is(const struct label_case *made, enum value_type type, const void *bytes,
		     size_t length, const struct value_map *map, const char *expected)
{
	const struct field field = {.type = (uint8_t)type};
	const struct value value = {.field = &field,
				    .bytes = bytes,
				    .length = (uint32_t)length,
				    .type = field.type,
				    .pointer_bytes = 8};
	enum label_result result;
	struct text text, got;

	text_init(&text, LIMIT);
	text_init(&got, LIMIT);
	text_char(&text, '>');
	result = label_apply(made->label, bytes ? &value : NULL, false, map, &text);
	text_string(&got, result_names[result]);
	assert_int_equal(text.bytes[0], '>');
	text_add(&got, text.bytes + 1, text.length - 1);
	text_char(&got, '\0');
	assert_string_equal(got.bytes, expected);
	text_done(&text);
	text_done(&got);
}

static const struct entry types[] = {{"1", "A", false},	    {"0x1c", "AAAA", false},
				     {"-1", "none", false}, {"READ", "read", false},
				     {"5", "five", true},   {"1", "second", false}};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void a_map_compares_numbers_with_numbers(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", types, COUNT(types), "other");
	label_is(&made, VALUE_U16, BYTES("\1\0"), NULL, "ok:A");
	label_is(&made, VALUE_HEX32, BYTES("\x1c\0\0\0"), NULL, "ok:AAAA");
	label_is(&made, VALUE_I8, BYTES("\xff"), NULL, "ok:none");
	label_is(&made, VALUE_U8, BYTES("\xff"), NULL, "ok:other");
	label_is(&made, VALUE_U8, BYTES("\5"), NULL, "ok:five");
	label_is(&made, VALUE_PORT, BYTES("\0\1"), NULL, "ok:A");
	label_free(made.label);
}

static void a_map_compares_text_with_text(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", types, COUNT(types), NULL);
	label_is(&made, VALUE_ANSI, BYTES("READ"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("read"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("Read"), NULL, "ok:Read");
	label_is(&made, VALUE_ANSI, BYTES("28"), NULL, "ok:AAAA");
	label_is(&made, VALUE_ANSI, BYTES("READ\0"), NULL, "ok:READ");
	label_is(&made, VALUE_ANSI, BYTES("REA"), NULL, "ok:REA");
	label_free(made.label);
}

static void a_map_looks_at_what_functions_made(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "upper", types, COUNT(types), "other");
	label_is(&made, VALUE_ANSI, BYTES("read"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("1"), NULL, "ok:A");
	label_is(&made, VALUE_ANSI, BYTES("x"), NULL, "ok:other");
	label_free(made.label);
}

static void a_default_stands_for_what_is_not_there(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "int", NULL, 0, "other");
	label_is(&made, VALUE_U8, NULL, 0, NULL, "none:other");
	label_is(&made, VALUE_ANSI, BYTES("x"), NULL, "unfit:other");
	label_is(&made, VALUE_U8, BYTES("\1"), NULL, "ok:1");
	label_free(made.label);
	label_begin(&made, "", NULL, 0, NULL);
	label_is(&made, VALUE_U8, NULL, 0, NULL, "none:");
	label_is(&made, VALUE_U8, BYTES("\1"), NULL, "ok:1");
	label_free(made.label);
}

static void a_map_of_a_manifest_names_values(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", NULL, 0, "other");
	label_is(&made, VALUE_U8, BYTES("\2"), &value_map, "ok:WRITE");
	label_is(&made, VALUE_U8, BYTES("\3"), &value_map, "ok:other");
	label_is(&made, VALUE_ANSI, BYTES("x"), &value_map, "ok:other");
	label_free(made.label);
	label_begin(&made, "", NULL, 0, NULL);
	label_is(&made, VALUE_U8, BYTES("\3"), &value_map, "ok:3");
	label_free(made.label);
	label_begin(&made, "int", NULL, 0, NULL);
	label_is(&made, VALUE_U8, BYTES("\1"), &value_map, "ok:READ");
	label_free(made.label);
}

static void a_map_of_bits_names_each(void **state)
{
	const struct value_map bits = {
		.bits = true, .count = 2, .values = map_values, .names = map_names};
	struct label_case made;

	(void)state;
	label_begin(&made, "", NULL, 0, "other");
	label_is(&made, VALUE_U8, BYTES("\7"), &bits, "ok:READ|WRITE|0x4");
	label_free(made.label);
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

	text_init(&text, LIMIT);
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
	struct chain_config config;
	struct label_chain *chain;
	pthread_t threads[3];
	char copy[64];
	void *wrong;
	size_t i;

	(void)state;
	configure(&config, "basename lower regex:^[a-z]+", copy);
	chain = chain_new(&config);
	for (i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, apply_often, chain), 0);
	for (i = 0; i < COUNT(threads); i++) {
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
		cmocka_unit_test(problems_say_what_would_be_right),
		cmocka_unit_test(a_replacement_is_checked_before_it_is_used),
		cmocka_unit_test(arguments_do_not_mix),
		cmocka_unit_test(all_problems_of_a_chain_are_told),
		cmocka_unit_test(a_map_compares_numbers_with_numbers),
		cmocka_unit_test(a_map_compares_text_with_text),
		cmocka_unit_test(a_map_looks_at_what_functions_made),
		cmocka_unit_test(a_default_stands_for_what_is_not_there),
		cmocka_unit_test(a_map_of_a_manifest_names_values),
		cmocka_unit_test(a_map_of_bits_names_each),
		cmocka_unit_test(a_chain_serves_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
