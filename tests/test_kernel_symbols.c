#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/machine/kernel_symbols.h"
#include "tests/support/scratch.h"

#define SAMPLE_EVERY 500 /* of the machine's own symbols */

struct rig {
	struct scratch scratch;
	struct kernel_symbols *symbols;
};

static int setup(void **context)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	scratch_make(&rig->scratch);
	*context = rig;
	return 0;
}

static int teardown(void **context)
{
	struct rig *rig = *context;

	kernel_symbols_free(rig->symbols);
	scratch_remove(&rig->scratch);
	free(rig);
	return 0;
}

static int read_text(struct rig *rig, const char *text, struct error *error)
{
	scratch_file(&rig->scratch, "kallsyms", text);
	if (!rig->symbols)
		rig->symbols = kernel_symbols_new(scratch_path(&rig->scratch, "kallsyms"));
	assert_non_null(rig->symbols);
	return kernel_symbols_read(rig->symbols, error);
}

static void take_text(struct rig *rig, const char *text)
{
	struct error error;

	if (read_text(rig, text, &error))
		fail_msg("%s", error.text);
}

static void check(const struct rig *rig, uint64_t address, const char *expected)
{
	const char *name = kernel_symbols_find(rig->symbols, address);

	assert_string_equal(name ? name : "nothing", expected);
}

static const char kernel[] = "ffffffff81000000 T _stext\n"
			     "ffffffff81000100 t vfs_read\n"
			     "ffffffff81000040 W weak\n"
			     "ffffffff81000200 T _etext\n"
			     "ffffffff81000200 D data\n"
			     "ffffffff81900000 R rodata\n"
			     "ffffffffc0000000 t e1000_open\t[e1000]\n"
			     "ffffffffc0000800 t e1000_clean\t[e1000]\n"
			     "ffffffffc0002000 t nf_hook\t[nf_tables]\n"
			     "ffffffffc0002300 t bpf_prog_0123456789abcdef\t[bpf]\n"
			     "0000000000000000 A fixed_percpu_data\n"
			     "0000000000001000 A cpu_debug_store\n";

static void an_address_is_in_the_function_that_begins_before_it(void **context)
{
	struct rig *rig = *context;

	take_text(rig, kernel);
	check(rig, 0xffffffff81000000, "_stext");
	check(rig, 0xffffffff8100003f, "_stext");
	check(rig, 0xffffffff81000040, "weak");
	check(rig, 0xffffffff810001ff, "vfs_read");
	check(rig, 0xffffffffc0000001, "e1000_open");
	check(rig, 0xffffffffc0002303, "bpf_prog_0123456789abcdef");
}

static void what_is_no_function_has_no_name(void **context)
{
	struct rig *rig = *context;

	take_text(rig, kernel);
	check(rig, 0, "nothing");
	check(rig, 0x1000, "nothing");
	check(rig, 0x7f0000000000, "nothing");
	check(rig, 0xffffffff80ffffff, "nothing");
	check(rig, 0xffffffff81900010, "nothing");
	check(rig, UINT64_MAX, "nothing");
}

static void the_last_function_of_a_module_reaches_to_the_end_of_its_page(void **context)
{
	struct rig *rig = *context;

	take_text(rig, kernel);
	check(rig, 0xffffffffc0000900, "e1000_clean");
	check(rig, 0xffffffffc0000fff, "e1000_clean");
	check(rig, 0xffffffffc0001000, "nothing");
	check(rig, 0xffffffffc0002fff, "bpf_prog_0123456789abcdef");
	check(rig, 0xffffffffc0003000, "nothing");
}

static void modules_that_came_later_are_known_when_it_is_read_again(void **context)
{
	struct rig *rig = *context;

	take_text(rig, "ffffffff81000000 T _stext\n");
	check(rig, 0xffffffffc0000000, "nothing");
	take_text(rig, kernel);
	check(rig, 0xffffffffc0000000, "e1000_open");
	take_text(rig, "ffffffff81000000 T _stext\n");
	check(rig, 0xffffffffc0000000, "nothing");
}

static void hidden_addresses_are_told_and_what_was_known_stays(void **context)
{
	struct rig *rig = *context;
	struct error error;

	take_text(rig, kernel);
	assert_int_equal(
		read_text(rig, "0000000000000000 T _stext\n0000000000000000 t a\n", &error), -1);
	assert_non_null(strstr(error.text, "hides the addresses of symbols"));
	assert_non_null(strstr(error.text, "CAP_SYSLOG"));
	assert_int_equal(read_text(rig, "", &error), -1);
	check(rig, 0xffffffff81000000, "_stext");
}

static void a_file_that_is_not_there_is_told(void **context)
{
	struct rig *rig = *context;
	struct error error;

	rig->symbols = kernel_symbols_new(scratch_path(&rig->scratch, "kallsyms"));
	assert_non_null(rig->symbols);
	assert_int_equal(kernel_symbols_read(rig->symbols, &error), -1);
	assert_non_null(strstr(error.text, "No such file"));
	check(rig, 0xffffffff81000000, "nothing");
}

static void lines_that_are_no_symbols_are_passed_over(void **context)
{
	struct rig *rig = *context;

	take_text(rig, "\n"
		       "nonsense\n"
		       "ffffffff81000000\n"
		       "ffffffff81000000 T\n"
		       "ffffffff81000000 T \n"
		       "ffffffff81000000  Ta\n"
		       "ffffffff81000010 T good [with] more\n"
		       "ffffffff81000020 T last_without_end_of_line");
	assert_int_equal(kernel_symbols_count(rig->symbols), 2);
	check(rig, 0xffffffff81000010, "good");
	check(rig, 0xffffffff81000020, "last_without_end_of_line");
}

/* Lines of the file at random: each function is found by its own address, under one of its names.
 */
static void functions_of_this_machine_are_found(void **context)
{
	struct rig *rig = *context;
	struct error error;
	char line[512], name[256], type;
	uint64_t address, before = 0;
	size_t lines = 0, found = 0;
	FILE *file;

	rig->symbols = kernel_symbols_new(KERNEL_SYMBOLS_PATH);
	assert_non_null(rig->symbols);
	if (kernel_symbols_read(rig->symbols, &error)) {
		print_message("skipped because %s\n", error.text);
		skip();
	}
	assert_true(kernel_symbols_count(rig->symbols) > 1000);
	file = fopen(KERNEL_SYMBOLS_PATH, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %c %255s", &address, &type, name) != 3 ||
		    !strchr("tTwW", type) || address == before || lines++ % SAMPLE_EVERY)
			continue;
		before = address;
		assert_non_null(kernel_symbols_find(rig->symbols, address));
		found += strcmp(kernel_symbols_find(rig->symbols, address), name) == 0;
	}
	fclose(file);
	assert_true(found > lines / SAMPLE_EVERY / 2);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_address_is_in_the_function_that_begins_before_it),
		test(what_is_no_function_has_no_name),
		test(the_last_function_of_a_module_reaches_to_the_end_of_its_page),
		test(modules_that_came_later_are_known_when_it_is_read_again),
		test(hidden_addresses_are_told_and_what_was_known_stays),
		test(a_file_that_is_not_there_is_told),
		test(lines_that_are_no_symbols_are_passed_over),
		test(functions_of_this_machine_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
