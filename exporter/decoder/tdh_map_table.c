#include "exporter/decoder/tdh_map_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/tdh_info.h"

struct key {
	uint8_t guid[16];
	char name[TDH_NAME_SIZE]; /* what is behind its end is no part of the key */
};

struct tdh_map_entry {
	struct key key;
	struct tdh_map map;
	UT_hash_handle hh;
};

static void entry_free(struct tdh_map_entry *entry)
{
	tdh_map_done(&entry->map);
	free(entry);
}

void tdh_map_table_done(struct tdh_map_table *table)
{
	struct tdh_map_entry *entry, *next;

	HASH_ITER(hh, table->entries, entry, next)
	{
		HASH_DEL(table->entries, entry);
		entry_free(entry);
	}
}

static size_t key_bytes(const struct key *key)
{
	return offsetof(struct key, name) + strlen(key->name);
}

static const struct tdh_map_entry *find(const struct tdh_map_table *table, const struct key *key)
{
	const struct tdh_map_entry *entry;

	HASH_FIND(hh, table->entries, key, key_bytes(key), entry);
	return entry;
}

const struct value_map *tdh_map_table_find(const struct tdh_map_table *table, const uint8_t *guid,
					   const char *name)
{
	const struct tdh_map_entry *entry;
	struct key key;

	memcpy(key.guid, guid, sizeof(key.guid));
	snprintf(key.name, sizeof(key.name), "%s", name);
	entry = find(table, &key);
	return entry ? &entry->map.map : NULL;
}

size_t tdh_map_table_add(struct tdh_map_table *table, const uint8_t *guid, const uint8_t *info,
			 size_t length)
{
	struct tdh_map_entry *entry;

	if (length < TDH_MAP_BYTES)
		return 0;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return 0;
	memcpy(entry->key.guid, guid, sizeof(entry->key.guid));
	tdh_info_text(info, length, le32(info), entry->key.name);
	if (!find(table, &entry->key) && tdh_map_init(&entry->map, info, length))
		HASH_ADD_KEYPTR(hh, table->entries, &entry->key, key_bytes(&entry->key), entry);
	if (entry->hh.tbl)
		return sizeof(*entry) + entry->map.bytes;
	entry_free(entry);
	return 0;
}
