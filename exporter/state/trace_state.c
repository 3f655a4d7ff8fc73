#include "exporter/state/trace_state.h"

#include <stdlib.h>

#include "exporter/log/log.h"
#include "exporter/machine/tasks.h"
#include "exporter/state/images.h"
#include "exporter/state/kernel_tasks.h"
#include "exporter/state/kinds.h"
#include "exporter/state/machine_names.h"
#include "exporter/state/names.h"
#include "exporter/state/processes.h"
#include "exporter/state/said.h"
#include "exporter/value/value_text.h"

#define IDLE_PID       0
#define IDLE_TID       0
#define SYSTEM_PID     4
#define NO_ID	       UINT32_MAX /* as PID or TID: not known */
#define NAME_BYTES_MAX 4096	  /* longer ones are cut */

struct trace_state {
	struct names names;
	struct processes processes;
	struct spans threads; /* of TIDs, their values are PIDs */
	struct images images;
	struct spans files; /* of objects and keys, their values are ids of names */
	struct spans comms; /* of TIDs of Linux, their values are ids of names */
	struct lookups lookups;
	struct kernel_tasks tasks;
	struct machine_names machine;
	struct text text; /* the name at hand */
	struct table_counts counts[STATE_TABLE_COUNT];
};

static const struct trace_state_limits default_limits = {
	.processes = (size_t)1 << 16,
	.threads = (size_t)1 << 20,
	.images = (size_t)1 << 18,
	.files = (size_t)1 << 20,
	.name_bytes = (size_t)64 << 20,
	.lookups = (size_t)1 << 16,
};

static void init_linux(struct trace_state *state)
{
	state->tasks = (struct kernel_tasks){
		.names = &state->names,
		.processes = &state->processes,
		.threads = &state->threads,
		.comms = &state->comms,
		.lookups = &state->lookups,
		.text = &state->text,
	};
	state->machine = (struct machine_names){
		.names = &state->names,
		.lookups = &state->lookups,
		.text = &state->text,
	};
}

static int init(struct trace_state *state, const struct trace_state_limits *limits)
{
	struct table_counts *counts = state->counts;

	text_init(&state->text, NAME_BYTES_MAX);
	init_linux(state);
	return names_init(&state->names, limits->name_bytes, &counts[STATE_NAMES]) ||
	       processes_init(&state->processes, limits->processes, &state->names,
			      &counts[STATE_PROCESSES]) ||
	       spans_init(&state->threads, limits->threads, NULL, &counts[STATE_THREADS]) ||
	       images_init(&state->images, limits->images, &counts[STATE_IMAGES]) ||
	       spans_init(&state->files, limits->files, NULL, &counts[STATE_FILES]) ||
	       spans_init(&state->comms, limits->threads, NULL, &counts[STATE_TASKS]) ||
	       lookups_init(&state->lookups, limits->lookups, &counts[STATE_LOOKUPS]);
}

struct trace_state *trace_state_new(const struct trace_state_limits *limits)
{
	struct trace_state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	if (init(state, limits ? limits : &default_limits)) {
		trace_state_free(state);
		return NULL;
	}
	return state;
}

void trace_state_free(struct trace_state *state)
{
	if (!state)
		return;
	names_done(&state->names);
	processes_done(&state->processes);
	spans_done(&state->threads);
	images_done(&state->images);
	spans_done(&state->files);
	spans_done(&state->comms);
	lookups_done(&state->lookups);
	kernel_tasks_done(&state->tasks);
	machine_names_done(&state->machine);
	text_done(&state->text);
	free(state);
}

void trace_state_look_at_machine(struct trace_state *state, bool symbols, struct log *log,
				 const char *session)
{
	struct error error;

	state->machine.looks = true;
	state->tasks.looks = tasks_are_of_the_kernel();
	if (!state->tasks.looks)
		log_line(log, LOG_WARN,
			 "this program runs in a PID namespace of its own: tasks have names only "
			 "where the trace has said them",
			 "session", session, NULL);
	if (symbols && machine_names_read_symbols(&state->machine, KERNEL_SYMBOLS_PATH, &error))
		log_line(log, LOG_WARN,
			 "functions of the kernel have no names, labels show their addresses",
			 "session", session, "err", error.text, NULL);
}

unsigned int trace_state_kind(const struct event_record *record, const struct schema *schema)
{
	if (record->kind == RECORD_FTRACE)
		return schema ? task_event_find(schema) : 0;
	return kind_find(record);
}

/* What is being learnt. */
struct lesson {
	const struct event_record *record;
	struct said said;
	enum span_news news;
	int64_t time_ns;
};

/* Counted strings may hold zeros; `is_path`: the last part of it is meant. */
static uint32_t name_id(struct trace_state *state, const struct lesson *lesson, bool is_path)
{
	struct text *text = &state->text;
	size_t length = 0, begin = 0, i;

	text_clear(text);
	if (lesson->said.name.bytes)
		value_text(&lesson->said.name, VALUE_RAW, lesson->record->kind != RECORD_EVENT,
			   text);
	while (length < text->length && text->bytes[length])
		length++;
	for (i = 0; is_path && i < length; i++)
		if (text->bytes[i] == '\\' || text->bytes[i] == '/')
			begin = i + 1;
	return length == begin ? NAME_UNKNOWN
			       : names_id(&state->names, text->bytes + begin, length - begin);
}

static void learn_process(struct trace_state *state, const struct lesson *lesson)
{
	uint32_t pid = (uint32_t)lesson->said.numbers[SAID_PID];

	if (!lesson->said.has[SAID_PID] || pid == NO_ID)
		return;
	processes_learn(&state->processes, lesson->news, pid, lesson->time_ns,
			name_id(state, lesson, true));
	if (lesson->news == SPAN_END)
		images_end_process(&state->images, pid, lesson->time_ns);
}

static void learn_thread(struct trace_state *state, const struct lesson *lesson)
{
	const struct said *said = &lesson->said;
	const struct span_key key = {.id = (uint32_t)said->numbers[SAID_TID]};

	if (said->has[SAID_TID] && said->has[SAID_PID] && key.id != NO_ID)
		spans_learn(&state->threads, lesson->news, key, lesson->time_ns,
			    (uint32_t)said->numbers[SAID_PID]);
}

/* The oldest events of images do not say whose they are: their header does. */
static void learn_image(struct trace_state *state, const struct lesson *lesson)
{
	const struct said *said = &lesson->said;
	struct image image = {
		.pid = said->has[SAID_PID] ? (uint32_t)said->numbers[SAID_PID]
					   : lesson->record->pid,
		.base = said->numbers[SAID_IMAGE_BASE],
		.bytes = said->numbers[SAID_IMAGE_BYTES],
	};

	if (!said->has[SAID_IMAGE_BASE] || !said->has[SAID_IMAGE_BYTES] || image.pid == NO_ID)
		return;
	image.name_id = name_id(state, lesson, false);
	images_learn(&state->images, lesson->news, &image, lesson->time_ns);
}

static void learn_file(struct trace_state *state, const struct lesson *lesson)
{
	static const enum said_number handles[] = {SAID_FILE_OBJECT, SAID_FILE_KEY};
	const struct said *said = &lesson->said;
	uint32_t name;
	size_t i;

	if (!said->name.bytes)
		return;
	name = name_id(state, lesson, false);
	for (i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		if (said->has[handles[i]] && said->numbers[handles[i]])
			spans_learn(&state->files, lesson->news,
				    (struct span_key){.id = said->numbers[handles[i]]},
				    lesson->time_ns, name);
}

void trace_state_learn(struct trace_state *state, unsigned int kind_number,
		       const struct event_record *record, const struct schema *schema,
		       int64_t time_ns)
{
	static void (*const learn[])(struct trace_state *, const struct lesson *) = {
		[KIND_PROCESS] = learn_process,
		[KIND_THREAD] = learn_thread,
		[KIND_IMAGE] = learn_image,
		[KIND_FILE] = learn_file,
	};
	const struct kind *kind = kind_get(kind_number);
	struct lesson lesson = {.record = record, .time_ns = time_ns};

	if (record->kind == RECORD_FTRACE) {
		if (schema)
			kernel_tasks_learn(&state->tasks, kind_number, record, schema, time_ns);
		return;
	}
	if (!kind || !schema || !said_read(record, schema, &lesson.said))
		return;
	lesson.news = (enum span_news)kind->news;
	learn[kind->subject](state, &lesson);
}

static uint32_t default_name(uint32_t pid)
{
	if (pid == IDLE_PID)
		return NAME_IDLE;
	return pid == SYSTEM_PID ? NAME_SYSTEM : NAME_UNKNOWN;
}

const struct state_name *trace_state_process(struct trace_state *state, uint32_t pid,
					     int64_t time_ns)
{
	uint32_t id = processes_name(&state->processes, pid, time_ns);

	return names_get(&state->names, id == NAME_UNKNOWN ? default_name(pid) : id);
}

uint32_t trace_state_thread_pid(struct trace_state *state, uint32_t tid, int64_t time_ns)
{
	const struct span *span =
		spans_find(&state->threads, (struct span_key){.id = tid}, time_ns);

	if (span)
		return span->value;
	return tid == IDLE_TID ? IDLE_PID : NO_ID;
}

const struct state_name *trace_state_thread_process(struct trace_state *state, uint32_t tid,
						    int64_t time_ns)
{
	return trace_state_process(state, trace_state_thread_pid(state, tid, time_ns), time_ns);
}

const struct state_name *trace_state_image(struct trace_state *state, uint32_t pid,
					   uint64_t address, int64_t time_ns)
{
	return names_get(&state->names, images_name(&state->images, pid, address, time_ns));
}

const struct state_name *trace_state_file(struct trace_state *state, uint64_t object,
					  int64_t time_ns)
{
	const struct span_key key = {.id = object};
	const struct span *span = spans_find(&state->files, key, time_ns);

	/* Lazy writes come long after the last handle was closed. */
	if (!span)
		span = spans_last(&state->files, key, time_ns);
	return names_get(&state->names, span ? span->value : NAME_UNKNOWN);
}

const struct state_name *trace_state_task(struct trace_state *state, uint32_t tid, int64_t time_ns)
{
	return names_get(&state->names, kernel_tasks_comm(&state->tasks, tid, time_ns));
}

const struct state_name *trace_state_task_process(struct trace_state *state, uint32_t tid,
						  int64_t time_ns)
{
	return names_get(&state->names, kernel_tasks_process(&state->tasks, tid, time_ns));
}

static const struct state_name *machine_name(struct trace_state *state, enum lookup_kind kind,
					     uint64_t number, int64_t time_ns)
{
	return names_get(&state->names, machine_names_id(&state->machine, kind, number, time_ns));
}

const struct state_name *trace_state_symbol(struct trace_state *state, uint64_t address,
					    int64_t time_ns)
{
	return machine_name(state, LOOKUP_SYMBOL, address, time_ns);
}

const struct state_name *trace_state_device(struct trace_state *state, uint64_t dev,
					    int64_t time_ns)
{
	return machine_name(state, LOOKUP_DEVICE, dev, time_ns);
}

const struct state_name *trace_state_irq(struct trace_state *state, uint64_t irq, int64_t time_ns)
{
	return machine_name(state, LOOKUP_IRQ, irq, time_ns);
}

bool trace_state_name_lives(const struct trace_state *state, uint32_t id, int64_t *since)
{
	return processes_name_lives(&state->processes, id, since);
}

const char *state_table_name(enum state_table table)
{
	static const char *const names[STATE_TABLE_COUNT] = {
		[STATE_PROCESSES] = "processes", [STATE_THREADS] = "threads",
		[STATE_IMAGES] = "images",	 [STATE_FILES] = "files",
		[STATE_NAMES] = "names",	 [STATE_TASKS] = "tasks",
		[STATE_LOOKUPS] = "lookups",
	};

	return names[table];
}

size_t trace_state_entries(const struct trace_state *state, enum state_table table)
{
	return table_entries(&state->counts[table]);
}

uint64_t trace_state_refused(const struct trace_state *state, enum state_table table)
{
	return atomic_load_explicit(&state->counts[table].refused, memory_order_relaxed);
}
