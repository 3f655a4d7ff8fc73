#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/tracefs/elf_symbol_linux.h"
#include "tests/support/scratch.h"

#define SELF "/proc/self/exe"

/* Global, so that it is in .symtab, and in .dynsym where that has all. */
void a_function_to_find(void);

void a_function_to_find(void)
{
	__asm__ volatile("" : : : "memory");
}

static __attribute__((noinline, used)) void a_local_function_to_find(void)
{
	__asm__ volatile("" : : : "memory");
}

int an_object_to_find = 1;

/* Where an address is in the file, as the kernel says what it has mapped. */
static uint64_t mapped_offset(uintptr_t address)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	uint64_t first, last, offset, found = 0;
	char line[4096];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64, &first, &last, &offset) ==
			    3 &&
		    address >= first && address < last)
			found = address - first + offset;
	fclose(maps);
	return found;
}

static void a_function_is_where_the_kernel_maps_it(void **state)
{
	struct error error;
	uint64_t offset = 0;

	(void)state;
	assert_int_equal(elf_symbol_offset(SELF, "a_function_to_find", &offset, &error), 0);
	assert_int_equal(offset, mapped_offset((uintptr_t)a_function_to_find));
	assert_int_equal(elf_symbol_offset(SELF, "a_local_function_to_find", &offset, &error), 0);
	assert_int_equal(offset, mapped_offset((uintptr_t)a_local_function_to_find));
}

static void refuses(const char *path, const char *symbol, const char *sentence)
{
	struct error error = {""};
	uint64_t offset;

	assert_int_equal(elf_symbol_offset(path, symbol, &offset, &error), -1);
	if (!strstr(error.text, sentence))
		fail_msg("\"%s\" is not in \"%s\"", sentence, error.text);
}

static void what_is_no_function_of_the_file_is_an_error(void **state)
{
	(void)state;
	refuses(SELF, "no_such_function", "has no function \"no_such_function\" among its ");
	refuses(SELF, "an_object_to_find", "has no function \"an_object_to_find\"");
	/* It is another file's. */
	refuses(SELF, "strftime", "has no function \"strftime\"");
	refuses("/nowhere", "f", "cannot open /nowhere: No such file or directory");
}

static void what_is_no_elf_file_is_an_error(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	refuses(scratch_file(&scratch, "empty", ""), "f", "it is no ELF file");
	refuses(scratch_file(&scratch, "script", "#!/bin/sh\n# A text of some length.\n"), "f",
		"it is no ELF file");
	refuses(scratch_file(&scratch, "other", "\177ELF\2\3             "), "f",
		"it is for another kind of machine");
	refuses(scratch_file(&scratch, "short", "\177ELF\2\1\1           "), "f", "");
	scratch_remove(&scratch);
}

static uint8_t *read_self(size_t *length)
{
	FILE *file = fopen(SELF, "rb");
	struct stat status;
	uint8_t *bytes;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	bytes = malloc((size_t)status.st_size);
	*length = fread(bytes, 1, (size_t)status.st_size, file);
	fclose(file);
	return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Whatever it says of a damaged file, it says it, and reads nothing that is not there: the
 * sanitizers see to that. */
static void damage_does_no_harm(void **state)
{
	struct scratch scratch;
	struct error error;
	size_t length, i;
	uint8_t *bytes = read_self(&length);
	const char *path;
	uint64_t offset;

	(void)state;
	scratch_make(&scratch);
	path = scratch_file(&scratch, "damaged", "");
	for (i = 0; i < 16; i++) {
		write_file(path, bytes, length * i / 16);
		assert_int_equal(elf_symbol_offset(path, "a_function_to_find", &offset, &error),
				 -1);
	}
	write_file(path, bytes, length);
	/* Each byte of the header that says where and how many other things are. */
	for (i = 16; i < 64; i++) {
		static const uint8_t values[] = {0x00, 0x01, 0x7f, 0xff};
		FILE *file = fopen(path, "r+b");

		assert_non_null(file);
		for (size_t j = 0; j < sizeof(values); j++) {
			fseek(file, (long)i, SEEK_SET);
			fputc(values[j], file);
			fflush(file);
			elf_symbol_offset(path, "a_function_to_find", &offset, &error);
		}
		fseek(file, (long)i, SEEK_SET);
		fputc(bytes[i], file);
		fclose(file);
	}
	assert_int_equal(elf_symbol_offset(path, "a_function_to_find", &offset, &error), 0);
	free(bytes);
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_where_the_kernel_maps_it),
		cmocka_unit_test(what_is_no_function_of_the_file_is_an_error),
		cmocka_unit_test(what_is_no_elf_file_is_an_error),
		cmocka_unit_test(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
