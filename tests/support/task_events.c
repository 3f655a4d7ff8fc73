#include "tests/support/task_events.h"

#include "tests/support/schema_rows.h"

#define COMM_BYTES 16

/* clang-format off */
#define NUMBER(name, value_type) {name, {.type = value_type}, 0}
#define COMM(name) {name, {.type = VALUE_ANSI, .out = OUT_UTF8, .length_kind = LENGTH_FIXED, \
			   .length = COMM_BYTES}, 0}
#define TEXT(name) {name, {.type = VALUE_ANSI, .out = OUT_UTF8}, 0}
#define COMMON NUMBER("common_type", VALUE_U16), NUMBER("common_flags", VALUE_U8), \
	       NUMBER("common_preempt_count", VALUE_U8), NUMBER("common_pid", VALUE_I32)
#define END {NULL, {0}, 0}

static const struct row switch_rows[] = {
	COMMON, COMM("prev_comm"), NUMBER("prev_pid", VALUE_I32), NUMBER("prev_prio", VALUE_I32),
	NUMBER("prev_state", VALUE_I64), COMM("next_comm"), NUMBER("next_pid", VALUE_I32),
	NUMBER("next_prio", VALUE_I32), END,
};
static const struct row waking_rows[] = {
	COMMON, COMM("comm"), NUMBER("pid", VALUE_I32), NUMBER("prio", VALUE_I32),
	NUMBER("target_cpu", VALUE_I32), END,
};
static const struct row fork_rows[] = {
	COMMON, NUMBER("parent_pid", VALUE_I32), NUMBER("child_pid", VALUE_I32),
	TEXT("parent_comm"), TEXT("child_comm"), END,
};
static const struct row exec_rows[] = {
	COMMON, NUMBER("pid", VALUE_I32), NUMBER("old_pid", VALUE_I32), TEXT("filename"), END,
};
static const struct row exit_rows[] = {
	COMMON, COMM("comm"), NUMBER("pid", VALUE_I32), NUMBER("prio", VALUE_I32),
	NUMBER("group_dead", VALUE_U8), END,
};
static const struct row exit_old_rows[] = {
	COMMON, COMM("comm"), NUMBER("pid", VALUE_I32), NUMBER("prio", VALUE_I32), END,
};
static const struct row newtask_rows[] = {
	COMMON, NUMBER("pid", VALUE_I32), COMM("comm"), NUMBER("clone_flags", VALUE_U64),
	NUMBER("oom_score_adj", VALUE_I16), END,
};
static const struct row rename_rows[] = {
	COMMON, NUMBER("pid", VALUE_I32), COMM("oldcomm"), COMM("newcomm"),
	NUMBER("oom_score_adj", VALUE_I16), END,
};
static const struct row rename_new_rows[] = {
	COMMON, COMM("oldcomm"), COMM("newcomm"), NUMBER("oom_score_adj", VALUE_I16), END,
};
/* clang-format on */

static const struct {
	const char *provider, *event;
	const struct row *rows;
} types[TASK_EVENT_TYPES] = {
	[SCHED_SWITCH] = {"sched", "sched_switch", switch_rows},
	[SCHED_WAKING] = {"sched", "sched_waking", waking_rows},
	[SCHED_PROCESS_FORK] = {"sched", "sched_process_fork", fork_rows},
	[SCHED_PROCESS_EXEC] = {"sched", "sched_process_exec", exec_rows},
	[SCHED_PROCESS_EXIT] = {"sched", "sched_process_exit", exit_rows},
	[SCHED_PROCESS_EXIT_OLD] = {"sched", "sched_process_exit", exit_old_rows},
	[TASK_NEWTASK] = {"task", "task_newtask", newtask_rows},
	[TASK_RENAME] = {"task", "task_rename", rename_rows},
	[TASK_RENAME_NEW] = {"task", "task_rename", rename_new_rows},
};

static struct schema *make_schema(enum task_event_type type)
{
	struct schema_builder *builder = schema_builder_new("ftrace");
	const struct row *row = types[type].rows;
	struct schema *schema;

	assert_non_null(builder);
	schema_builder_name(builder, SCHEMA_PROVIDER, types[type].provider,
			    strlen(types[type].provider));
	schema_builder_name(builder, SCHEMA_EVENT, types[type].event, strlen(types[type].event));
	for (; row->name; row++)
		schema_builder_add(builder, SCHEMA_TOP, &row->field, row->name, strlen(row->name));
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	return schema;
}

void task_event_rig_init(struct task_event_rig *rig)
{
	int i;

	memset(rig, 0, sizeof(*rig));
	for (i = 0; i < TASK_EVENT_TYPES; i++)
		rig->schemas[i] = make_schema((enum task_event_type)i);
}

void task_event_rig_done(struct task_event_rig *rig)
{
	int i;

	for (i = 0; i < TASK_EVENT_TYPES; i++)
		schema_free(rig->schemas[i]);
}

static struct payload *begin(struct task_event_rig *rig, enum task_event_type type,
			     uint32_t at_work)
{
	static const uint8_t no_guid[16];

	memset(&rig->payload, 0, sizeof(rig->payload));
	rig->schema = rig->schemas[type];
	rig->record = (struct event_record){.guid = no_guid,
					    .kind = RECORD_FTRACE,
					    .pid = at_work,
					    .tid = UINT32_MAX,
					    .pointer_bytes = 8};
	payload_u16(&rig->payload, (uint16_t)(300 + type));
	payload_u16(&rig->payload, 0);
	payload_u32(&rig->payload, at_work);
	return &rig->payload;
}

static void end(struct task_event_rig *rig)
{
	rig->record.payload = rig->payload.bytes;
	rig->record.payload_bytes = (uint32_t)rig->payload.length;
}

/* What is behind the zero is whatever was there before. */
static void put_comm(struct payload *payload, const char *comm)
{
	char bytes[COMM_BYTES];

	memset(bytes, 'x', sizeof(bytes));
	assert_true(strlen(comm) < sizeof(bytes));
	memcpy(bytes, comm, strlen(comm) + 1);
	payload_bytes(payload, bytes, sizeof(bytes));
}

void task_event_switch(struct task_event_rig *rig, uint32_t prev, const char *prev_comm,
		       uint32_t next, const char *next_comm)
{
	struct payload *payload = begin(rig, SCHED_SWITCH, prev);

	put_comm(payload, prev_comm);
	payload_u32(payload, prev);
	payload_u32(payload, 120);
	payload_u64(payload, 1);
	put_comm(payload, next_comm);
	payload_u32(payload, next);
	payload_u32(payload, 120);
	end(rig);
}

void task_event_waking(struct task_event_rig *rig, uint32_t at_work, uint32_t tid, const char *comm)
{
	struct payload *payload = begin(rig, SCHED_WAKING, at_work);

	put_comm(payload, comm);
	payload_u32(payload, tid);
	payload_u32(payload, 120);
	payload_u32(payload, 1);
	end(rig);
}

void task_event_fork(struct task_event_rig *rig, uint32_t at_work, uint32_t child,
		     const char *child_comm)
{
	struct payload *payload = begin(rig, SCHED_PROCESS_FORK, at_work);

	payload_u32(payload, at_work);
	payload_u32(payload, child);
	payload_string(payload, "parent");
	payload_string(payload, child_comm);
	end(rig);
}

void task_event_newtask(struct task_event_rig *rig, uint32_t at_work, uint32_t tid,
			const char *comm, uint64_t clone_flags)
{
	struct payload *payload = begin(rig, TASK_NEWTASK, at_work);

	payload_u32(payload, tid);
	put_comm(payload, comm);
	payload_u64(payload, clone_flags);
	payload_u16(payload, 0);
	end(rig);
}

void task_event_exec(struct task_event_rig *rig, uint32_t tid, uint32_t old_tid, const char *path)
{
	struct payload *payload = begin(rig, SCHED_PROCESS_EXEC, tid);

	payload_u32(payload, tid);
	payload_u32(payload, old_tid);
	payload_string(payload, path);
	end(rig);
}

static struct payload *begin_exit(struct task_event_rig *rig, enum task_event_type type,
				  uint32_t tid, const char *comm)
{
	struct payload *payload = begin(rig, type, tid);

	put_comm(payload, comm);
	payload_u32(payload, tid);
	payload_u32(payload, 120);
	return payload;
}

void task_event_exit(struct task_event_rig *rig, uint32_t tid, const char *comm, bool group_dead)
{
	payload_u8(begin_exit(rig, SCHED_PROCESS_EXIT, tid, comm), group_dead);
	end(rig);
}

void task_event_exit_old(struct task_event_rig *rig, uint32_t tid, const char *comm)
{
	begin_exit(rig, SCHED_PROCESS_EXIT_OLD, tid, comm);
	end(rig);
}

void task_event_rename(struct task_event_rig *rig, uint32_t at_work, uint32_t tid, const char *comm)
{
	struct payload *payload = begin(rig, TASK_RENAME, at_work);

	payload_u32(payload, tid);
	put_comm(payload, "before");
	put_comm(payload, comm);
	payload_u16(payload, 0);
	end(rig);
}

void task_event_rename_new(struct task_event_rig *rig, uint32_t at_work, const char *comm)
{
	struct payload *payload = begin(rig, TASK_RENAME_NEW, at_work);

	put_comm(payload, "before");
	put_comm(payload, comm);
	payload_u16(payload, 0);
	end(rig);
}
