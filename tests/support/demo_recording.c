#include "tests/support/demo_recording.h"

#include <stdlib.h>

#include "tests/support/demo_machine.h"

enum {
	SECONDS = 60,
	WAVE_SECONDS = 20,
	BURST_FROM = 47,
	BURST_TO = 52,
	FULL_LOAD = 1000,
	EVENTS_LOST = 17,
	BUFFER_FLAG_EVENTS_LOST = 0x02,
	START_CLOCK = 1000000000,
};

const struct demo_process demo_residents[DEMO_RESIDENTS] = {
	[DEMO_SYSTEM] = {4, 0, 0, "System", ""},
	[DEMO_SERVICES] = {752, 660, 0, "services.exe", "C:\\Windows\\system32\\services.exe"},
	[DEMO_DNS_CLIENT] = {1932, 752, 0, "svchost.exe",
			     "C:\\Windows\\system32\\svchost.exe -k NetworkService -p -s Dnscache"},
	[DEMO_DATABASE] = {2344, 752, 0, "database.exe",
			   "\"C:\\Program Files\\Database\\database.exe\" --service"},
	[DEMO_EXPLORER] = {4120, 4088, 1, "explorer.exe", "C:\\Windows\\explorer.exe"},
	[DEMO_BROWSER] = {5236, 4120, 1, "browser.exe",
			  "\"C:\\Program Files\\Browser\\browser.exe\" --restore"},
	[DEMO_SHOP] = {6012, 752, 0, "Webshop.exe", "C:\\Apps\\Webshop\\Webshop.exe --port 8080"},
	[DEMO_REPORTS] = {6388, 752, 0, "Reports.exe", "C:\\Apps\\Reports\\Reports.exe"},
};

const struct demo_process *demo_any_resident(struct demo *demo)
{
	return &demo_residents[random_below(&demo->random, DEMO_RESIDENTS)];
}

uint64_t demo_stamp(struct demo *demo)
{
	demo->now += 1 + random_below(&demo->random, 20);
	return START_CLOCK + demo->now;
}

uint32_t demo_processor(struct demo *demo)
{
	return random_below(&demo->random, DEMO_PROCESSORS);
}

bool demo_chance(struct demo *demo, uint32_t percent)
{
	return random_below(&demo->random, 100) < percent;
}

bool demo_in_burst(const struct demo *demo)
{
	uint64_t second = demo->now / DEMO_TICKS_PER_SECOND;

	return second >= BURST_FROM && second < BURST_TO;
}

/* Up and down between 500 and 1500 in straight lines: the same on every machine. */
uint32_t demo_load(const struct demo *demo)
{
	uint64_t period = (uint64_t)WAVE_SECONDS * DEMO_TICKS_PER_SECOND;
	uint64_t at = demo->now % period;
	uint64_t height = (at < period / 2 ? at : period - at) * 2 * FULL_LOAD / period;
	uint32_t load = (uint32_t)(FULL_LOAD / 2 + height);

	return demo_in_burst(demo) ? 2 * load : load;
}

void demo_after(struct demo *demo, uint64_t delay, const struct demo_task *task)
{
	struct demo_task later = *task;

	if (demo->task_count == DEMO_TASKS_MAX)
		abort();
	later.due = demo->now + delay;
	demo->tasks[demo->task_count++] = later;
}

void demo_again(struct demo *demo, uint32_t per_minute, const struct demo_task *task)
{
	uint64_t mean = 60ull * DEMO_TICKS_PER_SECOND * FULL_LOAD / per_minute / demo_load(demo);

	demo_after(demo, 1 + random_below(&demo->random, (uint32_t)(2 * mean)), task);
}

/* What a real-time session's flush timer does; the burst is too much for one of the buffers. */
static void flush_all(struct demo *demo, const struct demo_task *task)
{
	bool lost = demo->now / DEMO_TICKS_PER_SECOND == BURST_FROM + 1;

	for (uint32_t i = 0; i < DEMO_PROCESSORS; i++)
		etl_flush(demo->writer, i, i == 0 && lost ? BUFFER_FLAG_EVENTS_LOST : 0);
	demo_after(demo, DEMO_TICKS_PER_SECOND, task);
}

/* Takes the task that is due first. */
static struct demo_task take_next(struct demo *demo)
{
	size_t first = 0;
	struct demo_task task;

	for (size_t i = 1; i < demo->task_count; i++)
		if (demo->tasks[i].due < demo->tasks[first].due)
			first = i;
	task = demo->tasks[first];
	demo->tasks[first] = demo->tasks[--demo->task_count];
	return task;
}

static void run(struct demo *demo)
{
	for (;;) {
		struct demo_task task = take_next(demo);

		if (task.due > (uint64_t)SECONDS * DEMO_TICKS_PER_SECOND)
			return;
		if (demo->now < task.due)
			demo->now = task.due;
		task.run(demo, &task);
	}
}

struct etl_writer *demo_recording_new(void)
{
	static const struct etl_writer_options options = {
		.processors = DEMO_PROCESSORS,
		.start_clock = START_CLOCK,
		.events_lost = EVENTS_LOST,
		.compressed = true,
		.session_name = "demo",
		.log_file_name = "C:\\ProgramData\\etw_exporter\\demo.etl",
	};
	struct demo *demo = calloc(1, sizeof(*demo));
	struct etl_writer *writer = etl_writer_new(&options);

	if (!demo)
		abort();
	demo->writer = writer;
	demo->random.state = 20240117;
	demo_providers_begin(demo);
	demo_kernel_begin(demo);
	demo_network_begin(demo);
	demo_shop_begin(demo);
	demo_after(demo, DEMO_TICKS_PER_SECOND, &(struct demo_task){.run = flush_all});
	run(demo);
	free(demo);
	return writer;
}
