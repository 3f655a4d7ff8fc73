/* Events of two providers with manifests, and their schemas, as a merged recording has them. */
#include <stdio.h>
#include <string.h>

#include "tests/support/demo_machine.h"
#include "tests/support/event_info.h"

enum {
	DNS_QUERY = 3006,
	DNS_ANSWER = 3008,
	DNS_NAME_ERROR = 9003,
	DNS_TIMEOUT = 1460,

	GC_START = 1,
	GC_END = 2,

	LEVEL_INFORMATION = 4,

	QUERIES_PER_MINUTE = 160,
	COLLECTIONS_PER_MINUTE = 45, /* of each process */
};

static const struct etl_event dns_event = {
	/* 1c95126e-7eea-49a9-a3fe-a378b03ddb4d */
	.guid = {0x6e, 0x12, 0x95, 0x1c, 0xea, 0x7e, 0xa9, 0x49, 0xa3, 0xfe, 0xa3, 0x78, 0xb0, 0x3d,
		 0xdb, 0x4d},
	.channel = 16,
	.level = LEVEL_INFORMATION,
	.keyword = 0x8000000000000000u,
};

static const struct etl_event clr_event = {
	/* e13c0d23-ccbc-4e12-931b-d9cc2eee27e4 */
	.guid = {0x23, 0x0d, 0x3c, 0xe1, 0xbc, 0xcc, 0x12, 0x4e, 0x93, 0x1b, 0xd9, 0xcc, 0x2e, 0xee,
		 0x27, 0xe4},
	.level = LEVEL_INFORMATION,
	.task = 1,
	.keyword = 1,
};

static const struct event_info schemas[] = {
	{
		.guid = dns_event.guid,
		.provider = "Microsoft-Windows-DNS-Client",
		.level_name = "win:Informational",
		.channel_name = "Microsoft-Windows-DNS-Client/Operational",
		.id = DNS_QUERY,
		.channel = 16,
		.level = LEVEL_INFORMATION,
		.keyword = 0x8000000000000000u,
		.fields = {{"QueryName", EVENT_INFO_UTF16},
			   {"QueryType", EVENT_INFO_U32},
			   {"QueryOptions", EVENT_INFO_U64},
			   {"ServerList", EVENT_INFO_UTF16},
			   {"IsNetworkQuery", EVENT_INFO_U32},
			   {"NetworkQueryIndex", EVENT_INFO_U32},
			   {"InterfaceIndex", EVENT_INFO_U32},
			   {"IsAsyncQuery", EVENT_INFO_U32}},
	},
	{
		.guid = dns_event.guid,
		.provider = "Microsoft-Windows-DNS-Client",
		.level_name = "win:Informational",
		.channel_name = "Microsoft-Windows-DNS-Client/Operational",
		.id = DNS_ANSWER,
		.channel = 16,
		.level = LEVEL_INFORMATION,
		.keyword = 0x8000000000000000u,
		.fields = {{"QueryName", EVENT_INFO_UTF16},
			   {"QueryType", EVENT_INFO_U32},
			   {"QueryOptions", EVENT_INFO_U64},
			   {"QueryStatus", EVENT_INFO_U32},
			   {"QueryResults", EVENT_INFO_UTF16}},
	},
	{
		.guid = clr_event.guid,
		.provider = "Microsoft-Windows-DotNETRuntime",
		.level_name = "win:Informational",
		.task_name = "GarbageCollection",
		.opcode_name = "win:Start",
		.id = GC_START,
		.version = 2,
		.level = LEVEL_INFORMATION,
		.opcode = 1,
		.task = 1,
		.keyword = 1,
		.fields = {{"Count", EVENT_INFO_U32},
			   {"Depth", EVENT_INFO_U32},
			   {"Reason", EVENT_INFO_U32},
			   {"Type", EVENT_INFO_U32},
			   {"ClrInstanceID", EVENT_INFO_U16},
			   {"ClientSequenceNumber", EVENT_INFO_U64}},
	},
	{
		.guid = clr_event.guid,
		.provider = "Microsoft-Windows-DotNETRuntime",
		.level_name = "win:Informational",
		.task_name = "GarbageCollection",
		.opcode_name = "win:Stop",
		.id = GC_END,
		.version = 1,
		.level = LEVEL_INFORMATION,
		.opcode = 2,
		.task = 1,
		.keyword = 1,
		.fields = {{"Count", EVENT_INFO_U32},
			   {"Depth", EVENT_INFO_U32},
			   {"ClrInstanceID", EVENT_INFO_U16}},
	},
};

static void write_event(struct demo *demo, const struct demo_process *process,
			struct etl_event *event, const struct payload *payload)
{
	event->time = demo_stamp(demo);
	event->processor = demo_processor(demo);
	event->pid = process->pid;
	event->tid = process->pid + 8;
	event->payload = payload->bytes;
	event->payload_bytes = payload->length;
	etl_write_event(demo->writer, event, 8);
}

/* A name that is asked for, and the last part of its address; 0: there is none. */
struct domain {
	const char *name;
	uint32_t host;
};

static const struct domain domains[] = {
	{"www.example.com", 10},     {"www.example.com", 10},	    {"cdn.example.net", 34},
	{"cdn.example.net", 34},     {"api.example.org", 87},	    {"login.example.com", 12},
	{"updates.example.net", 66}, {"telemetry.example.org", 91}, {"db.corp.example", 20},
	{"wpad.corp.example", 0},    {"printer.corp.example", 0},
};

/* value: index of the domain; count: type of the record (1: A, 28: AAAA). */
static void answer_query(struct demo *demo, const struct demo_task *task)
{
	const struct domain *domain = &domains[task->value];
	struct etl_event event = dns_event;
	struct payload payload = {.length = 0};
	uint32_t status = domain->host ? 0 : DNS_NAME_ERROR;
	char results[64] = "";

	if (demo_chance(demo, demo_in_burst(demo) ? 15 : 1))
		status = DNS_TIMEOUT;
	if (status == 0)
		snprintf(results, sizeof(results),
			 task->count == 1 ? "203.0.113.%u;" : "2001:db8:1::%u;", domain->host);
	payload_utf16(&payload, domain->name);
	payload_u32(&payload, task->count);
	payload_u64(&payload, 0x40026000);
	payload_u32(&payload, status);
	payload_utf16(&payload, results);
	event.id = DNS_ANSWER;
	write_event(demo, &task->process, &event, &payload);
}

static void ask_query(struct demo *demo, const struct demo_task *task)
{
	static const enum demo_resident askers[] = {DEMO_BROWSER, DEMO_BROWSER, DEMO_SHOP,
						    DEMO_DNS_CLIENT};
	struct demo_task answer = {.run = answer_query};
	struct etl_event event = dns_event;
	struct payload payload = {.length = 0};
	uint64_t slowest_ms = demo_in_burst(demo) ? 400 : 60;

	answer.process = demo_residents[askers[random_below(&demo->random, 4)]];
	answer.value = random_below(&demo->random, sizeof(domains) / sizeof(domains[0]));
	answer.count = demo_chance(demo, 30) ? 28 : 1;
	payload_utf16(&payload, domains[answer.value].name);
	payload_u32(&payload, answer.count);
	payload_u64(&payload, 0x40026000);
	payload_utf16(&payload, "192.0.2.53;");
	payload_u32(&payload, 1);
	payload_u32(&payload, 0);
	payload_u32(&payload, 7);
	payload_u32(&payload, 0);
	event.id = DNS_QUERY;
	write_event(demo, &answer.process, &event, &payload);
	demo_after(demo,
		   DEMO_TICKS_PER_MS +
			   random_below(&demo->random, (uint32_t)slowest_ms * DEMO_TICKS_PER_MS),
		   &answer);
	demo_again(demo, QUERIES_PER_MINUTE, task);
}

static void start_collection(struct demo *demo, const struct demo_task *task);

/* value: how many collections there were; count: the generation. */
static void end_collection(struct demo *demo, const struct demo_task *task)
{
	struct etl_event event = clr_event;
	struct payload payload = {.length = 0};
	struct demo_task next = *task;

	payload_u32(&payload, task->value);
	payload_u32(&payload, task->count);
	payload_u16(&payload, 9);
	event.id = GC_END;
	event.version = 1;
	event.opcode = 2;
	write_event(demo, &task->process, &event, &payload);
	next.run = start_collection;
	demo_again(demo, COLLECTIONS_PER_MINUTE, &next);
}

/* A process has one collection at a time. */
static void start_collection(struct demo *demo, const struct demo_task *task)
{
	static const uint32_t longest_us[] = {2500, 9000, 120000};
	uint32_t percent = random_below(&demo->random, 100);
	struct etl_event event = clr_event;
	struct payload payload = {.length = 0};
	struct demo_task end = *task;

	end.run = end_collection;
	end.value++;
	end.count = percent < 75 ? 0 : percent < 92 ? 1 : 2;
	payload_u32(&payload, end.value);
	payload_u32(&payload, end.count);
	payload_u32(&payload, end.count == 2 && demo_chance(demo, 20) ? 1 : 0);
	payload_u32(&payload, end.count == 2 ? 1 : 0); /* in the background */
	payload_u16(&payload, 9);
	payload_u64(&payload, 0);
	event.id = GC_START;
	event.version = 2;
	event.opcode = 1;
	write_event(demo, &task->process, &event, &payload);
	demo_after(demo, 3000 + random_below(&demo->random, 10 * longest_us[end.count]), &end);
}

void demo_providers_begin(struct demo *demo)
{
	struct demo_task collection = {.run = start_collection};

	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		etl_write_event_info(demo->writer, demo_stamp(demo), 0, &schemas[i]);
	demo_again(demo, QUERIES_PER_MINUTE, &(struct demo_task){.run = ask_query});
	collection.process = demo_residents[DEMO_SHOP];
	demo_again(demo, COLLECTIONS_PER_MINUTE, &collection);
	collection.process = demo_residents[DEMO_REPORTS];
	demo_again(demo, COLLECTIONS_PER_MINUTE, &collection);
}
