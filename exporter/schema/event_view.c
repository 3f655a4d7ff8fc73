#include "exporter/schema/event_view.h"

#include <string.h>

#include "exporter/base/bytes.h"

struct row {
	const char *name;
	struct field field; /* how the value is read and shown */
	bool is_constant;
};

static const struct row rows[] = {
	[HEADER_SESSION] = {"$session", {.type = VALUE_ANSI, .out = OUT_UTF8}, true},
	[HEADER_PROVIDER] = {"$provider", {.type = VALUE_ANSI, .out = OUT_UTF8}, true},
	[HEADER_EVENT] = {"$event", {.type = VALUE_ANSI, .out = OUT_UTF8}, true},
	[HEADER_ID] = {"$id", {.type = VALUE_U16}, true},
	[HEADER_VERSION] = {"$version", {.type = VALUE_U16}, true},
	[HEADER_OPCODE] = {"$opcode", {.type = VALUE_U8}, true},
	[HEADER_TASK] = {"$task", {.type = VALUE_U16}, false},
	[HEADER_LEVEL] = {"$level", {.type = VALUE_U8}, false},
	[HEADER_KEYWORD] = {"$keyword", {.type = VALUE_U64, .out = OUT_HEX}, false},
	[HEADER_PID] = {"$pid", {.type = VALUE_U32, .out = OUT_PID}, false},
	[HEADER_TID] = {"$tid", {.type = VALUE_U32, .out = OUT_TID}, false},
	[HEADER_CPU] = {"$cpu", {.type = VALUE_U16}, false},
	[HEADER_ACTIVITY_ID] = {"$activity_id", {.type = VALUE_GUID}, false},
	[HEADER_PROCESS] = {"$process", {.type = VALUE_ANSI, .out = OUT_UTF8}, false},
	[HEADER_PAYLOAD_BYTES] = {"$payload_bytes", {.type = VALUE_U32}, false},
};

bool header_field_find(const char *name, enum header_field *field)
{
	int i;

	for (i = 0; i < HEADER_FIELD_COUNT; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		*field = (enum header_field)i;
		return true;
	}
	return false;
}

bool header_field_is_constant(enum header_field field)
{
	return rows[field].is_constant;
}

void made_value_text(struct made_value *made, const char *text, size_t length)
{
	made->value = (struct value){
		.field = &rows[HEADER_PROCESS].field,
		.bytes = (const uint8_t *)text,
		.length = (uint32_t)length,
		.type = VALUE_ANSI,
	};
}

void header_field_template(enum header_field field, struct value *value)
{
	const struct field *row = &rows[field].field;

	*value = (struct value){
		.field = row,
		.length = (uint32_t)value_type_bytes((enum value_type)row->type, 8),
		.type = row->type,
	};
}

static void set_number(struct made_value *made, enum header_field field, uint64_t number)
{
	put_le32(made->bytes, (uint32_t)number);
	put_le32(made->bytes + 4, (uint32_t)(number >> 32));
	header_field_template(field, &made->value);
	made->value.bytes = made->bytes;
}

const struct state_name *event_view_process(struct event_view *view)
{
	const struct event_record *record = view->record;
	int64_t time_ns;

	event_view_time(view, &time_ns);
	if (record->kind == RECORD_FTRACE)
		return trace_state_task_process(view->state, record->pid, time_ns);
	if (record->pid == UINT32_MAX)
		return trace_state_thread_process(view->state, record->tid, time_ns);
	return trace_state_process(view->state, record->pid, time_ns);
}

static void set_process(struct event_view *view, struct made_value *made)
{
	const struct state_name *name = event_view_process(view);

	made_value_text(made, name->text, name->length);
}

static bool set_activity_id(const struct event_record *record, struct made_value *made)
{
	const uint8_t *id = event_record_activity_id(record);

	if (!id)
		return false;
	made->value = (struct value){
		.field = &rows[HEADER_ACTIVITY_ID].field,
		.bytes = id,
		.length = 16,
		.type = VALUE_GUID,
	};
	return true;
}

bool header_field_value(enum header_field field, struct event_view *view, struct made_value *made)
{
	const struct event_record *record = view->record;
	const struct event_type *type = view->type;

	switch (field) {
	case HEADER_SESSION:
		made_value_text(made, view->session, strlen(view->session));
		return true;
	case HEADER_PROVIDER:
		made_value_text(made, type->provider, strlen(type->provider));
		return true;
	case HEADER_EVENT:
		made_value_text(made, type->event, strlen(type->event));
		return true;
	case HEADER_ID:
		set_number(made, field, event_type_id(type));
		return true;
	case HEADER_VERSION:
		set_number(made, field, type->version);
		return true;
	case HEADER_OPCODE:
		set_number(made, field, type->opcode);
		return true;
	case HEADER_TASK:
		set_number(made, field, record->task);
		return record->kind == RECORD_EVENT;
	case HEADER_LEVEL:
		set_number(made, field, record->level);
		return record->kind == RECORD_EVENT || record->kind == RECORD_FULL ||
		       record->kind == RECORD_INSTANCE;
	case HEADER_KEYWORD:
		set_number(made, field, record->keyword);
		return record->kind == RECORD_EVENT;
	case HEADER_PID:
		set_number(made, field, record->pid);
		return record->pid != UINT32_MAX;
	case HEADER_TID:
		set_number(made, field, record->tid);
		return record->tid != UINT32_MAX;
	case HEADER_CPU:
		set_number(made, field, record->cpu);
		return true;
	case HEADER_ACTIVITY_ID:
		return set_activity_id(record, made);
	case HEADER_PROCESS:
		set_process(view, made);
		return true;
	default:
		set_number(made, HEADER_PAYLOAD_BYTES, record->payload_bytes);
		return true;
	}
}
