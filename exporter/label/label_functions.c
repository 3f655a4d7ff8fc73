#include "exporter/label/label_functions.h"

#include <inttypes.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/value/error_names.h"
#include "exporter/base/guid.h"
#include "exporter/machine/kernel_numbers.h"
#include "exporter/value/letter_case.h"
#include "exporter/value/utf16.h"
#include "exporter/value/value_forms.h"
#include "metrics/utf8.h"

#define GUID_TEXT_MAX 38 /* in braces */

static enum label_result add_name(const char *name, struct text *to)
{
	text_string(to, name);
	return LABEL_OK;
}

static enum label_result add_decimal(const struct value_number *number, struct text *to)
{
	if (number->kind == NUMBER_SIGNED)
		text_printf(to, "%" PRId64, number->i);
	else
		text_u64(to, number->u);
	return LABEL_OK;
}

/* As wide as the value, so that an int32 of -1 has 8 digits. */
static uint64_t bits_of(const struct label_input *input)
{
	return input->value && value_is_integer(input->value) ? value_bits(input->value)
							      : input->number.u;
}

static enum label_result add_hex(const struct label_input *input, struct text *to)
{
	text_printf(to, "0x%" PRIx64, bits_of(input));
	return LABEL_OK;
}

static enum label_result apply_int(const struct label_input *input, struct text *to)
{
	return add_decimal(&input->number, to);
}

static enum label_result apply_hex(const struct label_input *input, struct text *to)
{
	return add_hex(input, to);
}

static enum label_result apply_bool(const struct label_input *input, struct text *to)
{
	return add_name(input->number.u ? "true" : "false", to);
}

static enum label_result apply_ntstatus(const struct label_input *input, struct text *to)
{
	const char *name = error_name_ntstatus(input->number.u);

	return name ? add_name(name, to) : add_hex(input, to);
}

static enum label_result apply_hresult(const struct label_input *input, struct text *to)
{
	const char *name = error_name_hresult(input->number.u);

	return name ? add_name(name, to) : add_hex(input, to);
}

static enum label_result apply_win32(const struct label_input *input, struct text *to)
{
	const char *name = error_name_win32(input->number.u);

	return name ? add_name(name, to) : add_decimal(&input->number, to);
}

/*
 * What returns a signed number of 64 bits, as Linux' system calls do, returns more than errors: how
 * much was read, which file is open. Anything else that holds an error number holds nothing else.
 */
static bool is_no_error(const struct label_input *input)
{
	if (input->number.u == 0)
		return true;
	return input->value && input->value->type == VALUE_I64 && input->number.i > 0;
}

static enum label_result apply_errno(const struct label_input *input, struct text *to)
{
	const char *name = is_no_error(input) ? "ok" : error_name_errno(input->number.u);

	return name ? add_name(name, to) : add_decimal(&input->number, to);
}

static enum label_result apply_syscall(const struct label_input *input, struct text *to)
{
	const char *name = kernel_syscall_name(input->number.u);

	return name ? add_name(name, to) : add_decimal(&input->number, to);
}

static enum label_result apply_softirq(const struct label_input *input, struct text *to)
{
	const char *name = kernel_softirq_name(input->number.u);

	return name ? add_name(name, to) : add_decimal(&input->number, to);
}

static enum label_result apply_string(const struct label_input *input, struct text *to)
{
	text_add(to, input->text, input->length);
	return LABEL_OK;
}

/* One code point of valid UTF-8, of `length` bytes. */
static uint32_t decode(const char *text, size_t length)
{
	static const uint8_t lead_masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (uint8_t)text[0] & lead_masks[length];
	size_t i;

	for (i = 1; i < length; i++)
		c = c << 6 | ((uint8_t)text[i] & 0x3f);
	return c;
}

static void add_mapped(const struct label_input *input, uint32_t (*map)(uint32_t), struct text *to)
{
	size_t at = 0, length;

	while (at < input->length) {
		length = utf8_sequence_in(input->text + at, input->length - at);
		if (!length)
			return;
		value_forms_code_point(map(decode(input->text + at, length)), to);
		at += length;
	}
}

static enum label_result apply_lower(const struct label_input *input, struct text *to)
{
	add_mapped(input, letter_lower, to);
	return LABEL_OK;
}

static enum label_result apply_upper(const struct label_input *input, struct text *to)
{
	add_mapped(input, letter_upper, to);
	return LABEL_OK;
}

/* How many bytes of a path are up to and with the last separator; 0: there is none. */
static size_t directory_bytes(const struct label_input *input)
{
	size_t end = input->length;

	while (end && input->text[end - 1] != '/' && input->text[end - 1] != '\\')
		end--;
	return end;
}

static enum label_result apply_basename(const struct label_input *input, struct text *to)
{
	size_t start = directory_bytes(input);

	if (start < input->length)
		text_add(to, input->text + start, input->length - start);
	return LABEL_OK;
}

/* A separator that is all there is, is the directory. */
static enum label_result apply_dirname(const struct label_input *input, struct text *to)
{
	size_t end = directory_bytes(input);

	text_add(to, input->text, end > 1 ? end - 1 : end);
	return LABEL_OK;
}

/* A dot that the name begins with introduces none. */
static enum label_result apply_ext(const struct label_input *input, struct text *to)
{
	size_t start = directory_bytes(input), dot = input->length;

	while (dot > start + 1 && input->text[dot - 1] != '.')
		dot--;
	if (dot > start + 1)
		text_add(to, input->text + dot, input->length - dot);
	return LABEL_OK;
}

static enum label_result apply_truncate(const struct label_input *input, struct text *to)
{
	size_t at = 0, i;

	for (i = 0; i < input->step->count && at < input->length; i++) {
		size_t length = utf8_sequence_in(input->text + at, input->length - at);

		if (!length)
			break;
		at += length;
	}
	text_add(to, input->text, at);
	return LABEL_OK;
}

static enum label_result apply_regex(const struct label_input *input, struct text *to)
{
	return label_regex_apply(input->step->regex, input->room, input->text, input->length, to);
}

/* ::ffff:a.b.c.d is a.b.c.d: the same host on a socket for both. */
static enum label_result add_address(const uint8_t *bytes, size_t length, struct text *to)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (length == 16 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		bytes += sizeof(mapped);
		length = 4;
	}
	return value_forms_address(bytes, length, to) ? LABEL_OK : LABEL_UNFIT;
}

/* 16 bytes are an address of IPv6, unless they are meant as one of a socket. */
static bool is_socket_address(const struct value *value)
{
	return value->type == VALUE_BINARY && (value->field->out == OUT_SOCKET_ADDRESS ||
					       (value->length != 4 && value->length != 16));
}

static bool may_be_address(const struct value *value)
{
	return value->type == VALUE_IPV4 || value->type == VALUE_IPV6 ||
	       value->type == VALUE_BINARY || (value_is_integer(value) && value->length == 4);
}

static enum label_result apply_ip(const struct label_input *input, struct text *to)
{
	const struct value *value = input->value;
	struct socket_address found;

	if (!value || !may_be_address(value))
		return LABEL_UNFIT;
	if (!is_socket_address(value))
		return add_address(value->bytes, value->length, to);
	if (!value_forms_socket_address(value->bytes, value->length, &found))
		return LABEL_UNFIT;
	return add_address(found.address, found.address_bytes, to);
}

/* Integers of 16 bits are in network order, whatever their type says; wider ones are numbers. */
static enum label_result apply_port(const struct label_input *input, struct text *to)
{
	const struct value *value = input->value;
	struct socket_address found;
	uint64_t port;

	if (!value)
		return LABEL_UNFIT;
	if (value->type == VALUE_BINARY && value->length != 2) {
		if (!value_forms_socket_address(value->bytes, value->length, &found))
			return LABEL_UNFIT;
		port = found.port;
	} else if (value->length == 2 && (value->type == VALUE_PORT || value_is_integer(value) ||
					  value->type == VALUE_BINARY)) {
		port = (uint64_t)value->bytes[0] << 8 | value->bytes[1];
	} else {
		port = value_is_integer(value) ? value_bits(value) : UINT64_MAX;
	}
	if (port > UINT16_MAX)
		return LABEL_UNFIT;
	text_u64(to, port);
	return LABEL_OK;
}

static enum label_result apply_sid(const struct label_input *input, struct text *to)
{
	const struct value *value = input->value;

	if (!value || (value->type != VALUE_SID && value->type != VALUE_WBEM_SID &&
		       value->type != VALUE_BINARY))
		return LABEL_UNFIT;
	if (!value->length)
		return LABEL_NONE;
	return value_forms_sid(value->bytes, value->length, to) ? LABEL_OK : LABEL_UNFIT;
}

static enum label_result add_guid_text(const char *text, size_t length, struct text *to)
{
	char copy[GUID_TEXT_MAX + 1];
	struct guid guid;

	if (!length || length > GUID_TEXT_MAX)
		return LABEL_UNFIT;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strlen(copy) != length || !guid_parse(copy, &guid))
		return LABEL_UNFIT;
	value_forms_guid(guid.bytes, to);
	return LABEL_OK;
}

static enum label_result apply_guid(const struct label_input *input, struct text *to)
{
	const struct value *value = input->value;

	if (!value || value->type == VALUE_UTF16 || value->type == VALUE_ANSI)
		return add_guid_text(input->text, input->length, to);
	if (value->length != 16 || (value->type != VALUE_GUID && value->type != VALUE_BINARY))
		return LABEL_UNFIT;
	value_forms_guid(value->bytes, to);
	return LABEL_OK;
}

static enum label_result apply_time(const struct label_input *input, struct text *to)
{
	const struct value *value = input->value;
	struct value_number number;

	if (value && value->type == VALUE_SYSTEMTIME) {
		value_forms_systemtime(value->bytes, to);
		return LABEL_OK;
	}
	if (value ? !value_number(value, &number)
		  : !value_number_parse(input->text, input->length, &number))
		return LABEL_UNFIT;
	if (number.kind == NUMBER_REAL || number.u > INT64_MAX)
		return LABEL_UNFIT;
	return value_forms_filetime(number.u, to) ? LABEL_OK : LABEL_NONE;
}

/* clang-format off */
const struct label_function label_functions[] = {
	{"int",      LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_int},
	{"hex",      LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_hex},
	{"string",   LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_string},
	{"lower",    LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_lower},
	{"upper",    LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_upper},
	{"ip",       LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, apply_ip},
	{"port",     LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, apply_port},
	{"sid",      LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, apply_sid},
	{"guid",     LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, apply_guid},
	{"bool",     LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_bool},
	{"time",     LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, apply_time},
	{"ntstatus", LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_ntstatus},
	{"win32",    LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_win32},
	{"hresult",  LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_hresult},
	{"errno",    LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_errno},
	{"syscall",  LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_syscall},
	{"softirq",  LABEL_PURE, LABEL_TAKES_INTEGER, LABEL_ARGUMENT_NONE, apply_softirq},
	{"process",  LABEL_PROCESS, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"thread_process", LABEL_THREAD_PROCESS, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"image",    LABEL_IMAGE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"file",     LABEL_FILE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"comm",     LABEL_COMM, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"ksym",     LABEL_SYMBOL, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"device",   LABEL_DEVICE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"irq",      LABEL_IRQ, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
	{"basename", LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_basename},
	{"dirname",  LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_dirname},
	{"ext",      LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_NONE, apply_ext},
	{"truncate", LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_COUNT, apply_truncate},
	{"regex",    LABEL_PURE, LABEL_TAKES_TEXT, LABEL_ARGUMENT_REGEX, apply_regex},
	{NULL,       LABEL_PURE, LABEL_TAKES_ANY, LABEL_ARGUMENT_NONE, NULL},
};
/* clang-format on */

const struct label_function *label_function_find(const char *name)
{
	const struct label_function *function = label_functions;

	while (function->name && strcmp(function->name, name) != 0)
		function++;
	return function->name ? function : NULL;
}
