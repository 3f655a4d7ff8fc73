/*
 * value_number: values of payloads as numbers.
 *
 * Pure functions, any thread.
 */
#ifndef EXPORTER_VALUE_NUMBER_H
#define EXPORTER_VALUE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/schema/payload.h"

enum number_kind {
	NUMBER_UNSIGNED, /* u */
	NUMBER_SIGNED,	 /* i; of types that have a sign, whatever the sign is */
	NUMBER_REAL,	 /* d */
};

struct value_number {
	enum number_kind kind;
	union {
		uint64_t u;
		int64_t i;
		double d;
	};
};

/*
 * Integers of any width, pointers, truths, characters and FILETIMEs as they are, ports from network
 * order, floats. False: the value is no number, and `*number` is unchanged.
 */
bool value_number(const struct value *value, struct value_number *number);

double value_number_double(const struct value_number *number);

/* Integers but for ports and FILETIMEs: what maps and out-types may be of. */
bool value_is_integer(const struct value *value);

/* The bytes of a value of 1, 2, 4 or 8 bytes as an unsigned number; 0 of others. */
uint64_t value_bits(const struct value *value);

/*
 * A text that is a number as a whole: decimal, with a minus or without, or hexadecimal behind 0x.
 * The sign makes it NUMBER_SIGNED. False: it is none, or none of 64 bits.
 */
bool value_number_parse(const char *text, size_t length, struct value_number *number);

#endif
