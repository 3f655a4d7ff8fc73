#include "exporter/label/label_map.h"

#include <stdlib.h>
#include <string.h>

/* Entries, sorted, each key once. */
struct index {
	const struct map_entry **entries;
	size_t count;
};

struct label_map {
	struct index numbers, texts;
};

struct number_key {
	bool negative;
	uint64_t magnitude;
};

struct text_key {
	const char *text;
	size_t length;
};

static struct number_key key_of_number(const struct value_number *number)
{
	if (number->kind == NUMBER_SIGNED && number->i < 0)
		return (struct number_key){true, 0 - number->u};
	return (struct number_key){false, number->u};
}

static struct number_key number_of(const struct map_entry *entry)
{
	return (struct number_key){entry->from.negative && entry->from.magnitude,
				   entry->from.magnitude};
}

static int compare_numbers(struct number_key a, struct number_key b)
{
	int order = (a.magnitude > b.magnitude) - (a.magnitude < b.magnitude);

	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? -order : order;
}

static int compare_texts(struct text_key a, struct text_key b)
{
	int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static struct text_key text_of(const struct map_entry *entry)
{
	return (struct text_key){entry->from.text, strlen(entry->from.text)};
}

static const struct map_entry *entry_at(const void *at)
{
	return *(const struct map_entry *const *)at;
}

static int by_number(const void *a, const void *b)
{
	return compare_numbers(number_of(entry_at(a)), number_of(entry_at(b)));
}

static int by_text(const void *a, const void *b)
{
	return compare_texts(text_of(entry_at(a)), text_of(entry_at(b)));
}

static int number_to_entry(const void *key, const void *at)
{
	return compare_numbers(*(const struct number_key *)key, number_of(entry_at(at)));
}

static int text_to_entry(const void *key, const void *at)
{
	return compare_texts(*(const struct text_key *)key, text_of(entry_at(at)));
}

static int number_order(const void *a, const void *b)
{
	int order = by_number(a, b);

	return order ? order : (entry_at(a) > entry_at(b)) - (entry_at(a) < entry_at(b));
}

static int text_order(const void *a, const void *b)
{
	int order = by_text(a, b);

	return order ? order : (entry_at(a) > entry_at(b)) - (entry_at(a) < entry_at(b));
}

/* `order` puts equal keys in the order of the file. */
static void sort(struct index *index, int (*order)(const void *, const void *),
		 int (*compare)(const void *, const void *))
{
	size_t kept = 0, i;

	qsort(index->entries, index->count, sizeof(index->entries[0]), order);
	for (i = 0; i < index->count; i++)
		if (!kept || compare(&index->entries[kept - 1], &index->entries[i]) != 0)
			index->entries[kept++] = index->entries[i];
	index->count = kept;
}

static void fill(struct label_map *map, const struct map_entry *entries, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		map->texts.entries[map->texts.count++] = &entries[i];
		if (entries[i].from.is_number && entries[i].from.is_integer)
			map->numbers.entries[map->numbers.count++] = &entries[i];
	}
	sort(&map->texts, text_order, by_text);
	sort(&map->numbers, number_order, by_number);
}

struct label_map *label_map_new(const struct map_entry *entries, size_t count)
{
	struct label_map *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->texts.entries = calloc(count + 1, sizeof(map->texts.entries[0]));
	map->numbers.entries = calloc(count + 1, sizeof(map->numbers.entries[0]));
	if (map->texts.entries && map->numbers.entries) {
		fill(map, entries, count);
		return map;
	}
	label_map_free(map);
	return NULL;
}

void label_map_free(struct label_map *map)
{
	if (!map)
		return;
	free(map->texts.entries);
	free(map->numbers.entries);
	free(map);
}

static const char *find(const struct index *index, const void *key,
			int (*compare)(const void *, const void *))
{
	const void *at =
		bsearch(key, index->entries, index->count, sizeof(index->entries[0]), compare);

	return at ? entry_at(at)->to : NULL;
}

const char *label_map_number(const struct label_map *map, const struct value_number *number)
{
	struct number_key key;

	if (number->kind == NUMBER_REAL)
		return NULL;
	key = key_of_number(number);
	return find(&map->numbers, &key, number_to_entry);
}

const char *label_map_text(const struct label_map *map, const char *text, size_t length)
{
	struct text_key key = {text, length};

	return find(&map->texts, &key, text_to_entry);
}
