#include "exporter/value/value_number.h"

#include "exporter/base/bytes.h"
#include "exporter/base/hex.h"

uint64_t value_bits(const struct value *value)
{
	switch (value->length) {
	case 1:
		return value->bytes[0];
	case 2:
		return le16(value->bytes);
	case 4:
		return le32(value->bytes);
	case 8:
		return le64(value->bytes);
	default:
		return 0;
	}
}

static int64_t read_signed(const struct value *value)
{
	switch (value->length) {
	case 1:
		return (int8_t)value->bytes[0];
	case 2:
		return (int16_t)le16(value->bytes);
	case 4:
		return (int32_t)le32(value->bytes);
	default:
		return (int64_t)value_bits(value);
	}
}

static double read_real(const struct value *value)
{
	uint64_t bits = value_bits(value);
	uint32_t narrow_bits = (uint32_t)bits;
	double number;
	float narrow;

	if (value->type == VALUE_F32) {
		memcpy(&narrow, &narrow_bits, sizeof(narrow));
		return (double)narrow;
	}
	memcpy(&number, &bits, sizeof(number));
	return number;
}

bool value_is_integer(const struct value *value)
{
	switch (value->type) {
	case VALUE_I8:
	case VALUE_U8:
	case VALUE_I16:
	case VALUE_U16:
	case VALUE_I32:
	case VALUE_U32:
	case VALUE_I64:
	case VALUE_U64:
	case VALUE_BOOL32:
	case VALUE_POINTER:
	case VALUE_HEX32:
	case VALUE_HEX64:
	case VALUE_CHAR8:
	case VALUE_CHAR16:
		return true;
	default:
		return false;
	}
}

bool value_number(const struct value *value, struct value_number *number)
{
	switch (value->type) {
	case VALUE_I8:
	case VALUE_I16:
	case VALUE_I32:
	case VALUE_I64:
		number->kind = NUMBER_SIGNED;
		number->i = read_signed(value);
		return true;
	case VALUE_F32:
	case VALUE_F64:
		number->kind = NUMBER_REAL;
		number->d = read_real(value);
		return true;
	case VALUE_PORT:
		number->kind = NUMBER_UNSIGNED;
		number->u = (uint64_t)value->bytes[0] << 8 | value->bytes[1];
		return true;
	default:
		if (!value_is_integer(value) && value->type != VALUE_FILETIME)
			return false;
		number->kind = NUMBER_UNSIGNED;
		number->u = value_bits(value);
		return true;
	}
}

double value_number_double(const struct value_number *number)
{
	switch (number->kind) {
	case NUMBER_UNSIGNED:
		return (double)number->u;
	case NUMBER_SIGNED:
		return (double)number->i;
	default:
		return number->d;
	}
}

static bool parse_digits(const char *text, size_t length, unsigned int base, uint64_t *magnitude)
{
	size_t i;

	*magnitude = 0;
	for (i = 0; i < length; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0 || (unsigned int)digit >= base ||
		    *magnitude > (UINT64_MAX - (unsigned int)digit) / base)
			return false;
		*magnitude = *magnitude * base + (unsigned int)digit;
	}
	return length > 0;
}

bool value_number_parse(const char *text, size_t length, struct value_number *number)
{
	bool negative = length > 1 && text[0] == '-';
	bool hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	size_t skip = negative ? 1 : hex ? 2 : 0;
	uint64_t magnitude;

	if (!parse_digits(text + skip, length - skip, hex ? 16 : 10, &magnitude))
		return false;
	if (negative && magnitude > (uint64_t)INT64_MAX + 1)
		return false;
	number->kind = negative ? NUMBER_SIGNED : NUMBER_UNSIGNED;
	number->u = negative ? 0 - magnitude : magnitude;
	return true;
}
