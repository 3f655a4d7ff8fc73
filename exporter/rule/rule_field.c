#include "exporter/rule/rule_field.h"

#include "exporter/value/value_number.h"

bool rule_field_find(const char *path, enum label_state state, const struct schema *schema,
		     struct extraction *extraction, struct rule_field *field)
{
	struct field_path found;

	*field = (struct rule_field){.kind = RULE_FIELD_NONE, .state = (uint8_t)state};
	if (header_field_find(path, &field->header)) {
		field->kind = RULE_FIELD_HEADER;
		return true;
	}
	if (!extraction || field_path_find(schema, path, &found) != FIELD_PATH_FOUND)
		return true;
	field->kind = RULE_FIELD_PAYLOAD;
	field->slot = extraction_add(extraction, &found);
	return field->slot >= 0;
}

/* A number of 32 bits; others are as good as the one that is never used. */
static uint32_t id_of(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* What has no PID has, at least, a thread that may be known. */
static uint32_t pid_of(const struct event_view *view, int64_t time_ns)
{
	const struct event_record *record = view->record;

	if (record->pid != UINT32_MAX)
		return record->pid;
	return trace_state_thread_pid(view->state, record->tid, time_ns);
}

/* On Linux the first task of a process has the process's number, so one question is enough. */
static const struct state_name *process_of(struct event_view *view, enum label_state state,
					   uint32_t id, int64_t time_ns)
{
	if (view->record->kind == RECORD_FTRACE)
		return trace_state_task_process(view->state, id, time_ns);
	if (state == LABEL_PROCESS)
		return trace_state_process(view->state, id, time_ns);
	return trace_state_thread_process(view->state, id, time_ns);
}

const struct state_name *rule_field_number_state(const struct rule_field *field,
						 struct event_view *view, uint64_t number)
{
	const enum label_state state = (enum label_state)field->state;
	int64_t time_ns;

	event_view_time(view, &time_ns);
	switch (state) {
	case LABEL_PROCESS:
	case LABEL_THREAD_PROCESS:
		return process_of(view, state, id_of(number), time_ns);
	case LABEL_COMM:
		return trace_state_task(view->state, id_of(number), time_ns);
	case LABEL_SYMBOL:
		return trace_state_symbol(view->state, number, time_ns);
	case LABEL_DEVICE:
		return trace_state_device(view->state, number, time_ns);
	case LABEL_IRQ:
		return trace_state_irq(view->state, number, time_ns);
	case LABEL_IMAGE:
		return trace_state_image(view->state, pid_of(view, time_ns), number, time_ns);
	default:
		return trace_state_file(view->state, number, time_ns);
	}
}

const struct state_name *rule_field_state(const struct rule_field *field, struct event_view *view,
					  const struct value *value)
{
	struct value_number number;

	if (!value_number(value, &number) || number.kind == NUMBER_REAL)
		return NULL;
	return rule_field_number_state(field, view, number.u);
}

static const struct value *own_value(const struct rule_field *field, struct event_view *view,
				     const struct extraction *extraction, struct made_value *made)
{
	switch (field->kind) {
	case RULE_FIELD_HEADER:
		return header_field_value(field->header, view, made) ? &made->value : NULL;
	case RULE_FIELD_PAYLOAD:
		return extraction_value(extraction, field->slot);
	default:
		return NULL;
	}
}

const struct value *rule_field_value(const struct rule_field *field, struct event_view *view,
				     const struct extraction *extraction, struct made_value *made)
{
	const struct value *value = own_value(field, view, extraction, made);
	const struct state_name *name;

	if (field->state == LABEL_PURE || !value)
		return value;
	name = rule_field_state(field, view, value);
	if (!name)
		return NULL;
	made_value_text(made, name->text, name->length);
	return &made->value;
}
