#include "exporter/state/kinds.h"

#include "exporter/base/guid.h"

enum provider {
	CLASS_PROCESS,
	CLASS_THREAD,
	CLASS_IMAGE,
	CLASS_FILE,
	KERNEL_PROCESS, /* from here on manifests: events, not types of a class */
	KERNEL_FILE,
	PROVIDER_COUNT
};

static const struct guid guids[PROVIDER_COUNT] = {
	[CLASS_PROCESS] = GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c),
	[CLASS_THREAD] = GUID(3d6fa8d1, fe05, 11d0, 9dda, 00c04fd7ba7c),
	[CLASS_IMAGE] = GUID(2cb15d1d, 5fc1, 11d2, abe1, 00a0c911f518),
	[CLASS_FILE] = GUID(90cbdc39, 4a3e, 11d1, 84f4, 0000f80464e3),
	[KERNEL_PROCESS] = GUID(22fb2cd6, 0e7b, 422b, a0c7, 2fad1fd0e716),
	[KERNEL_FILE] = GUID(edd08927, 9cc4, 4e65, b970, c2560fb5c289),
};

/* A file's object and key are called so until they are used again: closing them says nothing. */
static const struct row {
	enum provider provider;
	uint16_t number; /* type of a class, ID of an event */
	struct kind kind;
} rows[] = {
	{CLASS_PROCESS, 1, {KIND_PROCESS, SPAN_START}},
	{CLASS_PROCESS, 2, {KIND_PROCESS, SPAN_END}},
	{CLASS_PROCESS, 3, {KIND_PROCESS, SPAN_THERE}}, /* DCStart */
	{CLASS_PROCESS, 4, {KIND_PROCESS, SPAN_THERE}}, /* DCEnd */
	{CLASS_PROCESS, 39, {KIND_PROCESS, SPAN_GONE}}, /* Defunct */
	{CLASS_THREAD, 1, {KIND_THREAD, SPAN_START}},
	{CLASS_THREAD, 2, {KIND_THREAD, SPAN_END}},
	{CLASS_THREAD, 3, {KIND_THREAD, SPAN_THERE}},
	{CLASS_THREAD, 4, {KIND_THREAD, SPAN_THERE}},
	{CLASS_IMAGE, 10, {KIND_IMAGE, SPAN_START}},
	{CLASS_IMAGE, 2, {KIND_IMAGE, SPAN_END}},
	{CLASS_IMAGE, 3, {KIND_IMAGE, SPAN_THERE}},
	{CLASS_IMAGE, 4, {KIND_IMAGE, SPAN_THERE}},
	{CLASS_FILE, 0, {KIND_FILE, SPAN_THERE}},  /* Name */
	{CLASS_FILE, 32, {KIND_FILE, SPAN_START}}, /* FileCreate */
	{CLASS_FILE, 35, {KIND_FILE, SPAN_END}},   /* FileDelete */
	{CLASS_FILE, 36, {KIND_FILE, SPAN_THERE}}, /* FileRundown */
	{CLASS_FILE, 64, {KIND_FILE, SPAN_START}}, /* Create */
	{CLASS_FILE, 79, {KIND_FILE, SPAN_THERE}}, /* DletePath */
	{KERNEL_PROCESS, 1, {KIND_PROCESS, SPAN_START}},
	{KERNEL_PROCESS, 2, {KIND_PROCESS, SPAN_END}},
	{KERNEL_PROCESS, 3, {KIND_THREAD, SPAN_START}},
	{KERNEL_PROCESS, 4, {KIND_THREAD, SPAN_END}},
	{KERNEL_PROCESS, 5, {KIND_IMAGE, SPAN_START}},
	{KERNEL_PROCESS, 6, {KIND_IMAGE, SPAN_END}},
	{KERNEL_PROCESS, 15, {KIND_PROCESS, SPAN_THERE}}, /* ProcessRundown */
	{KERNEL_FILE, 10, {KIND_FILE, SPAN_START}},	  /* NameCreate */
	{KERNEL_FILE, 11, {KIND_FILE, SPAN_END}},	  /* NameDelete */
	{KERNEL_FILE, 12, {KIND_FILE, SPAN_START}},	  /* Create */
	{KERNEL_FILE, 26, {KIND_FILE, SPAN_THERE}},	  /* DeletePath */
	{KERNEL_FILE, 30, {KIND_FILE, SPAN_START}},	  /* CreateNewFile */
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool is_row(const struct row *row, const struct event_record *record, bool is_event)
{
	return is_event == (row->provider >= KERNEL_PROCESS) &&
	       row->number == (is_event ? record->id : record->opcode) &&
	       memcmp(guids[row->provider].bytes, record->guid, sizeof(struct guid)) == 0;
}

unsigned int kind_find(const struct event_record *record)
{
	bool is_event = record->kind == RECORD_EVENT;
	unsigned int i;

	if (record->kind == RECORD_MESSAGE || record->kind == RECORD_ERROR ||
	    record->kind == RECORD_FTRACE)
		return 0;
	for (i = 0; i < ROW_COUNT; i++)
		if (is_row(&rows[i], record, is_event))
			return i + 1;
	return 0;
}

const struct kind *kind_get(unsigned int number)
{
	return number && number <= ROW_COUNT ? &rows[number - 1].kind : NULL;
}
