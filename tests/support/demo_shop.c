/* A web shop that describes its own events (TraceLoggingProvider.h): what stands in the extended
 * items. */
#include <string.h>

#include "tests/support/demo_machine.h"
#include "tests/support/little_endian.h"

enum {
	ITEM_SCHEMA_TL = 11,
	ITEM_PROVIDER_TRAITS = 12,
	CHANNEL_TRACE_LOGGING = 11,
	LEVEL_WARNING = 3,
	LEVEL_INFORMATION = 4,
	KEYWORD_REQUESTS = 1,
	KEYWORD_CACHE = 2,

	/* In-types of fields; 0x80: an out-type follows. */
	UTF16 = 1,
	STRING = 2,
	U16 = 6,
	U32 = 8,
	U64 = 10,
	F64 = 12,
	U8_BOOLEAN = 4 | 0x80,
	OUT_BOOLEAN = 3,

	REQUESTS_PER_MINUTE = 700,
	FIELDS_MAX = 8,
};

struct shop_field {
	const char *name; /* NULL after the last */
	uint8_t type;
};

struct shop_event {
	const char *name;
	uint8_t level;
	uint64_t keyword;
	struct shop_field fields[FIELDS_MAX];
};

static const struct shop_event request_event = {
	.name = "Request",
	.level = LEVEL_INFORMATION,
	.keyword = KEYWORD_REQUESTS,
	.fields = {{"method", STRING},
		   {"route", UTF16},
		   {"status", U16},
		   {"durationMs", F64},
		   {"responseBytes", U32},
		   {"signedIn", U8_BOOLEAN}},
};

static const struct shop_event order_event = {
	.name = "OrderPlaced",
	.level = LEVEL_INFORMATION,
	.keyword = KEYWORD_REQUESTS,
	.fields = {{"country", UTF16}, {"items", U16}, {"amount", F64}},
};

static const struct shop_event cache_event = {
	.name = "CacheStatistics",
	.level = LEVEL_INFORMATION,
	.keyword = KEYWORD_CACHE,
	.fields = {{"hits", U64}, {"misses", U64}, {"entries", U32}},
};

static const struct shop_event error_event = {
	.name = "RequestFailed",
	.level = LEVEL_WARNING,
	.keyword = KEYWORD_REQUESTS,
	.fields = {{"route", UTF16}, {"message", UTF16}, {"attempt", U32}},
};

/* Both items begin with their size. */
static void put_traits(struct payload *item)
{
	payload_u16(item, 0);
	payload_string(item, "Demo.Webshop");
	put_le16(item->bytes, (uint16_t)item->length);
}

static void put_schema(struct payload *item, const struct shop_event *event)
{
	payload_u16(item, 0);
	payload_u8(item, 0);
	payload_string(item, event->name);
	for (size_t i = 0; i < FIELDS_MAX && event->fields[i].name; i++) {
		payload_string(item, event->fields[i].name);
		payload_u8(item, event->fields[i].type);
		if (event->fields[i].type == U8_BOOLEAN)
			payload_u8(item, OUT_BOOLEAN);
	}
	put_le16(item->bytes, (uint16_t)item->length);
}

static void write_event(struct demo *demo, const struct shop_event *event,
			const struct payload *payload)
{
	struct payload traits = {.length = 0}, schema = {.length = 0};
	struct etl_item items[2] = {{.type = ITEM_PROVIDER_TRAITS}, {.type = ITEM_SCHEMA_TL}};
	struct etl_event record = {
		/* 0681a4da-866d-50d4-14ce-54943a21bcde: made from the name, as for EventSource. */
		.guid = {0xda, 0xa4, 0x81, 0x06, 0x6d, 0x86, 0xd4, 0x50, 0x14, 0xce, 0x54, 0x94,
			 0x3a, 0x21, 0xbc, 0xde},
		.pid = demo_residents[DEMO_SHOP].pid,
		.tid = demo_residents[DEMO_SHOP].pid + 12,
		.channel = CHANNEL_TRACE_LOGGING,
		.level = event->level,
		.keyword = event->keyword,
		.items = items,
		.item_count = 2,
		.payload = payload->bytes,
		.payload_bytes = payload->length,
	};

	put_traits(&traits);
	put_schema(&schema, event);
	items[0].data = traits.bytes;
	items[0].bytes = traits.length;
	items[1].data = schema.bytes;
	items[1].bytes = schema.length;
	record.time = demo_stamp(demo);
	record.processor = demo_processor(demo);
	etl_write_event(demo->writer, &record, 8);
}

struct route {
	const char *method, *path;
	uint32_t usual_us; /* of its duration */
	uint32_t bytes;
};

static const struct route routes[] = {
	{"GET", "/", 4000, 18000},
	{"GET", "/products", 9000, 42000},
	{"GET", "/products/{id}", 6000, 15000},
	{"GET", "/products/{id}", 6000, 15000},
	{"GET", "/images/{file}", 1500, 180000},
	{"GET", "/images/{file}", 1500, 180000},
	{"POST", "/cart", 12000, 900},
	{"POST", "/checkout", 60000, 2500},
};

static void write_order(struct demo *demo)
{
	static const char *const countries[] = {"DE", "DE", "FR", "NL", "AT", "ES"};
	struct payload payload = {.length = 0};

	payload_utf16(&payload, countries[random_below(&demo->random, 6)]);
	payload_u16(&payload, (uint16_t)(1 + random_below(&demo->random, 5)));
	payload_f64(&payload, (500 + random_below(&demo->random, 20000)) / 100.0);
	write_event(demo, &order_event, &payload);
}

static void write_failure(struct demo *demo, const struct route *route)
{
	struct payload payload = {.length = 0};

	payload_utf16(&payload, route->path);
	payload_utf16(&payload, "database: connection timed out");
	payload_u32(&payload, 1 + random_below(&demo->random, 3));
	write_event(demo, &error_event, &payload);
}

static uint16_t request_status(struct demo *demo)
{
	uint32_t percent = random_below(&demo->random, 100);

	if (percent < (demo_in_burst(demo) ? 12 : 1))
		return 503;
	return percent < 15 ? 304 : percent < 19 ? 404 : 200;
}

/* The usual time and half of it more or less; now and then, and in the burst, many times that. */
static double request_ms(struct demo *demo, const struct route *route)
{
	uint32_t us = route->usual_us / 2 + random_below(&demo->random, route->usual_us);

	if (demo_in_burst(demo))
		us *= 4;
	if (demo_chance(demo, 2))
		us *= 10;
	return us / 1000.0;
}

static void serve_request(struct demo *demo, const struct demo_task *task)
{
	const struct route *route =
		&routes[random_below(&demo->random, sizeof(routes) / sizeof(routes[0]))];
	struct payload payload = {.length = 0};
	uint16_t status = request_status(demo);

	payload_string(&payload, route->method);
	payload_utf16(&payload, route->path);
	payload_u16(&payload, status);
	payload_f64(&payload, request_ms(demo, route));
	payload_u32(&payload, status == 200
				      ? route->bytes / 2 + random_below(&demo->random, route->bytes)
				      : 0);
	payload_u8(&payload, demo_chance(demo, 40));
	write_event(demo, &request_event, &payload);
	if (status == 503)
		write_failure(demo, route);
	else if (status == 200 && strcmp(route->path, "/checkout") == 0)
		write_order(demo);
	demo_again(demo, REQUESTS_PER_MINUTE, task);
}

/* since: the hits so far; value: the misses so far. */
static void report_cache(struct demo *demo, const struct demo_task *task)
{
	struct payload payload = {.length = 0};
	struct demo_task again = *task;

	again.since += demo_load(demo) / 5 + random_below(&demo->random, 20);
	again.value += demo_load(demo) / 60 + random_below(&demo->random, 5);
	payload_u64(&payload, again.since);
	payload_u64(&payload, again.value);
	payload_u32(&payload, 1800 + random_below(&demo->random, 200));
	write_event(demo, &cache_event, &payload);
	demo_after(demo, DEMO_TICKS_PER_SECOND, &again);
}

void demo_shop_begin(struct demo *demo)
{
	demo_again(demo, REQUESTS_PER_MINUTE, &(struct demo_task){.run = serve_request});
	demo_after(demo, DEMO_TICKS_PER_SECOND / 2, &(struct demo_task){.run = report_cache});
}
