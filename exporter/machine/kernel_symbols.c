/* Source: the kernel's kernel/kallsyms.c, s_show(): "address type name[\t[module]]". */
#include "exporter/machine/kernel_symbols.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"

#define FIRST_BYTES   ((size_t)4 << 20)
#define FIRST_SYMBOLS ((size_t)1 << 16)
#define PAGE_BYTES    4096u /* of the smallest pages: a module begins at a page of its own */

struct symbol {
	uint64_t address;
	uint32_t name;	 /* where it is in the text; NO_NAME: no function, but where one ends */
	uint32_t module; /* likewise; 0: the kernel itself */
};

#define NO_NAME UINT32_MAX

struct table {
	char *text; /* the file, with zeros where names end */
	size_t bytes;
	struct symbol *list; /* by address */
	size_t count, capacity;
};

struct kernel_symbols {
	const char *path;
	struct table table;
};

static void table_done(struct table *table)
{
	free(table->text);
	free(table->list);
	*table = (struct table){0};
}

struct kernel_symbols *kernel_symbols_new(const char *path)
{
	struct kernel_symbols *symbols = calloc(1, sizeof(*symbols));

	if (symbols)
		symbols->path = path;
	return symbols;
}

void kernel_symbols_free(struct kernel_symbols *symbols)
{
	if (!symbols)
		return;
	table_done(&symbols->table);
	free(symbols);
}

/* Room for more of the file and a zero. False: no memory, or it is too large. */
static bool grow_text(struct table *table, size_t *capacity)
{
	size_t grown = *capacity ? 2 * *capacity : FIRST_BYTES;
	char *text;

	if (table->bytes + 1 < *capacity)
		return true;
	if (grown > KERNEL_SYMBOLS_BYTES_MAX)
		return false;
	text = realloc(table->text, grown);
	if (!text)
		return false;
	table->text = text;
	*capacity = grown;
	return true;
}

/* The file has no size that could be asked for. */
static int read_all(struct table *table, int fd, const char *path, struct error *error)
{
	size_t capacity = 0;
	ssize_t got = 1;

	while (got > 0) {
		if (!grow_text(table, &capacity))
			return error_set(error,
					 "cannot read %s: it has more than %zu MiB, or there is no "
					 "memory for it",
					 path, KERNEL_SYMBOLS_BYTES_MAX >> 20);
		got = file_read(fd, table->text + table->bytes, capacity - table->bytes - 1);
		if (got < 0)
			return error_set(error, "cannot read %s: %s", path, strerror(errno));
		table->bytes += (size_t)got;
	}
	table->text[table->bytes] = '\0';
	return 0;
}

static int read_file(struct table *table, const char *path, struct error *error)
{
	int fd = file_open(path, false), result;

	if (fd < 0)
		return error_set(error, "cannot open %s: %s", path, strerror(errno));
	result = read_all(table, fd, path, error);
	close(fd);
	return result;
}

/* False: no memory, or there are too many. */
static bool add(struct table *table, const struct symbol *symbol)
{
	size_t grown = table->capacity ? 2 * table->capacity : FIRST_SYMBOLS;
	struct symbol *list;

	if (table->count == table->capacity) {
		list = grown <= KERNEL_SYMBOLS_MAX ? realloc(table->list, grown * sizeof(*list))
						   : NULL;
		if (!list)
			return false;
		table->list = list;
		table->capacity = grown;
	}
	table->list[table->count++] = *symbol;
	return true;
}

static bool is_function(char type)
{
	return type == 'T' || type == 't' || type == 'W' || type == 'w';
}

/* Ends the word at `at` with a zero; where the next begins. */
static char *end_word(char *at)
{
	at += strcspn(at, " \t");
	if (*at)
		*at++ = '\0';
	return at;
}

/* False: it is no line of a symbol, or of one that has no place (absolute, of a processor). */
static bool parse(const struct table *table, char *line, struct symbol *symbol)
{
	char *end, *name, *module, type;

	symbol->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !end[3])
		return false;
	type = end[1];
	name = end + 3;
	module = end_word(name);
	symbol->name = is_function(type) ? (uint32_t)(name - table->text) : NO_NAME;
	symbol->module = *module ? (uint32_t)(module - table->text) : 0;
	return type != 'A' && type != 'a';
}

static bool parse_all(struct table *table)
{
	char *line = table->text, *next;
	struct symbol symbol;

	for (; line && *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (parse(table, line, &symbol) && !add(table, &symbol))
			return false;
	}
	return true;
}

/* Of those at one address the first in the file, as the kernel itself prefers. */
static int compare(const void *a, const void *b)
{
	const struct symbol *one = a, *two = b;

	if (one->address != two->address)
		return one->address < two->address ? -1 : 1;
	return (one->name > two->name) - (one->name < two->name);
}

static bool hides_addresses(const struct table *table)
{
	return !table->count || !table->list[table->count - 1].address;
}

static int load(struct table *table, const char *path, struct error *error)
{
	if (read_file(table, path, error))
		return -1;
	if (!parse_all(table))
		return error_set(error,
				 "cannot take the symbols of %s: there are more than %zu, or there "
				 "is no memory for them",
				 path, KERNEL_SYMBOLS_MAX);
	if (table->count)
		qsort(table->list, table->count, sizeof(table->list[0]), compare);
	if (hides_addresses(table))
		return error_set(error,
				 "%s hides the addresses of symbols from this program: it needs "
				 "the capability CAP_SYSLOG and kernel.kptr_restrict below 2",
				 path);
	return 0;
}

int kernel_symbols_read(struct kernel_symbols *symbols, struct error *error)
{
	struct table table = {0};

	if (load(&table, symbols->path, error)) {
		table_done(&table);
		return -1;
	}
	table_done(&symbols->table);
	symbols->table = table;
	return 0;
}

/* How many symbols are at this address or below. */
static size_t count_below(const struct table *table, uint64_t address)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_of_one(const struct table *table, uint32_t module, uint32_t other)
{
	if (!module || !other)
		return module == other;
	return strcmp(table->text + module, table->text + other) == 0;
}

/*
 * The file does not say where functions end. What follows the last one of a module may be a module
 * that was not there yet, which begins at another page.
 */
static bool reaches(const struct table *table, const struct symbol *last, uint64_t address)
{
	const struct symbol *next = last + 1;

	if (next < table->list + table->count && is_of_one(table, last->module, next->module))
		return true;
	return address / PAGE_BYTES == last->address / PAGE_BYTES;
}

const char *kernel_symbols_find(const struct kernel_symbols *symbols, uint64_t address)
{
	const struct table *table = &symbols->table;
	size_t below = count_below(table, address);
	const struct symbol *first;

	if (!below || !reaches(table, &table->list[below - 1], address))
		return NULL;
	first = &table->list[below - 1];
	while (first > table->list && first[-1].address == first->address)
		first--;
	return first->name == NO_NAME ? NULL : table->text + first->name;
}

size_t kernel_symbols_count(const struct kernel_symbols *symbols)
{
	return symbols->table.count;
}
