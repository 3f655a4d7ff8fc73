#include "exporter/state/task_events.h"

#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/machine/tasks.h"
#include "exporter/value/value_number.h"

static const struct task_event {
	const char *provider, *event;
	enum task_news news;
	const char *fields[TASK_FIELD_COUNT];
} rows[] = {
	{"sched",
	 "sched_switch",
	 TASK_SEEN,
	 {"prev_pid", "prev_comm", "next_pid", "next_comm", NULL}},
	{"sched", "sched_waking", TASK_SEEN, {"pid", "comm", NULL, NULL, NULL}},
	{"sched", "sched_wakeup", TASK_SEEN, {"pid", "comm", NULL, NULL, NULL}},
	{"sched", "sched_wakeup_new", TASK_SEEN, {"pid", "comm", NULL, NULL, NULL}},
	{"sched",
	 "sched_process_fork",
	 TASK_CREATED,
	 {"child_pid", "child_comm", NULL, NULL, NULL}},
	{"task", "task_newtask", TASK_CREATED, {"pid", "comm", NULL, NULL, "clone_flags"}},
	{"sched", "sched_process_exec", TASK_EXECUTED, {"pid", "filename", "old_pid", NULL, NULL}},
	{"task", "task_rename", TASK_RENAMED, {"pid", "newcomm", NULL, NULL, NULL}},
	{"sched", "sched_process_exit", TASK_ENDED, {"pid", "comm", NULL, NULL, "group_dead"}},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROW_COUNT == TASK_EVENTS_MAX, "a layout for each event");

void task_events_done(struct task_events *events)
{
	size_t i;

	for (i = 0; i < TASK_EVENTS_MAX; i++)
		extraction_free(events->layouts[i].extraction);
	*events = (struct task_events){0};
}

unsigned int task_event_find(const struct schema *schema)
{
	unsigned int i;

	for (i = 0; i < ROW_COUNT; i++)
		if (strcmp(schema->event, rows[i].event) == 0 &&
		    strcmp(schema->provider, rows[i].provider) == 0)
			return i + 1;
	return 0;
}

static bool add_fields(struct task_layout *layout, const struct task_event *row)
{
	struct field_path path;
	size_t i;

	for (i = 0; i < TASK_FIELD_COUNT; i++) {
		layout->slots[i] = -1;
		if (!row->fields[i] ||
		    field_path_find(layout->schema, row->fields[i], &path) != FIELD_PATH_FOUND)
			continue;
		layout->slots[i] = extraction_add(layout->extraction, &path);
		if (layout->slots[i] < 0)
			return false;
	}
	return true;
}

/* 0: it differs from payload to payload. */
static size_t fixed_bytes(const struct field *field)
{
	if (field->count_kind != COUNT_ONE || field->optional || field->type == VALUE_STRUCT ||
	    field->type == VALUE_POINTER || field->type == VALUE_UTF16)
		return 0;
	if (field->length_kind == LENGTH_FIXED)
		return field->length;
	return field->length_kind == LENGTH_NATURAL
		       ? value_type_bytes((enum value_type)field->type, 8)
		       : 0;
}

/* False: a field of this name, type and width does not stand at a fixed place. */
static bool find_place(struct task_layout *layout, const char *name, enum value_type type,
		       size_t bytes, uint32_t *at)
{
	const struct schema *schema = layout->schema;
	uint32_t place = 0;
	size_t i;

	for (i = 0; i < schema->top_count; i++) {
		const struct field *field = &schema->fields[i];
		size_t width = fixed_bytes(field);

		if (!width)
			return false;
		if (strcmp(field->name, name) == 0) {
			*at = place;
			if (layout->seen_bytes < place + bytes)
				layout->seen_bytes = place + (uint32_t)bytes;
			return field->type == type && width == bytes;
		}
		place += (uint32_t)width;
	}
	return false;
}

static void find_seen(struct task_layout *layout, const struct task_event *row)
{
	unsigned int count = row->fields[TASK_OTHER_TID] ? 2 : 1, i;

	if (row->news != TASK_SEEN)
		return;
	for (i = 0; i < count; i++)
		if (!find_place(layout, row->fields[i ? TASK_OTHER_TID : TASK_TID], VALUE_I32,
				sizeof(uint32_t), &layout->tid_at[i]) ||
		    !find_place(layout, row->fields[i ? TASK_OTHER_COMM : TASK_COMM], VALUE_ANSI,
				TASK_COMM_BYTES, &layout->comm_at[i]))
			return;
	layout->seen_count = count;
}

/* Kernels differ in what fields are, and a session has each event once. */
static bool set_layout(struct task_layout *layout, const struct task_event *row,
		       const struct schema *schema)
{
	extraction_free(layout->extraction);
	*layout = (struct task_layout){.schema = schema, .extraction = extraction_new(schema)};
	if (layout->extraction && add_fields(layout, row)) {
		find_seen(layout, row);
		return true;
	}
	extraction_free(layout->extraction);
	*layout = (struct task_layout){0};
	return false;
}

unsigned int task_event_seen(struct task_events *events, unsigned int number,
			     const struct event_record *record, const struct schema *schema,
			     struct task_seen seen[TASK_SEEN_MAX])
{
	const struct task_layout *layout;
	unsigned int i;

	if (!number || number > ROW_COUNT)
		return 0;
	layout = &events->layouts[number - 1];
	if (layout->schema != schema || record->payload_bytes < layout->seen_bytes)
		return 0;
	for (i = 0; i < layout->seen_count; i++) {
		seen[i].tid = le32(record->payload + layout->tid_at[i]);
		seen[i].comm = record->payload + layout->comm_at[i];
	}
	return layout->seen_count;
}

static void take(struct task_said *said, enum task_field field, const struct value *value)
{
	struct value_number number;

	if (value->type == VALUE_ANSI) {
		said->texts[field] = value;
	} else if (value_number(value, &number) && number.kind != NUMBER_REAL) {
		said->has[field] = true;
		said->numbers[field] = number.u;
	}
}

bool task_event_read(struct task_events *events, unsigned int number,
		     const struct event_record *record, const struct schema *schema,
		     struct task_said *said)
{
	struct task_layout *layout;
	const struct value *value;
	size_t i;

	if (!number || number > ROW_COUNT)
		return false;
	layout = &events->layouts[number - 1];
	if (layout->schema != schema && !set_layout(layout, &rows[number - 1], schema))
		return false;
	*said = (struct task_said){.news = rows[number - 1].news};
	/* Fields in front of what does not fit are there all the same. */
	extraction_run(layout->extraction, record);
	for (i = 0; i < TASK_FIELD_COUNT; i++) {
		value = layout->slots[i] < 0
				? NULL
				: extraction_value(layout->extraction, layout->slots[i]);
		if (value)
			take(said, (enum task_field)i, value);
	}
	return true;
}
