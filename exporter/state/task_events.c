#include "exporter/state/task_events.h"

#include <string.h>

#include "exporter/value_number.h"

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

/* Kernels differ in what fields are, and a session has each event once. */
static bool set_layout(struct task_layout *layout, const struct task_event *row,
		       const struct schema *schema)
{
	extraction_free(layout->extraction);
	*layout = (struct task_layout){.schema = schema, .extraction = extraction_new(schema)};
	if (layout->extraction && add_fields(layout, row))
		return true;
	extraction_free(layout->extraction);
	*layout = (struct task_layout){0};
	return false;
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
