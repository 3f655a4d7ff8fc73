#include "exporter/baseline/protobuf_reader.h"

#define LAST_BITS  63 /* that the tenth byte of a varint holds but one of */
#define NUMBER_MAX (((uint64_t)1 << 29) - 1)
#define WIRE_BITS  3

static bool refuse(struct protobuf_reader *reader, const char *why)
{
	reader->why = why;
	reader->at = reader->end;
	return false;
}

bool protobuf_varint(struct protobuf_reader *reader, uint64_t *value)
{
	unsigned int shift;

	*value = 0;
	for (shift = 0; shift <= LAST_BITS; shift += 7) {
		uint8_t byte;

		if (reader->at == reader->end)
			return refuse(reader, "a number is cut");
		byte = *reader->at++;
		if (shift == LAST_BITS && byte > 1)
			break;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return refuse(reader, "a number has more than 64 bits");
}

static bool take_fixed(struct protobuf_reader *reader, unsigned int size, uint64_t *value)
{
	unsigned int i;

	if ((size_t)(reader->end - reader->at) < size)
		return refuse(reader, "a number of fixed size is cut");
	*value = 0;
	for (i = 0; i < size; i++)
		*value |= (uint64_t)*reader->at++ << 8 * i;
	return true;
}

bool protobuf_fixed64(struct protobuf_reader *reader, uint64_t *value)
{
	return take_fixed(reader, 8, value);
}

static bool take_bytes(struct protobuf_reader *reader, const uint8_t **bytes, size_t *length)
{
	uint64_t value;

	if (!protobuf_varint(reader, &value))
		return false;
	if (value > (uint64_t)(reader->end - reader->at))
		return refuse(reader, "it is longer than what it is in");
	*bytes = reader->at;
	*length = (size_t)value;
	reader->at += value;
	return true;
}

bool protobuf_delimited(struct protobuf_reader *reader, struct protobuf_reader *message)
{
	const uint8_t *bytes;
	size_t length;

	if (!take_bytes(reader, &bytes, &length))
		return false;
	*message = protobuf_reader_of(bytes, length);
	return true;
}

static bool take_tag(struct protobuf_reader *reader, struct protobuf_field *field)
{
	uint64_t tag;

	if (!protobuf_varint(reader, &tag))
		return false;
	if (!(tag >> WIRE_BITS) || tag >> WIRE_BITS > NUMBER_MAX)
		return refuse(reader, "a field has a number that none can have");
	field->number = (uint32_t)(tag >> WIRE_BITS);
	field->wire = (enum protobuf_wire)(tag & ((1 << WIRE_BITS) - 1));
	return true;
}

static bool take_content(struct protobuf_reader *reader, struct protobuf_field *field)
{
	switch (field->wire) {
	case PROTOBUF_VARINT:
		return protobuf_varint(reader, &field->bits);
	case PROTOBUF_FIXED64:
		return take_fixed(reader, 8, &field->bits);
	case PROTOBUF_FIXED32:
		return take_fixed(reader, 4, &field->bits);
	case PROTOBUF_LENGTH:
		return take_bytes(reader, &field->bytes, &field->length);
	}
	return refuse(reader, "a field is of a kind that messages do not have (any more)");
}

enum protobuf_next protobuf_next(struct protobuf_reader *reader, struct protobuf_field *field)
{
	if (reader->at == reader->end)
		return reader->why ? PROTOBUF_WRONG : PROTOBUF_END;
	return take_tag(reader, field) && take_content(reader, field) ? PROTOBUF_FIELD
								      : PROTOBUF_WRONG;
}
