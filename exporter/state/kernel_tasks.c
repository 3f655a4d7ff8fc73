#include "exporter/state/kernel_tasks.h"

#include <string.h>

#include "exporter/machine/tasks.h"
#include "exporter/value/value_text.h"

#define IDLE_TID	0 /* of each processor */
#define IDLE_NAME	"swapper"
#define NO_TID		UINT32_MAX
#define CLONE_THREAD_OF 0x00010000u /* include/uapi/linux/sched.h: CLONE_THREAD */

/* How long a task that has ended can still be at work, until what has its number may be another. */
#define AFTERLIFE_NS ((int64_t)1000000000)

/* How long /proc is not asked again for what it did not have. */
#define ASK_AGAIN_NS ((int64_t)2000000000)

static const struct field text_field = {.type = VALUE_ANSI, .out = OUT_UTF8};

void kernel_tasks_done(struct kernel_tasks *tasks)
{
	task_events_done(&tasks->events);
}

/* What is meant at a time; `*is_old`: it had ended long before. NULL: nothing is known. */
static const struct span *find(const struct spans *spans, uint32_t id, int64_t time_ns,
			       bool *is_old)
{
	const struct span_key key = {.id = id};
	const struct span *span = spans_find(spans, key, time_ns);

	*is_old = false;
	if (span)
		return span;
	/* A task that ends still does a lot, after it has said so. */
	span = spans_last(spans, key, time_ns);
	*is_old = span && (uint64_t)time_ns - (uint64_t)span->end_ns > AFTERLIFE_NS;
	return span;
}

/* Never 0 once something was learnt. */
static uint64_t changes(const struct kernel_tasks *tasks)
{
	return tasks->threads->changes + tasks->comms->changes + tasks->processes->spans.changes;
}

static struct kept_name keep_always(const struct kernel_tasks *tasks, uint32_t tid,
				    uint32_t name_id)
{
	return (struct kept_name){INT64_MIN, INT64_MAX, changes(tasks), tid, name_id};
}

/* What a task was called at a time, by this span. */
static void keep_comm(struct kernel_tasks *tasks, uint32_t tid, const struct span *span,
		      int64_t time_ns)
{
	struct kept_name kept = keep_always(tasks, tid, span->value);

	if (kept_name_narrow(&kept, tasks->comms, span, time_ns))
		*kept_names_at(&tasks->kept_comms, tid) = kept;
}

/* Likewise its process. */
static void keep_process(struct kernel_tasks *tasks, uint32_t tid, const struct span *group,
			 const struct span *process, int64_t time_ns)
{
	struct kept_name kept = keep_always(tasks, tid, process->value);

	if (kept_name_narrow(&kept, tasks->threads, group, time_ns) &&
	    kept_name_narrow(&kept, &tasks->processes->spans, process, time_ns))
		*kept_names_at(&tasks->kept_processes, tid) = kept;
}

static uint32_t name_of(struct kernel_tasks *tasks, const struct value *value)
{
	struct text *text = tasks->text;
	size_t length = 0;

	text_clear(text);
	value_text(value, VALUE_RAW, false, text);
	while (length < text->length && text->bytes[length])
		length++;
	return names_id(tasks->names, text->bytes, length);
}

static uint32_t name_of_bytes(struct kernel_tasks *tasks, const char *bytes, size_t length)
{
	const struct value value = {.field = &text_field,
				    .bytes = (const uint8_t *)bytes,
				    .length = (uint32_t)length,
				    .type = VALUE_ANSI};

	return length ? name_of(tasks, &value) : NAME_UNKNOWN;
}

/* Whether a name has this text, up to its zero. */
static bool is_called(const struct names *names, uint32_t id, const struct value *value)
{
	const struct state_name *name = names_get(names, id);
	size_t length = strnlen((const char *)value->bytes, value->length);

	return name->length == length && memcmp(name->text, value->bytes, length) == 0;
}

/* TIDs are no larger than 2^22. */
static uint32_t tid_of(const struct task_said *said, enum task_field field)
{
	return said->has[field] && said->numbers[field] < NO_TID ? (uint32_t)said->numbers[field]
								 : NO_TID;
}

static bool is_leader(const struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns)
{
	bool is_old;
	const struct span *span = find(tasks->threads, tid, time_ns, &is_old);

	return span && !is_old && span->value == tid;
}

static uint32_t value_at(const struct spans *spans, uint32_t id, int64_t time_ns)
{
	const struct span *span = spans_find(spans, (struct span_key){.id = id}, time_ns);

	return span ? span->value : NO_TID;
}

/* From then on, or there then, it has a name, which is its process's if it is the leader. */
static void set_comm(struct kernel_tasks *tasks, enum span_news news, uint32_t tid, int64_t time_ns,
		     uint32_t name_id)
{
	if (name_id == NAME_UNKNOWN)
		return;
	if (value_at(tasks->comms, tid, time_ns) != name_id)
		spans_learn(tasks->comms, news, (struct span_key){.id = tid}, time_ns, name_id);
	if (is_leader(tasks, tid, time_ns) &&
	    value_at(&tasks->processes->spans, tid, time_ns) != name_id)
		processes_learn(tasks->processes, news, tid, time_ns, name_id);
}

static void set_group(struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns, uint32_t tgid)
{
	spans_learn(tasks->threads, SPAN_START, (struct span_key){.id = tid}, time_ns, tgid);
}

/* The most frequent of all events: nearly always it is known. */
static void see(struct kernel_tasks *tasks, uint32_t tid, const struct value *comm, int64_t time_ns)
{
	const struct kept_name *kept = kept_names_at(&tasks->kept_comms, tid);
	const struct span *known;
	bool is_old;

	if (tid == IDLE_TID || tid == NO_TID || !comm)
		return;
	if (kept_name_is_right(kept, tid, changes(tasks), time_ns) &&
	    is_called(tasks->names, kept->name_id, comm))
		return;
	known = find(tasks->comms, tid, time_ns, &is_old);
	if (!known || is_old || !is_called(tasks->names, known->value, comm))
		set_comm(tasks, SPAN_THERE, tid, time_ns, name_of(tasks, comm));
	else
		keep_comm(tasks, tid, known, time_ns);
}

/* What had this number ended some time before, though nothing has said so. */
static void end_former(struct spans *spans, uint32_t id, int64_t time_ns)
{
	const struct span_key key = {.id = id};
	const struct span *span = spans_find(spans, key, time_ns);

	if (span && span->seen_ns < time_ns - SPANS_TOLERANCE_NS)
		spans_close(spans, key, time_ns);
}

static void end_former_process(struct kernel_tasks *tasks, uint32_t pid, int64_t time_ns)
{
	const struct span *span =
		spans_find(&tasks->processes->spans, (struct span_key){.id = pid}, time_ns);

	if (span && span->seen_ns < time_ns - SPANS_TOLERANCE_NS && span->end_ns > time_ns)
		processes_learn(tasks->processes, SPAN_END, pid, time_ns, span->value);
}

static uint32_t creator_of(const struct event_record *record)
{
	return record->tid != UINT32_MAX ? record->tid : record->pid;
}

static void create(struct kernel_tasks *tasks, const struct task_said *said,
		   const struct event_record *record, int64_t time_ns)
{
	uint32_t tid = tid_of(said, TASK_TID), group = NO_TID;
	uint32_t name =
		said->texts[TASK_COMM] ? name_of(tasks, said->texts[TASK_COMM]) : NAME_UNKNOWN;

	if (tid == NO_TID)
		return;
	end_former_process(tasks, tid, time_ns);
	end_former(tasks->threads, tid, time_ns);
	end_former(tasks->comms, tid, time_ns);
	if (said->has[TASK_FLAGS])
		group = said->numbers[TASK_FLAGS] & CLONE_THREAD_OF
				? value_at(tasks->threads, creator_of(record), time_ns)
				: tid;
	if (group != NO_TID)
		set_group(tasks, tid, time_ns, group);
	set_comm(tasks, SPAN_START, tid, time_ns, name);
}

/*
 * As the kernel's begin_new_exec() names it: by the last part of the path, and as much of that as
 * fits. Of what is executed by its descriptor alone the path says nothing.
 */
static uint32_t name_of_file(struct kernel_tasks *tasks, const struct value *path)
{
	static const char by_descriptor[] = "/dev/fd/";
	const char *bytes = (const char *)path->bytes;
	size_t end = strnlen(bytes, path->length), begin = end;

	if (end >= strlen(by_descriptor) &&
	    memcmp(bytes, by_descriptor, strlen(by_descriptor)) == 0)
		return NAME_UNKNOWN;
	while (begin && bytes[begin - 1] != '/')
		begin--;
	if (end - begin >= TASK_COMM_BYTES)
		end = begin + TASK_COMM_BYTES - 1;
	return name_of_bytes(tasks, bytes + begin, end - begin);
}

/* The other threads are gone, and the one that is left has the leader's number. */
static void execute(struct kernel_tasks *tasks, const struct task_said *said, int64_t time_ns)
{
	uint32_t tid = tid_of(said, TASK_TID), old = tid_of(said, TASK_OTHER_TID);
	uint32_t name =
		said->texts[TASK_COMM] ? name_of_file(tasks, said->texts[TASK_COMM]) : NAME_UNKNOWN;

	if (tid == NO_TID)
		return;
	if (old != NO_TID && old != tid) {
		end_former(tasks->threads, old, time_ns);
		end_former(tasks->comms, old, time_ns);
	}
	if (value_at(tasks->threads, tid, time_ns) != tid)
		set_group(tasks, tid, time_ns, tid);
	set_comm(tasks, SPAN_START, tid, time_ns, name);
}

/* Some kernels do not say whose name: then it is the one that is at work. */
static void rename_task(struct kernel_tasks *tasks, const struct task_said *said,
			const struct event_record *record, int64_t time_ns)
{
	uint32_t tid = said->has[TASK_TID] ? tid_of(said, TASK_TID) : creator_of(record);

	if (tid != NO_TID && tid != IDLE_TID && said->texts[TASK_COMM])
		set_comm(tasks, SPAN_START, tid, time_ns, name_of(tasks, said->texts[TASK_COMM]));
}

/* The leader may end before other threads of its process, which newer kernels tell. */
static bool ends_process(const struct task_said *said, uint32_t tid, uint32_t tgid)
{
	return said->has[TASK_FLAGS] ? said->numbers[TASK_FLAGS] != 0 : tid == tgid;
}

static void end(struct kernel_tasks *tasks, const struct task_said *said, int64_t time_ns)
{
	uint32_t tid = tid_of(said, TASK_TID), tgid, name;

	if (tid == NO_TID || tid == IDLE_TID)
		return;
	see(tasks, tid, said->texts[TASK_COMM], time_ns);
	tgid = value_at(tasks->threads, tid, time_ns);
	if (tgid != NO_TID && ends_process(said, tid, tgid)) {
		name = value_at(&tasks->processes->spans, tgid, time_ns);
		if (name != NO_TID)
			processes_learn(tasks->processes, SPAN_END, tgid, time_ns, name);
	}
	if (tgid != NO_TID)
		spans_learn(tasks->threads, SPAN_END, (struct span_key){.id = tid}, time_ns, tgid);
	name = value_at(tasks->comms, tid, time_ns);
	if (name != NO_TID)
		spans_learn(tasks->comms, SPAN_END, (struct span_key){.id = tid}, time_ns, name);
}

/* False: this is to be read the other way. */
static bool see_at_once(struct kernel_tasks *tasks, unsigned int kind,
			const struct event_record *record, const struct schema *schema,
			int64_t time_ns)
{
	struct task_seen seen[TASK_SEEN_MAX];
	unsigned int count = task_event_seen(&tasks->events, kind, record, schema, seen), i;

	for (i = 0; i < count; i++) {
		const struct value comm = {.field = &text_field,
					   .bytes = seen[i].comm,
					   .length = TASK_COMM_BYTES,
					   .type = VALUE_ANSI};

		see(tasks, seen[i].tid, &comm, time_ns);
	}
	return count != 0;
}

void kernel_tasks_learn(struct kernel_tasks *tasks, unsigned int kind,
			const struct event_record *record, const struct schema *schema,
			int64_t time_ns)
{
	struct task_said said;

	if (see_at_once(tasks, kind, record, schema, time_ns))
		return;
	if (!task_event_read(&tasks->events, kind, record, schema, &said))
		return;
	switch (said.news) {
	case TASK_SEEN:
		see(tasks, tid_of(&said, TASK_TID), said.texts[TASK_COMM], time_ns);
		see(tasks, tid_of(&said, TASK_OTHER_TID), said.texts[TASK_OTHER_COMM], time_ns);
		break;
	case TASK_CREATED:
		create(tasks, &said, record, time_ns);
		break;
	case TASK_EXECUTED:
		execute(tasks, &said, time_ns);
		break;
	case TASK_RENAMED:
		rename_task(tasks, &said, record, time_ns);
		break;
	case TASK_ENDED:
		end(tasks, &said, time_ns);
		break;
	}
}

static void learn_answer(struct kernel_tasks *tasks, uint32_t tid, const struct task *task,
			 int64_t time_ns)
{
	const struct span_key key = {.id = tid};
	uint32_t name = name_of_bytes(tasks, task->comm, strlen(task->comm));
	bool is_old;

	/* What the trace itself says of that time is right: /proc speaks of now. */
	if (!find(tasks->threads, tid, time_ns, &is_old) || is_old)
		spans_learn(tasks->threads, SPAN_THERE, key, time_ns, task->tgid);
	if (!find(tasks->comms, tid, time_ns, &is_old) || is_old)
		spans_learn(tasks->comms, SPAN_THERE, key, time_ns, name);
	if (task->tgid == tid && (!find(&tasks->processes->spans, tid, time_ns, &is_old) || is_old))
		processes_learn(tasks->processes, SPAN_THERE, tid, time_ns, name);
}

/* Asks /proc, not too often in all, nor for one that it does not know. False: nothing is new. */
__attribute__((cold, noinline)) static bool ask(struct kernel_tasks *tasks, uint32_t tid,
						int64_t time_ns)
{
	struct lookup *lookup = lookups_find(tasks->lookups, LOOKUP_TASK, tid);
	struct task task;

	if (!tasks->looks || (lookup && !lookups_is_far(lookup->asked_ns, time_ns, ASK_AGAIN_NS)) ||
	    !lookups_may_ask(tasks->lookups))
		return false;
	if (!lookup)
		lookup = lookups_add(tasks->lookups, LOOKUP_TASK, tid);
	if (lookup)
		lookup->asked_ns = time_ns;
	if (!task_read(tid, &task))
		return false;
	learn_answer(tasks, tid, &task, time_ns);
	return true;
}

/* As find(), but what has ended long before is not meant; asks where nothing else is known. */
static const struct span *find_or_ask(struct kernel_tasks *tasks, const struct spans *spans,
				      uint32_t tid, int64_t time_ns)
{
	bool is_old;
	const struct span *span = find(spans, tid, time_ns, &is_old);

	if ((!span || is_old) && ask(tasks, tid, time_ns))
		span = find(spans, tid, time_ns, &is_old);
	return is_old ? NULL : span;
}

static uint32_t idle_name(struct kernel_tasks *tasks)
{
	if (tasks->idle_id == NAME_UNKNOWN)
		tasks->idle_id = names_id(tasks->names, IDLE_NAME, strlen(IDLE_NAME));
	return tasks->idle_id;
}

__attribute__((noinline)) static uint32_t find_comm(struct kernel_tasks *tasks, uint32_t tid,
						    int64_t time_ns)
{
	const struct span *span;

	if (tid == IDLE_TID)
		return idle_name(tasks);
	if (tid == NO_TID)
		return NAME_UNKNOWN;
	span = find_or_ask(tasks, tasks->comms, tid, time_ns);
	if (!span)
		return NAME_UNKNOWN;
	keep_comm(tasks, tid, span, time_ns);
	return span->value;
}

uint32_t kernel_tasks_comm(struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns)
{
	const struct kept_name *kept = kept_names_at(&tasks->kept_comms, tid);

	if (kept_name_is_right(kept, tid, changes(tasks), time_ns) && tid != IDLE_TID)
		return kept->name_id;
	return find_comm(tasks, tid, time_ns);
}

__attribute__((noinline)) static uint32_t find_process(struct kernel_tasks *tasks, uint32_t tid,
						       int64_t time_ns)
{
	const struct span *group, *process;
	uint32_t tgid = tid;
	bool is_old;

	if (tid == IDLE_TID || tid == NO_TID)
		return kernel_tasks_comm(tasks, tid, time_ns);
	group = find_or_ask(tasks, tasks->threads, tid, time_ns);
	if (group)
		tgid = group->value;
	process = find(&tasks->processes->spans, tgid, time_ns, &is_old);
	/* Threads may go on for long when their leader has ended. */
	if (process && (!is_old || tgid != tid)) {
		if (group)
			keep_process(tasks, tid, group, process, time_ns);
		return process->value;
	}
	process = find_or_ask(tasks, &tasks->processes->spans, tgid, time_ns);
	return process ? process->value : kernel_tasks_comm(tasks, tgid, time_ns);
}

uint32_t kernel_tasks_process(struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns)
{
	const struct kept_name *kept = kept_names_at(&tasks->kept_processes, tid);

	if (kept_name_is_right(kept, tid, changes(tasks), time_ns) && tid != IDLE_TID)
		return kept->name_id;
	return find_process(tasks, tid, time_ns);
}
