/* TCP connections, as the kernel's TcpIp class logs them. */
#include "tests/support/demo_machine.h"

enum {
	GROUP_TCP_IP = 0x06,
	TCP_IP_VERSION = 2,

	/* Event types for IPv4; those for IPv6 are 16 above. */
	SEND = 10,
	RECEIVE = 11,
	CONNECT = 12,
	DISCONNECT = 13,
	RETRANSMIT = 14,
	ACCEPT = 15,
	IPV6 = 16,

	TRANSFERS_PER_MINUTE = 240, /* of each connection */
	CONNECTIONS = 6,
};

/* Addresses are those of RFC 5737 and RFC 3849, for documentation. */
struct connection {
	enum demo_resident owner;
	bool accepted;
	bool ipv6;
	uint16_t local_port, remote_port;
	uint8_t remote[16];
};

static const struct connection connections[CONNECTIONS] = {
	{DEMO_SHOP, true, false, 8080, 50112, {198, 51, 100, 23}},
	{DEMO_SHOP, true, false, 8080, 61340, {198, 51, 100, 77}},
	{DEMO_SHOP, false, false, 49711, 5432, {192, 0, 2, 20}},
	{DEMO_BROWSER, false, false, 51877, 443, {203, 0, 113, 9}},
	{DEMO_BROWSER, false, true, 51880, 443, {0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 0x15}},
	{DEMO_REPORTS, false, false, 50233, 1433, {192, 0, 2, 21}},
};

static void put_addresses(struct payload *payload, const struct connection *connection)
{
	static const uint8_t local[4] = {192, 0, 2, 10};
	static const uint8_t local6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10};

	payload_bytes(payload, connection->remote, connection->ipv6 ? 16 : 4);
	if (connection->ipv6)
		payload_bytes(payload, local6, sizeof(local6));
	else
		payload_bytes(payload, local, sizeof(local));
	payload_port(payload, connection->remote_port);
	payload_port(payload, connection->local_port);
}

/* What stands between the addresses and the sequence number. */
static void put_details(struct payload *payload, struct demo *demo, uint8_t type)
{
	uint32_t hundredths = (uint32_t)(demo->now / (DEMO_TICKS_PER_SECOND / 100));

	if (type == SEND) {
		payload_u32(payload, hundredths);
		payload_u32(payload, hundredths + 1);
	} else if (type == CONNECT || type == ACCEPT) {
		payload_u16(payload, 1460);
		payload_u16(payload, 1);
		payload_u16(payload, 0);
		payload_u16(payload, 1);
		payload_u32(payload, 65535);
		payload_u16(payload, 8);
		payload_u16(payload, 8);
	}
}

static void write_tcp(struct demo *demo, const struct connection *connection, uint8_t type,
		      uint32_t size)
{
	struct payload payload = {.length = 0};
	struct etl_classic record = {
		.group = GROUP_TCP_IP,
		.type = connection->ipv6 ? type + IPV6 : type,
		.version = TCP_IP_VERSION,
	};

	payload_u32(&payload, demo_residents[connection->owner].pid);
	payload_u32(&payload, size);
	put_addresses(&payload, connection);
	put_details(&payload, demo, type);
	payload_u32(&payload, 0);
	payload_u64(&payload, 0);
	record.time = demo_stamp(demo);
	record.processor = demo_processor(demo);
	record.payload = payload.bytes;
	record.payload_bytes = payload.length;
	etl_write_perfinfo(demo->writer, &record, 8);
}

static uint32_t transfer_size(struct demo *demo)
{
	if (demo_chance(demo, 30))
		return 1460 * (1 + random_below(&demo->random, 40));
	return 40 + random_below(&demo->random, 1400);
}

/* value: index of the connection; count: whether it is open. */
static void use_connection(struct demo *demo, const struct demo_task *task)
{
	const struct connection *connection = &connections[task->value];
	struct demo_task again = *task;
	uint32_t percent = random_below(&demo->random, 100);

	if (!task->count) {
		write_tcp(demo, connection, connection->accepted ? ACCEPT : CONNECT, 0);
		again.count = 1;
	} else if (percent < 4) {
		write_tcp(demo, connection, DISCONNECT, 0);
		again.count = 0;
	} else if (percent < (demo_in_burst(demo) ? 16 : 5)) {
		write_tcp(demo, connection, RETRANSMIT, 1460);
	} else {
		write_tcp(demo, connection, percent < 52 ? SEND : RECEIVE, transfer_size(demo));
	}
	demo_again(demo, TRANSFERS_PER_MINUTE, &again);
}

void demo_network_begin(struct demo *demo)
{
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		demo_again(demo, TRANSFERS_PER_MINUTE,
			   &(struct demo_task){.run = use_connection, .value = i});
}
