/* Flags and symbols of print formats as value maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/decoder/ftrace_private.h"

/* Of one print format; operators nest. */
#define DEPTH_MAX 64

struct ftrace_maps {
	struct ftrace_maps *next;
	struct value_map map;
	char *text; /* the names */
};

void ftrace_maps_free(struct ftrace_maps *maps)
{
	struct ftrace_maps *next;

	for (; maps; maps = next) {
		next = maps->next;
		free(maps->text);
		free(maps);
	}
}

/* Maps have 32 bits; a negative number is the bits that it has in a field of so many bytes. */
static bool parse_value(const char *text, int field_bytes, uint32_t *value)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 0);
	if (end == text || end[strspn(end, "uUlL")] || errno)
		return false;
	if (*text == '-' && field_bytes > 0 && field_bytes < 8)
		number &= (1ULL << 8 * field_bytes) - 1;
	*value = (uint32_t)number;
	return number <= UINT32_MAX;
}

static size_t count_symbols(const struct tep_print_flag_sym *symbol, size_t *text_bytes)
{
	size_t count = 0;

	for (*text_bytes = 0; symbol; symbol = symbol->next, count++)
		*text_bytes += strlen(symbol->str) + 1;
	return count;
}

static void fill(struct ftrace_maps *entry, const struct tep_print_flag_sym *symbol,
		 int field_bytes, uint32_t *values, const char **names)
{
	char *text = entry->text;

	for (; symbol; symbol = symbol->next) {
		size_t bytes = strlen(symbol->str) + 1;

		if (!parse_value(symbol->value, field_bytes, &values[entry->map.count]))
			continue;
		memcpy(text, symbol->str, bytes);
		names[entry->map.count++] = text;
		text += bytes;
	}
	entry->map.values = values;
	entry->map.names = names;
}

/* One allocation: the entry, its names' places, its values; another for the text. */
static const struct value_map *map_new(struct ftrace_maps **maps,
				       const struct tep_print_flag_sym *symbols, int field_bytes,
				       bool bits)
{
	size_t text_bytes, count = count_symbols(symbols, &text_bytes);
	struct ftrace_maps *entry;
	const char **names;

	entry = calloc(1, sizeof(*entry) + count * (sizeof(*names) + sizeof(uint32_t)));
	if (!entry)
		return NULL;
	entry->text = malloc(text_bytes + 1);
	if (!entry->text) {
		free(entry);
		return NULL;
	}
	names = (const char **)(entry + 1);
	fill(entry, symbols, field_bytes, (uint32_t *)(names + count), names);
	entry->map.bits = bits;
	entry->next = *maps;
	*maps = entry;
	return entry->map.count ? &entry->map : NULL;
}

/* The field that an expression is, cast or not; of flags some may be left out by a mask. */
static bool is_field(const struct tep_print_arg *arg, const char *name, bool bits)
{
	int depth;

	for (depth = 0; arg && depth < DEPTH_MAX; depth++) {
		if (arg->type == TEP_PRINT_FIELD)
			return strcmp(arg->field.name, name) == 0;
		if (arg->type == TEP_PRINT_TYPE)
			arg = arg->typecast.item;
		else if (bits && arg->type == TEP_PRINT_OP && strcmp(arg->op.op, "&") == 0)
			arg = arg->op.left;
		else
			return false;
	}
	return false;
}

/* Where the print format shows the field by flags, by symbols or as bits; NULL: nowhere. */
static const struct tep_print_arg *find_symbols(const struct tep_print_arg *arg, const char *name,
						int depth)
{
	const struct tep_print_arg *found = NULL;

	for (; arg && !found && depth < DEPTH_MAX; arg = arg->next) {
		switch (arg->type) {
		case TEP_PRINT_FLAGS:
			found = is_field(arg->flags.field, name, true) ? arg : NULL;
			break;
		case TEP_PRINT_SYMBOL:
			found = is_field(arg->symbol.field, name, false) ? arg : NULL;
			break;
		case TEP_PRINT_BITMASK:
		case TEP_PRINT_CPUMASK:
			found = strcmp(arg->bitmask.bitmask, name) == 0 ? arg : NULL;
			break;
		case TEP_PRINT_OP:
			found = find_symbols(arg->op.left, name, depth + 1);
			if (!found)
				found = find_symbols(arg->op.right, name, depth + 1);
			break;
		case TEP_PRINT_TYPE:
			found = find_symbols(arg->typecast.item, name, depth + 1);
			break;
		default:
			break;
		}
	}
	return found;
}

const struct value_map *ftrace_map_find(struct ftrace_maps **maps, const struct tep_event *event,
					const struct tep_format_field *field)
{
	const struct tep_print_arg *arg = find_symbols(event->print_fmt.args, field->name, 0);

	if (arg && arg->type == TEP_PRINT_FLAGS)
		return map_new(maps, arg->flags.flags, field->size, true);
	if (arg && arg->type == TEP_PRINT_SYMBOL)
		return map_new(maps, arg->symbol.symbols, field->size, false);
	return NULL;
}

bool ftrace_is_bitmask(const struct tep_event *event, const struct tep_format_field *field)
{
	const struct tep_print_arg *arg = find_symbols(event->print_fmt.args, field->name, 0);

	return arg && (arg->type == TEP_PRINT_BITMASK || arg->type == TEP_PRINT_CPUMASK);
}
