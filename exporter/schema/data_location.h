/*
 * data_location: the word in a payload that says where a value of any length is (Linux' __data_loc,
 * __rel_loc): 16 bits of offset, 16 bits of length in bytes.
 *
 * Source: include/trace/stages/stage1_struct_define.h, lib/traceevent of the Linux kernel. The
 * offset counts from the payload's beginning, or from behind the word.
 */
#ifndef EXPORTER_DATA_LOCATION_H
#define EXPORTER_DATA_LOCATION_H

#include "exporter/base/bytes.h"

#define DATA_LOCATION_BYTES 4

/* `word` points into the payload; false: it points to what is not in there. */
static inline bool data_location(const struct bytes *payload, const uint8_t *word, bool is_relative,
				 struct bytes *there)
{
	size_t offset = le16(word), length = le16(word + 2);

	if (is_relative)
		offset += (size_t)(word + DATA_LOCATION_BYTES - payload->at);
	if (offset > payload->left || length > payload->left - offset)
		return false;
	*there = (struct bytes){payload->at + offset, length};
	return true;
}

#endif
