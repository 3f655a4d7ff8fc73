#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/mof.h"
#include "exporter/decoder/kernel_classes.h"
#include "tests/support/fields_text.h"
#include "tests/support/payload.h"

#define EVENT_TRACE   "68fdd900-4a3e-11d1-84f4-0000f80464e3"
#define PROCESS	      "3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c"
#define THREAD	      "3d6fa8d1-fe05-11d0-9dda-00c04fd7ba7c"
#define IMAGE	      "2cb15d1d-5fc1-11d2-abe1-00a0c911f518"
#define DISK_IO	      "3d6fa8d4-fe05-11d0-9dda-00c04fd7ba7c"
#define FILE_IO	      "90cbdc39-4a3e-11d1-84f4-0000f80464e3"
#define TCP_IP	      "9a280ac0-c8e0-11d1-84e2-00c04fb998a2"
#define UDP_IP	      "bf3a50c5-a9c9-4988-a005-2df0b7c80f80"
#define OBJECT	      "89497f50-effe-4440-8cf2-ce6b1cdcaca7"
#define PERF_INFO     "ce1dbfb4-137e-4da6-87b0-3f59aa102cbc"
#define STACK_WALK    "def2fe46-7bd6-4b80-bd94-f57fe20d0ce3"
#define SYSTEM_CONFIG "01853a65-418f-4f36-aefc-dc0f1d2fd235"
#define HEAP	      "222962ab-6180-4b88-a825-346b75f2a24a"
#define LOST_EVENT    "6a399ae0-4bc6-4de9-870b-3657f8947e7e"

static const uint8_t local_system[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

static struct schema *schema_of(const char *class, unsigned version, unsigned type)
{
	struct guid guid;

	assert_true(guid_parse(class, &guid));
	return mof_schema_new(&guid, (uint16_t)version, (uint8_t)type);
}

static enum payload_result visit(const char *class, unsigned version, unsigned type,
				 const struct payload *payload, size_t pointer_bytes,
				 const char *expected)
{
	struct schema *schema = schema_of(class, version, type);
	enum payload_result result;
	char *fields;

	assert_non_null(schema);
	fields = fields_text(schema, payload->bytes, payload->length, pointer_bytes, &result);
	if (expected)
		assert_string_equal(fields, expected);
	free(fields);
	schema_free(schema);
	return result;
}

static void assert_fields(const char *class, unsigned version, unsigned type,
			  const struct payload *payload, size_t pointer_bytes, const char *expected)
{
	assert_int_equal(visit(class, version, type, payload, pointer_bytes, expected), PAYLOAD_OK);
}

static void put_pointer(struct payload *payload, size_t pointer_bytes, uint64_t value)
{
	if (pointer_bytes == 8)
		payload_u64(payload, value);
	else
		payload_u32(payload, (uint32_t)value);
}

/* What stands before the SID of a Process event of version 3. */
static void put_process(struct payload *payload, size_t pointer_bytes)
{
	put_pointer(payload, pointer_bytes, 0x1000);
	payload_u32(payload, 17);
	payload_u32(payload, 4);
	payload_u32(payload, 1);
	payload_u32(payload, UINT32_MAX);
	put_pointer(payload, pointer_bytes, 0x2000);
}

static void put_token_user(struct payload *payload, size_t pointer_bytes, uint64_t sid_address)
{
	put_pointer(payload, pointer_bytes, sid_address);
	put_pointer(payload, pointer_bytes, 0);
	payload_bytes(payload, local_system, sizeof(local_system));
}

static void put_names(struct payload *payload)
{
	payload_string(payload, "cmd.exe");
	payload_utf16(payload, "cmd /c");
}

#define PROCESS_BEFORE_SID                                                            \
	"{\"UniqueProcessKey\":4096,\"ProcessId\":17,\"ParentId\":4,\"SessionId\":1," \
	"\"ExitStatus\":-1,\"DirectoryTableBase\":8192,"
#define PROCESS_NAMES "\"ImageFileName\":\"cmd.exe\",\"CommandLine\":\"cmd /c\""

static void a_schema_has_the_names_of_class_and_type(void **state)
{
	struct schema *schema = schema_of(PROCESS, 4, 39);

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->source, "kernel");
	assert_string_equal(schema->provider, "Process");
	assert_string_equal(schema->event, "Defunct");
	schema_free(schema);
}

static void what_is_not_documented_has_no_schema(void **state)
{
	(void)state;
	assert_null(schema_of("00000000-0000-0000-0000-000000000000", 2, 1));
	assert_null(schema_of("bf6ef1cb-89b5-490a-80ac-b180cfbcff0f", 0, 33));
	assert_null(schema_of(PROCESS, 4, 200));
	assert_null(schema_of(THREAD, 0, 36));
}

static void a_higher_version_than_documented_has_no_schema(void **state)
{
	(void)state;
	assert_null(schema_of(PROCESS, 5, 1));
	assert_null(schema_of(PROCESS, 256 + 4, 1));
	assert_null(schema_of(PROCESS, UINT16_MAX, 1));
	assert_null(schema_of(STACK_WALK, 3, 32));
}

static void a_type_of_which_only_the_name_is_known_has_no_schema(void **state)
{
	struct guid guid;

	(void)state;
	assert_true(guid_parse(HEAP, &guid));
	assert_string_equal(kernel_event_name(kernel_class_find(&guid), 2, 33), "Alloc");
	for (unsigned version = 0; version <= 8; version++)
		assert_null(schema_of(HEAP, version, 33));
}

static void a_process_has_pointers_of_its_writer(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		put_process(&payload, pointer_bytes);
		payload_u32(&payload, 3);
		put_token_user(&payload, pointer_bytes, 0x3000);
		put_names(&payload);
		payload_utf16(&payload, "");
		payload_utf16(&payload, "app");
		assert_fields(PROCESS, 4, 1, &payload, pointer_bytes,
			      PROCESS_BEFORE_SID
			      "\"Flags\":3,\"UserSID\":\"S-1-5-18\"," PROCESS_NAMES
			      ",\"PackageFullName\":\"\",\"ApplicationId\":\"app\"}");
	}
}

static void a_process_without_a_sid_has_four_zero_bytes(void **state)
{
	struct payload payload = {0};

	(void)state;
	put_process(&payload, 8);
	payload_u32(&payload, 0);
	put_names(&payload);
	assert_fields(PROCESS, 3, 3, &payload, 8,
		      PROCESS_BEFORE_SID "\"UserSID\":null," PROCESS_NAMES "}");
}

static void a_sid_behind_zeros_is_found(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		put_process(&payload, pointer_bytes);
		put_token_user(&payload, pointer_bytes, 0);
		put_names(&payload);
		assert_fields(PROCESS, 3, 3, &payload, pointer_bytes,
			      PROCESS_BEFORE_SID "\"UserSID\":\"S-1-5-18\"," PROCESS_NAMES "}");
	}
}

static void pointers_of_the_other_size_are_found(void **state)
{
	struct payload payload = {0};

	(void)state;
	put_process(&payload, 8);
	put_token_user(&payload, 8, 0x3000);
	put_names(&payload);
	assert_fields(PROCESS, 3, 3, &payload, 4,
		      PROCESS_BEFORE_SID "\"UserSID\":\"S-1-5-18\"," PROCESS_NAMES "}");
}

static void a_sid_with_too_many_authorities_is_short(void **state)
{
	struct payload payload = {0};

	(void)state;
	put_process(&payload, 8);
	payload_u64(&payload, 0x3000);
	payload_u64(&payload, 0);
	payload_u8(&payload, 1);
	payload_u8(&payload, 16);
	payload_bytes(&payload, &(uint8_t[256]){0}, 256);
	assert_int_equal(visit(PROCESS, 3, 3, &payload, 8, NULL), PAYLOAD_SHORT);
}

static void a_thread_may_lack_its_name(void **state)
{
	static const char before[] =
		"{\"ProcessId\":17,\"TThreadId\":18,\"StackBase\":0,\"StackLimit\":1,"
		"\"UserStackBase\":2,\"UserStackLimit\":3,\"Affinity\":4,\"Win32StartAddr\":5,"
		"\"TebBase\":6,\"SubProcessTag\":7,\"BasePriority\":8,\"PagePriority\":5,"
		"\"IoPriority\":2,\"ThreadFlags\":0";
	struct payload payload = {0};
	char expected[512];

	(void)state;
	payload_u32(&payload, 17);
	payload_u32(&payload, 18);
	for (unsigned i = 0; i < 7; i++)
		payload_u64(&payload, i);
	payload_u32(&payload, 7);
	payload_bytes(&payload, "\x08\x05\x02", 4);
	snprintf(expected, sizeof(expected), "%s}", before);
	assert_fields(THREAD, 3, 1, &payload, 8, expected);
	payload_utf16(&payload, "worker");
	snprintf(expected, sizeof(expected), "%s,\"ThreadName\":\"worker\"}", before);
	assert_fields(THREAD, 3, 1, &payload, 8, expected);
	assert_fields(THREAD, 4, 1, &payload, 8, expected);
}

static void a_context_switch_has_signed_priorities(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, 101);
	payload_u32(&payload, 102);
	payload_bytes(&payload, "\xff\x08\x01\x00\x06\x00\x05\x02", 8);
	payload_u32(&payload, 9);
	payload_u32(&payload, 0);
	assert_fields(THREAD, 4, 36, &payload, 8,
		      "{\"NewThreadId\":101,\"OldThreadId\":102,\"NewThreadPriority\":-1,"
		      "\"OldThreadPriority\":8,\"PreviousCState\":1,\"SpareByte\":0,"
		      "\"OldThreadWaitReason\":6,\"ThreadFlags\":0,\"OldThreadState\":5,"
		      "\"OldThreadWaitIdealProcessor\":2,\"NewThreadWaitTime\":9,\"Reserved\":0}");
}

static void an_image_has_the_layout_of_its_version(void **state)
{
	struct payload old = {0}, new = {0};

	(void)state;
	payload_u32(&old, 0x400000);
	payload_u32(&old, 0x1000);
	payload_utf16(&old, "a.dll");
	assert_fields(IMAGE, 0, 10, &old, 4,
		      "{\"BaseAddress\":4194304,\"ModuleSize\":4096,\"ImageFileName\":\"a.dll\"}");
	payload_u64(&new, 0x400000);
	payload_u64(&new, 0x1000);
	payload_u32(&new, 17);
	payload_u32(&new, 1);
	payload_u32(&new, 2);
	payload_bytes(&new, "\x03\x04\x05\x00", 4);
	payload_u64(&new, 6);
	for (unsigned i = 7; i < 11; i++)
		payload_u32(&new, i);
	payload_utf16(&new, "a.dll");
	assert_fields(IMAGE, 3, 10, &new, 8,
		      "{\"ImageBase\":4194304,\"ImageSize\":4096,\"ProcessId\":17,"
		      "\"ImageChecksum\":1,\"TimeDateStamp\":2,\"SignatureLevel\":3,"
		      "\"SignatureType\":4,\"Reserved0\":5,\"DefaultBase\":6,\"Reserved1\":7,"
		      "\"Reserved2\":8,\"Reserved3\":9,\"Reserved4\":10,\"FileName\":\"a.dll\"}");
}

static void a_disk_read_has_pointers_of_its_writer(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		payload_u32(&payload, 1);
		payload_u32(&payload, 2);
		payload_u32(&payload, 512);
		payload_u32(&payload, 0);
		payload_u64(&payload, UINT64_C(1) << 40);
		put_pointer(&payload, pointer_bytes, 3);
		put_pointer(&payload, pointer_bytes, 4);
		payload_u64(&payload, 99);
		payload_u32(&payload, 5);
		assert_fields(DISK_IO, 3, 10, &payload, pointer_bytes,
			      "{\"DiskNumber\":1,\"IrpFlags\":2,\"TransferSize\":512,"
			      "\"Reserved\":0,\"ByteOffset\":1099511627776,\"FileObject\":3,"
			      "\"Irp\":4,\"HighResResponseTime\":99,\"IssuingThreadId\":5}");
	}
}

static void a_cut_payload_is_short(void **state)
{
	struct payload payload = {0};

	(void)state;
	for (payload.length = 0; payload.length < 52; payload.length++)
		assert_int_equal(visit(DISK_IO, 3, 10, &payload, 8, NULL),
				 payload.length == 44 ? PAYLOAD_OK : PAYLOAD_SHORT);
	assert_int_equal(visit(DISK_IO, 3, 10, &payload, 8, NULL), PAYLOAD_OK);
	payload.length++;
	assert_int_equal(visit(DISK_IO, 3, 10, &payload, 8, NULL), PAYLOAD_LEFTOVER);
}

static void a_file_creation_has_its_path_last(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u64(&payload, 1);
	payload_u64(&payload, 2);
	payload_u32(&payload, 18);
	payload_u32(&payload, 3);
	payload_u32(&payload, 4);
	payload_u32(&payload, 5);
	payload_utf16(&payload, "\\a\xc3\xa4");
	assert_fields(FILE_IO, 3, 64, &payload, 8,
		      "{\"IrpPtr\":1,\"FileObject\":2,\"TTID\":18,\"CreateOptions\":3,"
		      "\"FileAttributes\":4,\"ShareAccess\":5,\"OpenPath\":\"\\\\a\xc3\xa4\"}");
}

/* What the class documents, and what kernels of 64 bits write behind it. */
static void a_file_read_may_have_flags_behind_the_documented_ones(void **state)
{
	static const struct {
		size_t pointer_bytes;
		bool extra;
		const char *expected;
	} rows[] = {
		{4, false, "}"},
		{4, true, ",\"ExtraFlags\":7}"},
		{8, false, "}"},
		{8, true, ",\"ExtraFlags\":7}"},
	};
	char expected[160];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct payload payload = {0};

		payload_u64(&payload, 512);
		put_pointer(&payload, rows[i].pointer_bytes, 1);
		put_pointer(&payload, rows[i].pointer_bytes, 2);
		put_pointer(&payload, rows[i].pointer_bytes, 3);
		payload_u32(&payload, 4);
		payload_u32(&payload, 5);
		payload_u32(&payload, 6);
		if (rows[i].extra)
			payload_u32(&payload, 7);
		snprintf(expected, sizeof(expected),
			 "{\"Offset\":512,\"IrpPtr\":1,\"FileObject\":2,\"FileKey\":3,\"TTID\":4,"
			 "\"IoSize\":5,\"IoFlags\":6%s",
			 rows[i].expected);
		assert_fields(FILE_IO, 3, 67, &payload, rows[i].pointer_bytes, expected);
	}
}

static void a_view_of_a_file_has_its_offset_since_version_3(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		put_pointer(&payload, pointer_bytes, 0x10000);
		put_pointer(&payload, pointer_bytes, 2);
		payload_u64(&payload, 3);
		put_pointer(&payload, pointer_bytes, 4096);
		payload_u64(&payload, 65536);
		payload_u32(&payload, 4);
		assert_fields(FILE_IO, 3, 37, &payload, pointer_bytes,
			      "{\"ViewBase\":65536,\"FileObject\":2,\"MiscInfo\":3,"
			      "\"ViewSize\":4096,\"ByteOffset\":65536,\"ProcessId\":4}");
	}
}

/* `sizes` are of the payload, with pointers of 4 and of 8 bytes. */
static void what_kernels_write_as_a_structure_ends_at_its_alignment(void **state)
{
	static const struct {
		const char *class;
		unsigned version, type;
		size_t sizes[2], padded[2];
	} rows[] = {
		{THREAD, 1, 1, {33, 57}, {36, 64}}, {THREAD, 2, 62, {8, 12}, {8, 16}},
		{THREAD, 2, 68, {8, 12}, {8, 16}},  {OBJECT, 2, 34, {18, 22}, {22, 26}},
		{OBJECT, 2, 48, {6, 10}, {8, 16}},
	};
	static const uint8_t bytes[64] = {1};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t wide = 0; wide < 2; wide++) {
			struct payload payload = {0}, padded = {0};

			payload_bytes(&payload, bytes, rows[i].sizes[wide]);
			payload_bytes(&padded, bytes, rows[i].padded[wide]);
			assert_int_equal(visit(rows[i].class, rows[i].version, rows[i].type,
					       &payload, wide ? 8 : 4, NULL),
					 PAYLOAD_OK);
			assert_int_equal(visit(rows[i].class, rows[i].version, rows[i].type,
					       &padded, wide ? 8 : 4, NULL),
					 PAYLOAD_OK);
		}
}

static void a_connid_is_as_wide_as_a_pointer(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		payload_u32(&payload, 17);
		payload_u32(&payload, 1460);
		payload_bytes(&payload, "\x0a\x00\x00\x01\xc0\xa8\x01\x02", 8);
		payload_port(&payload, 443);
		payload_port(&payload, 50000);
		payload_u32(&payload, 1);
		payload_u32(&payload, 2);
		payload_u32(&payload, 3);
		put_pointer(&payload, pointer_bytes, 4);
		assert_fields(TCP_IP, 2, 10, &payload, pointer_bytes,
			      "{\"PID\":17,\"size\":1460,\"daddr\":\"10.0.0.1\","
			      "\"saddr\":\"192.168.1.2\",\"dport\":443,\"sport\":50000,"
			      "\"startime\":1,\"endtime\":2,\"seqnum\":3,\"connid\":4}");
	}
}

static void a_datagram_may_have_addresses_of_version_6(void **state)
{
	static const uint8_t loopback[16] = {[15] = 1}, link_local[16] = {0xfe, 0x80, [15] = 7};
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, 17);
	payload_u32(&payload, 60);
	payload_bytes(&payload, loopback, sizeof(loopback));
	payload_bytes(&payload, link_local, sizeof(link_local));
	payload_port(&payload, 53);
	payload_port(&payload, 40000);
	payload_u32(&payload, 0);
	payload_u64(&payload, 0);
	assert_fields(UDP_IP, 2, 27, &payload, 8,
		      "{\"PID\":17,\"size\":60,\"daddr\":\"::1\",\"saddr\":\"fe80::7\","
		      "\"dport\":53,\"sport\":40000,\"seqnum\":0,\"connid\":0}");
}

static void a_stack_reaches_to_the_end(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u64(&payload, 99);
	payload_u32(&payload, 17);
	payload_u32(&payload, 18);
	assert_fields(
		STACK_WALK, 2, 32, &payload, 8,
		"{\"EventTimeStamp\":99,\"StackProcess\":17,\"StackThread\":18,\"Stack\":[]}");
	payload_u64(&payload, 1);
	payload_u64(&payload, 2);
	assert_fields(
		STACK_WALK, 2, 32, &payload, 8,
		"{\"EventTimeStamp\":99,\"StackProcess\":17,\"StackThread\":18,\"Stack\":[1,2]}");
	assert_fields(STACK_WALK, 2, 32, &payload, 4,
		      "{\"EventTimeStamp\":99,\"StackProcess\":17,\"StackThread\":18,"
		      "\"Stack\":[1,0,2,0]}");
}

static void half_a_frame_of_a_stack_is_short(void **state)
{
	struct payload payload = {0};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		payload_u32(&payload, i);
	assert_int_equal(visit(STACK_WALK, 2, 34, &payload, 8, NULL), PAYLOAD_SHORT);
}

static void a_mark_may_lack_its_terminator(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_string(&payload, "here");
	assert_fields(PERF_INFO, 0, 34, &payload, 8, "{\"Message\":\"here\"}");
	payload.length--;
	assert_fields(PERF_INFO, 0, 34, &payload, 8, "{\"Message\":\"here\"}");
}

static void counted_strings_are_as_many_as_their_number(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, 2);
	payload_utf16(&payload, "a");
	payload_utf16(&payload, "b");
	assert_fields(PERF_INFO, 2, 48, &payload, 8,
		      "{\"CounterCount\":2,\"CounterName\":[\"a\",\"b\"]}");
	payload_utf16(&payload, "c");
	assert_int_equal(visit(PERF_INFO, 2, 48, &payload, 8, NULL), PAYLOAD_LEFTOVER);
}

static void a_count_beyond_all_bounds_is_refused(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, UINT32_MAX);
	assert_int_equal(visit(PERF_INFO, 2, 48, &payload, 8, NULL), PAYLOAD_COUNT);
	assert_int_equal(visit(SYSTEM_CONFIG, 2, 27, &payload, 8, NULL), PAYLOAD_SHORT);
}

static void a_device_has_two_lists_of_filters(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_bytes(&payload, &(uint8_t[16]){0}, 16);
	payload_u32(&payload, 1);
	payload_u32(&payload, 2);
	payload_u32(&payload, 3);
	payload_u32(&payload, 4);
	for (const char *name = "abcdefgh"; *name; name++)
		payload_utf16(&payload, (char[2]){*name});
	assert_fields(SYSTEM_CONFIG, 5, 22, &payload, 8,
		      "{\"ClassGuid\":\"00000000-0000-0000-0000-000000000000\","
		      "\"UpperFiltersCount\":1,\"LowerFiltersCount\":2,\"DevStatus\":3,"
		      "\"DevProblem\":4,\"DeviceID\":\"a\",\"DeviceDescription\":\"b\","
		      "\"FriendlyName\":\"c\",\"PdoName\":\"d\",\"ServiceName\":\"e\","
		      "\"UpperFilters\":[\"f\"],\"LowerFilters\":[\"g\",\"h\"]}");
}

static void a_numa_node_has_a_mask_of_pointer_size(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct payload payload = {0};

		payload_u32(&payload, 2);
		for (unsigned i = 0; i < 2; i++) {
			put_pointer(&payload, pointer_bytes, 255);
			payload_u16(&payload, (uint16_t)i);
			payload_bytes(&payload, &(uint8_t[6]){0}, 6);
		}
		assert_fields(SYSTEM_CONFIG, 2, 24, &payload, pointer_bytes,
			      "{\"NodeCount\":2,\"NodeMap\":["
			      "{\"Mask\":255,\"Group\":0},"
			      "{\"Mask\":255,\"Group\":1}]}");
	}
}

static void a_string_of_fixed_length_ends_at_its_first_zero(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, 0);
	payload_u32(&payload, 1);
	payload_u32(&payload, 2);
	payload_utf16(&payload, "cpu");
	payload_utf16(&payload, "garbage");
	payload.length = 12 + 2 * 64;
	payload_utf16(&payload, "vendor of 16 chr");
	payload.length -= 2;
	payload_utf16(&payload, "");
	payload.length = 12 + 2 * (64 + 16 + 128);
	assert_fields(SYSTEM_CONFIG, 2, 35, &payload, 8,
		      "{\"ProcessorIndex\":0,\"FeatureSet\":1,\"ProcessorSpeed\":2,"
		      "\"ProcessorName\":\"cpu\",\"VendorIdentifier\":\"vendor of 16 chr\","
		      "\"ProcessorIdentifier\":\"\"}");
}

static void the_group_masks_depend_on_the_version(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload.length = 8 * 4;
	assert_int_equal(visit(EVENT_TRACE, 1, 5, &payload, 8, NULL), PAYLOAD_OK);
	assert_int_equal(visit(EVENT_TRACE, 2, 5, &payload, 8, NULL), PAYLOAD_SHORT);
	payload.length += 4;
	assert_int_equal(visit(EVENT_TRACE, 1, 5, &payload, 8, NULL), PAYLOAD_LEFTOVER);
	assert_int_equal(visit(EVENT_TRACE, 2, 5, &payload, 8, NULL), PAYLOAD_OK);
}

static void the_log_file_header_ends_in_two_names(void **state)
{
	(void)state;
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct schema *schema = schema_of(EVENT_TRACE, 2, 0);
		struct payload payload = {0};
		enum payload_result result;
		char *fields;

		payload.length = pointer_bytes == 4 ? 272 : 280;
		payload_utf16(&payload, "session");
		payload_utf16(&payload, "C:\\a.etl");
		assert_non_null(schema);
		fields = fields_text(schema, payload.bytes, payload.length, pointer_bytes, &result);
		assert_int_equal(result, PAYLOAD_OK);
		assert_non_null(strstr(fields,
				       "\"BuffersLost\":0,\"SessionNameString\":\"session\","
				       "\"LogFileNameString\":\"C:\\\\a.etl\"}"));
		free(fields);
		schema_free(schema);
	}
}

static void a_type_without_a_payload_has_no_fields(void **state)
{
	struct payload payload = {0};

	(void)state;
	assert_fields(LOST_EVENT, 0, 32, &payload, 8, "{}");
	payload.length = 1;
	assert_int_equal(visit(LOST_EVENT, 0, 32, &payload, 8, NULL), PAYLOAD_LEFTOVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_has_the_names_of_class_and_type),
		cmocka_unit_test(what_is_not_documented_has_no_schema),
		cmocka_unit_test(a_higher_version_than_documented_has_no_schema),
		cmocka_unit_test(a_type_of_which_only_the_name_is_known_has_no_schema),
		cmocka_unit_test(a_process_has_pointers_of_its_writer),
		cmocka_unit_test(a_process_without_a_sid_has_four_zero_bytes),
		cmocka_unit_test(a_sid_behind_zeros_is_found),
		cmocka_unit_test(pointers_of_the_other_size_are_found),
		cmocka_unit_test(a_sid_with_too_many_authorities_is_short),
		cmocka_unit_test(a_thread_may_lack_its_name),
		cmocka_unit_test(a_context_switch_has_signed_priorities),
		cmocka_unit_test(an_image_has_the_layout_of_its_version),
		cmocka_unit_test(a_disk_read_has_pointers_of_its_writer),
		cmocka_unit_test(a_cut_payload_is_short),
		cmocka_unit_test(a_file_creation_has_its_path_last),
		cmocka_unit_test(a_file_read_may_have_flags_behind_the_documented_ones),
		cmocka_unit_test(a_view_of_a_file_has_its_offset_since_version_3),
		cmocka_unit_test(what_kernels_write_as_a_structure_ends_at_its_alignment),
		cmocka_unit_test(a_connid_is_as_wide_as_a_pointer),
		cmocka_unit_test(a_datagram_may_have_addresses_of_version_6),
		cmocka_unit_test(a_stack_reaches_to_the_end),
		cmocka_unit_test(half_a_frame_of_a_stack_is_short),
		cmocka_unit_test(a_mark_may_lack_its_terminator),
		cmocka_unit_test(counted_strings_are_as_many_as_their_number),
		cmocka_unit_test(a_count_beyond_all_bounds_is_refused),
		cmocka_unit_test(a_device_has_two_lists_of_filters),
		cmocka_unit_test(a_numa_node_has_a_mask_of_pointer_size),
		cmocka_unit_test(a_string_of_fixed_length_ends_at_its_first_zero),
		cmocka_unit_test(the_group_masks_depend_on_the_version),
		cmocka_unit_test(the_log_file_header_ends_in_two_names),
		cmocka_unit_test(a_type_without_a_payload_has_no_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
