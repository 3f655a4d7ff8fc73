/* Processes, threads, images and disks, as the kernel's classic events (MSNT_SystemTrace MOF
 * classes). */
#include "tests/support/demo_machine.h"

enum {
	GROUP_DISK_IO = 0x01,
	GROUP_PROCESS = 0x03,
	GROUP_THREAD = 0x05,
	GROUP_IMAGE = 0x14,

	START = 1,
	END = 2,
	RUNDOWN_START = 3,
	IMAGE_UNLOAD = 2,
	IMAGE_LOAD = 10, /* of group Process */
	CONTEXT_SWITCH = 36,
	DISK_READ = 10,
	DISK_WRITE = 11,
	DISK_FLUSH = 14,

	PROCESS_VERSION = 4,
	THREAD_VERSION = 3,
	IMAGE_VERSION = 3,
	DISK_IO_VERSION = 3,

	STILL_ACTIVE = 259,

	SWITCHES_PER_MINUTE = 720, /* of each processor */
	DISK_PER_MINUTE = 1500,
	LAUNCHES_PER_MINUTE = 25,
};

/* A record with a process and a thread in its header. */
static void write_system(struct demo *demo, uint32_t pid, const struct etl_classic *fixed,
			 const struct payload *payload)
{
	struct etl_classic record = *fixed;

	record.time = demo_stamp(demo);
	record.processor = demo_processor(demo);
	record.pid = pid;
	record.tid = pid + 4;
	record.payload = payload->bytes;
	record.payload_bytes = payload->length;
	etl_write_system(demo->writer, &record, 8);
}

static void write_perfinfo(struct demo *demo, uint32_t processor, const struct etl_classic *fixed,
			   const struct payload *payload)
{
	struct etl_classic record = *fixed;

	record.time = demo_stamp(demo);
	record.processor = processor;
	record.payload = payload->bytes;
	record.payload_bytes = payload->length;
	etl_write_perfinfo(demo->writer, &record, 8);
}

/* A SID follows on a TOKEN_USER block of two pointers, of which the first is not 0. */
static void put_sid(struct payload *payload, const struct demo_process *process)
{
	static const uint8_t system[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
	static const uint8_t user[] = {1,    5,	   0,	 0,    0,    0,	   0,	 5,    21,   0,
				       0,    0,	   0x1b, 0x81, 0xfe, 0xae, 0x76, 0x0c, 0x7c, 0x60,
				       0x56, 0x4c, 0x8b, 0x56, 0xe9, 3,	   0,	 0};

	payload_u64(payload, 0xfffff8a000000040u + process->pid * 64ull);
	payload_u64(payload, 0);
	if (process->session)
		payload_bytes(payload, user, sizeof(user));
	else
		payload_bytes(payload, system, sizeof(system));
}

static void put_process(struct payload *payload, const struct demo_process *process,
			uint32_t exit_status)
{
	payload_u64(payload, 0xffffe00000000080u + process->pid * 1024ull);
	payload_u32(payload, process->pid);
	payload_u32(payload, process->parent);
	payload_u32(payload, process->session);
	payload_u32(payload, exit_status);
	payload_u64(payload, 0x100000002u + process->pid * 4096ull);
	payload_u32(payload, 0);
	put_sid(payload, process);
	payload_string(payload, process->image);
	payload_utf16(payload, process->command_line);
	payload_utf16(payload, "");
	payload_utf16(payload, "");
}

static void write_process(struct demo *demo, uint8_t type, const struct demo_process *process,
			  uint32_t exit_status)
{
	struct etl_classic record = {
		.group = GROUP_PROCESS, .type = type, .version = PROCESS_VERSION};
	struct payload payload = {.length = 0};

	put_process(&payload, process, exit_status);
	if (type == RUNDOWN_START)
		write_perfinfo(demo, demo_processor(demo), &record, &payload);
	else
		write_system(demo, type == START ? process->parent : process->pid, &record,
			     &payload);
}

static void write_thread(struct demo *demo, uint8_t type, uint32_t pid, uint32_t tid)
{
	struct etl_classic record = {
		.group = GROUP_THREAD, .type = type, .version = THREAD_VERSION};
	struct payload payload = {.length = 0};
	uint64_t stack = 0xfffff80005800000u + tid * 0x8000ull;

	payload_u32(&payload, pid);
	payload_u32(&payload, tid);
	payload_u64(&payload, stack);
	payload_u64(&payload, stack - 0x6000);
	payload_u64(&payload, 0x100000u + tid * 0x1000ull);
	payload_u64(&payload, 0x0f0000u + tid * 0x1000ull);
	payload_u64(&payload, 0x0f);
	payload_u64(&payload, 0x00007ff712340000u);
	payload_u64(&payload, 0x00007ff600000000u + tid * 0x2000ull);
	payload_u32(&payload, 0);
	payload_u8(&payload, 8);
	payload_u8(&payload, 5);
	payload_u8(&payload, 2);
	payload_u8(&payload, 0);
	write_system(demo, pid, &record, &payload);
}

static const char *const image_files[] = {
	"\\Device\\HarddiskVolume3\\Windows\\System32\\ntdll.dll",
	"\\Device\\HarddiskVolume3\\Windows\\System32\\kernel32.dll",
	"\\Device\\HarddiskVolume3\\Windows\\System32\\KernelBase.dll",
	"\\Device\\HarddiskVolume3\\Windows\\System32\\ucrtbase.dll",
	"\\Device\\HarddiskVolume3\\Windows\\System32\\advapi32.dll",
};

enum {
	IMAGE_FILES = sizeof(image_files) / sizeof(image_files[0]),
};

static void write_image(struct demo *demo, const struct etl_classic *record, uint32_t pid,
			uint32_t index)
{
	struct payload payload = {.length = 0};
	uint64_t base = 0x00007ffb00000000u + index * 0x200000ull;

	payload_u64(&payload, base);
	payload_u64(&payload, 0xc0000u + index * 0x10000ull);
	payload_u32(&payload, pid);
	payload_u32(&payload, 0x000d4a2bu + index * 0x1357);
	payload_u32(&payload, 0x65300000u + index * 0x2468);
	payload_u8(&payload, 12);
	payload_u8(&payload, 1);
	payload_u16(&payload, 0);
	payload_u64(&payload, base);
	for (int i = 0; i < 4; i++)
		payload_u32(&payload, 0);
	payload_utf16(&payload, image_files[index]);
	write_system(demo, pid, record, &payload);
}

static void write_images(struct demo *demo, uint8_t group, uint8_t type, uint32_t pid,
			 uint32_t count)
{
	struct etl_classic record = {.group = group, .type = type, .version = IMAGE_VERSION};

	for (uint32_t i = 0; i < count; i++)
		write_image(demo, &record, pid, i);
}

/* Most end well; some fail, and now and then one crashes. */
static uint32_t exit_status(struct demo *demo)
{
	uint32_t percent = random_below(&demo->random, 100);

	return percent < 80 ? 0 : percent < 96 ? 1 : 0xc0000005;
}

static void end_process(struct demo *demo, const struct demo_task *task)
{
	write_thread(demo, END, task->process.pid, task->process.pid + 4);
	write_images(demo, GROUP_IMAGE, IMAGE_UNLOAD, task->process.pid, task->count);
	write_process(demo, END, &task->process, exit_status(demo));
}

static void launch_process(struct demo *demo, const struct demo_task *task)
{
	static const struct demo_process programs[] = {
		{0, 0, 1, "cmd.exe", "cmd.exe /c dir"},
		{0, 0, 1, "git.exe", "git.exe fetch --all"},
		{0, 0, 1, "compiler.exe", "compiler.exe /nologo /c main.c"},
		{0, 0, 1, "powershell.exe", "powershell.exe -NoProfile -File C:\\Tools\\check.ps1"},
		{0, 0, 0, "backup.exe", "C:\\Tools\\backup.exe --incremental"},
	};
	struct demo_task end = {.run = end_process}, again = *task;

	end.process = programs[random_below(&demo->random, sizeof(programs) / sizeof(programs[0]))];
	end.process.parent =
		demo_residents[end.process.session ? DEMO_EXPLORER : DEMO_SERVICES].pid;
	end.process.pid = again.value;
	end.count = 3 + random_below(&demo->random, IMAGE_FILES - 2);
	write_process(demo, START, &end.process, STILL_ACTIVE);
	write_thread(demo, START, end.process.pid, end.process.pid + 4);
	write_images(demo, GROUP_PROCESS, IMAGE_LOAD, end.process.pid, end.count);
	demo_after(demo, DEMO_TICKS_PER_MS * (150ull + random_below(&demo->random, 6000)), &end);
	again.value += 4 * (2 + random_below(&demo->random, 20));
	demo_again(demo, LAUNCHES_PER_MINUTE, &again);
}

/* The thread that runs next: none (the idle thread) or one of a resident process. */
static uint32_t next_thread(struct demo *demo, uint32_t running)
{
	if (running && demo_chance(demo, 45))
		return 0;
	return demo_any_resident(demo)->pid + 4 * (1 + random_below(&demo->random, 3));
}

/* value: the processor; count: the thread that runs there. */
static void switch_thread(struct demo *demo, const struct demo_task *task)
{
	/* KWAIT_REASON: Executive, DelayExecution, UserRequest, WrQueue, WrLpcReceive,
	 * WrQuantumEnd. */
	static const uint8_t reasons[] = {0, 4, 6, 6, 6, 15, 15, 16, 30};
	struct etl_classic record = {
		.group = GROUP_THREAD, .type = CONTEXT_SWITCH, .version = THREAD_VERSION};
	struct payload payload = {.length = 0};
	struct demo_task again = *task;
	uint8_t reason = reasons[random_below(&demo->random, sizeof(reasons))];
	uint32_t old = task->count;

	again.count = next_thread(demo, old);
	payload_u32(&payload, again.count);
	payload_u32(&payload, old);
	payload_u8(&payload, again.count ? 8 + (uint8_t)random_below(&demo->random, 4) : 0);
	payload_u8(&payload, old ? 8 : 0);
	payload_u8(&payload, old ? 0 : 1);
	payload_u8(&payload, 0);
	payload_u8(&payload, old ? reason : 0);
	payload_u8(&payload, 0);
	payload_u8(&payload, old && reason != 30 ? 5 : old ? 1 : 2);
	payload_u8(&payload, (uint8_t)task->value);
	payload_u32(&payload, random_below(&demo->random, 20));
	payload_u32(&payload, 0);
	write_perfinfo(demo, task->value, &record, &payload);
	demo_again(demo, SWITCHES_PER_MINUTE, &again);
}

/* Disk 0 has no moving parts, disk 1 has; the burst makes both slow. */
static uint64_t disk_latency(struct demo *demo, uint32_t disk)
{
	uint64_t least = disk ? 30000 : 600, spread = disk ? 90000 : 4000;

	if (demo_in_burst(demo))
		spread *= 8;
	return least + random_below(&demo->random, (uint32_t)spread);
}

static void write_disk_flush(struct demo *demo, uint32_t disk)
{
	struct etl_classic record = {
		.group = GROUP_DISK_IO, .type = DISK_FLUSH, .version = DISK_IO_VERSION};
	struct payload payload = {.length = 0};

	payload_u32(&payload, disk);
	payload_u32(&payload, 0x60000);
	payload_u64(&payload, 2 * disk_latency(demo, disk));
	payload_u64(&payload, 0xffffe001a0000000u + random_below(&demo->random, 64) * 0x1000ull);
	payload_u32(&payload, demo_residents[DEMO_DATABASE].pid + 4);
	write_perfinfo(demo, demo_processor(demo), &record, &payload);
}

static void use_disk(struct demo *demo, const struct demo_task *task)
{
	static const uint32_t sizes[] = {512, 4096, 4096, 4096, 8192, 16384, 65536, 262144};
	bool reads = demo_chance(demo, 65);
	struct etl_classic record = {.group = GROUP_DISK_IO,
				     .type = reads ? DISK_READ : DISK_WRITE,
				     .version = DISK_IO_VERSION};
	struct payload payload = {.length = 0};
	uint32_t disk = demo_chance(demo, 20);

	payload_u32(&payload, disk);
	payload_u32(&payload, 0x20043); /* paging, not cached */
	payload_u32(&payload, sizes[random_below(&demo->random, sizeof(sizes) / sizeof(sizes[0]))]);
	payload_u32(&payload, 0);
	payload_u64(&payload, random_below(&demo->random, 1u << 26) * 4096ull);
	payload_u64(&payload, 0xfffff8a004000000u + random_below(&demo->random, 32) * 0x150ull);
	payload_u64(&payload, 0xffffe001a0000000u + random_below(&demo->random, 64) * 0x1000ull);
	payload_u64(&payload, disk_latency(demo, disk));
	payload_u32(&payload, demo_any_resident(demo)->pid + 4);
	write_perfinfo(demo, demo_processor(demo), &record, &payload);
	if (!reads && demo_chance(demo, 10))
		write_disk_flush(demo, disk);
	demo_again(demo, DISK_PER_MINUTE, task);
}

/* What ran already when the recording began. */
static void write_rundown(struct demo *demo)
{
	for (size_t i = 0; i < DEMO_RESIDENTS; i++)
		write_process(demo, RUNDOWN_START, &demo_residents[i], STILL_ACTIVE);
	for (size_t i = 0; i < DEMO_RESIDENTS; i++) {
		for (uint32_t thread = 1; thread <= 3; thread++)
			write_thread(demo, RUNDOWN_START, demo_residents[i].pid,
				     demo_residents[i].pid + 4 * thread);
		if (i != DEMO_SYSTEM)
			write_images(demo, GROUP_IMAGE, RUNDOWN_START, demo_residents[i].pid, 3);
	}
}

void demo_kernel_begin(struct demo *demo)
{
	write_rundown(demo);
	for (uint32_t i = 0; i < DEMO_PROCESSORS; i++)
		demo_again(demo, SWITCHES_PER_MINUTE,
			   &(struct demo_task){.run = switch_thread, .value = i});
	demo_again(demo, DISK_PER_MINUTE, &(struct demo_task){.run = use_disk});
	demo_again(demo, LAUNCHES_PER_MINUTE,
		   &(struct demo_task){.run = launch_process, .value = 7204});
}
