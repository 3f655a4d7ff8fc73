/*
 * demo_machine: the machine that the demo is a recording of: its clock, what it is going to do, and
 * its processes; shared by the parts of demo_recording.
 */
#ifndef TESTS_SUPPORT_DEMO_MACHINE_H
#define TESTS_SUPPORT_DEMO_MACHINE_H

#include "tests/support/etl_writer.h"
#include "tests/support/payload.h"
#include "tests/support/random.h"

enum {
	DEMO_PROCESSORS = 4,
	DEMO_TICKS_PER_SECOND = 10000000,
	DEMO_TICKS_PER_MS = 10000,
	DEMO_TASKS_MAX = 256,
};

struct demo_process {
	uint32_t pid, parent, session;
	const char *image, *command_line;
};

struct demo;
struct demo_task;

typedef void demo_action(struct demo *demo, const struct demo_task *task);

/* Something that will happen; what the values mean is the action's. */
struct demo_task {
	uint64_t due;
	demo_action *run;
	struct demo_process process;
	uint32_t value, count;
	uint64_t since;
};

struct demo {
	struct etl_writer *writer;
	struct random random;
	uint64_t now; /* ticks since the recording began */
	struct demo_task tasks[DEMO_TASKS_MAX];
	size_t task_count;
};

enum demo_resident {
	DEMO_SYSTEM,
	DEMO_SERVICES,
	DEMO_DNS_CLIENT,
	DEMO_DATABASE,
	DEMO_EXPLORER,
	DEMO_BROWSER,
	DEMO_SHOP,
	DEMO_REPORTS,
	DEMO_RESIDENTS,
};

/* The processes that run from the beginning to the end; their threads are pid + 4, pid + 8, ... */
extern const struct demo_process demo_residents[DEMO_RESIDENTS];

const struct demo_process *demo_any_resident(struct demo *demo);

/* Moves the clock on a little, so that no two records have the same time; in the session's clock.
 */
uint64_t demo_stamp(struct demo *demo);

uint32_t demo_processor(struct demo *demo);

/* Whether an event of this probability happens. */
bool demo_chance(struct demo *demo, uint32_t percent);

/* How busy the machine is, in thousandths of its mean. */
uint32_t demo_load(const struct demo *demo);
bool demo_in_burst(const struct demo *demo);

/* Runs the task `delay` ticks from now. */
void demo_after(struct demo *demo, uint64_t delay, const struct demo_task *task);

/* Runs the task again after a random time, on average so often in a minute at mean load. */
void demo_again(struct demo *demo, uint32_t per_minute, const struct demo_task *task);

/* The parts: what each writes at the beginning and sets going. */
void demo_kernel_begin(struct demo *demo);
void demo_network_begin(struct demo *demo);
void demo_providers_begin(struct demo *demo);
void demo_shop_begin(struct demo *demo);

#endif
