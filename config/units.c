#include "config/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A fraction has no use for more digits: the largest unit is under 10^13 of the smallest. */
#define FRACTION_DIGITS 18

/* In each list the first of several names of a unit is the one that is written. */
static const struct unit durations[] = {
	{"ns", 1},
	{"us", 1000},
	{"\xc2\xb5s", 1000}, /* the micro sign */
	{"\xce\xbcs", 1000}, /* the Greek letter */
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", (uint64_t)60 * 1000000000},
	{"h", (uint64_t)3600 * 1000000000},
	{NULL, 0},
};

static const struct unit sizes[] = {
	{"B", 1},	    {"kB", 1000},
	{"KB", 1000},	    {"KiB", 1024},
	{"MB", 1000000},    {"MiB", (uint64_t)1 << 20},
	{"GB", 1000000000}, {"GiB", (uint64_t)1 << 30},
	{NULL, 0},
};

const struct unit_system unit_durations = {
	.what = "a duration",
	.example = "5s, 500ms or 1m30s",
	.usual = "s",
	.names = "ns, us, ms, s, m and h",
	.units = durations,
	.compound = true,
};

const struct unit_system unit_go_durations = {
	.units = durations,
	.compound = true,
	.loose = true,
};

const struct unit_system unit_sizes = {
	.what = "a size",
	.example = "8MiB, 512KiB or 100MB",
	.usual = "MiB",
	.names = "B, kB, MB and GB (powers of 1000), KiB, MiB and GiB (powers of 1024)",
	.units = sizes,
	.bare = true,
};

/* A decimal number: its whole part, saturated, and `fraction` / `scale`. */
struct number {
	uint64_t whole;
	uint64_t fraction;
	uint64_t scale;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One of ASCII, or a part of any other character. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static const char *parse_whole(const char *at, uint64_t *value)
{
	*value = 0;
	for (; is_digit(*at); at++)
		if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
			break;
	if (is_digit(*at))
		*value = UINT64_MAX;
	return at + strspn(at, "0123456789");
}

/* Behind the number; NULL: there is none. Where it is `loose`, its point needs digits on one side.
 */
static const char *parse_number(const char *at, bool loose, struct number *number)
{
	bool has_whole = is_digit(*at);
	int digits;

	if (!has_whole && !loose)
		return NULL;
	*number = (struct number){.scale = 1};
	at = parse_whole(at, &number->whole);
	if (*at != '.')
		return has_whole ? at : NULL;
	if (!is_digit(*++at) && !(loose && has_whole))
		return NULL;
	for (digits = 0; is_digit(*at); at++, digits++) {
		if (digits >= FRACTION_DIGITS)
			continue;
		number->fraction = number->fraction * 10 + (uint64_t)(*at - '0');
		number->scale *= 10;
	}
	return at;
}

static const struct unit *find_unit(const struct unit_system *system, const char *name,
				    size_t length)
{
	const struct unit *unit;

	for (unit = system->units; unit->name; unit++)
		if (strlen(unit->name) == length && memcmp(unit->name, name, length) == 0)
			return unit;
	return NULL;
}

static void add(uint64_t *value, const struct number *number, uint64_t factor)
{
	uint64_t part = (uint64_t)((unsigned __int128)number->fraction * factor / number->scale);

	if (__builtin_add_overflow(*value, part, value) ||
	    __builtin_mul_overflow(number->whole, factor, &part) ||
	    __builtin_add_overflow(*value, part, value))
		*value = UINT64_MAX;
}

size_t unit_name_length(const char *unknown)
{
	size_t length = 0;

	while (is_letter(unknown[length]))
		length++;
	return length;
}

/* One number and its unit, whose factor has to be under `*below`; leaves `*at` behind it. */
static enum unit_result parse_part(const struct unit_system *system, const char **at,
				   uint64_t *value, uint64_t *below, const char **unknown)
{
	const struct unit *unit;
	struct number number;
	const char *name = parse_number(*at, system->loose, &number);

	if (!name)
		return UNIT_MALFORMED;
	*at = name + unit_name_length(name);
	if (*at == name && **at)
		return UNIT_MALFORMED;
	if (*at == name && (!system->bare || number.scale != 1))
		return UNIT_MISSING;
	unit = *at == name ? system->units : find_unit(system, name, (size_t)(*at - name));
	if (!unit) {
		*unknown = name;
		return UNIT_UNKNOWN;
	}
	if (unit->factor >= *below && !system->loose)
		return UNIT_MALFORMED;
	*below = unit->factor;
	add(value, &number, unit->factor);
	return UNIT_OK;
}

enum unit_result unit_parse(const struct unit_system *system, const char *text, uint64_t *value,
			    const char **unknown)
{
	uint64_t below = UINT64_MAX;
	const char *at = text;
	enum unit_result result;

	*value = 0;
	do
		result = parse_part(system, &at, value, &below, unknown);
	while (result == UNIT_OK && *at && system->compound);
	return result == UNIT_OK && *at ? UNIT_MALFORMED : result;
}

bool unit_parse_count(const char *text, uint64_t *value)
{
	if (!is_digit(*text) || (*text == '0' && text[1]))
		return false;
	return !*parse_whole(text, value);
}

const char *unit_format(const struct unit_system *system, uint64_t value, struct unit_text *written)
{
	const struct unit *unit, *best = system->units;

	for (unit = system->units; unit->name; unit++)
		if (value % unit->factor == 0 && unit->factor > best->factor)
			best = unit;
	snprintf(written->text, sizeof(written->text), "%" PRIu64 "%s", value / best->factor,
		 best->name);
	return written->text;
}
