#include "metrics/bucket_label.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX	17 /* of a double, always enough */
#define EXPONENT_LEAST	(-4)
#define EXPONENT_MOST	5
#define SCIENTIFIC_SIZE 32

/* In scientific notation, shortest; returns how many digits follow the first. */
static int scientific(char digits[SCIENTIFIC_SIZE], double bound)
{
	int precision;

	for (precision = 0; precision < DIGITS_MAX - 1; precision++) {
		snprintf(digits, SCIENTIFIC_SIZE, "%.*e", precision, bound);
		if (strtod(digits, NULL) == bound)
			return precision;
	}
	snprintf(digits, SCIENTIFIC_SIZE, "%.*e", precision, bound);
	return precision;
}

void bucket_bound(struct text *text, double bound, bool point)
{
	char digits[SCIENTIFIC_SIZE];
	int precision, exponent;

	if (isinf(bound)) {
		text_string(text, bound > 0 ? "+Inf" : "-Inf");
		return;
	}
	precision = scientific(digits, bound ? bound : 0);
	exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
	if (exponent < EXPONENT_LEAST || exponent > EXPONENT_MOST) {
		text_string(text, digits);
		return;
	}
	text_printf(text, "%.*f", precision > exponent ? precision - exponent : 0,
		    bound ? bound : 0);
	if (point && precision <= exponent)
		text_string(text, ".0");
}

static void make(struct bucket_label *label, double bound, bool point)
{
	char bytes[BUCKET_LABEL_MAX];
	struct text text = {.bytes = bytes, .capacity = sizeof(bytes), .limit = sizeof(bytes)};

	text_string(&text, "le=\"");
	bucket_bound(&text, bound, point);
	text_char(&text, '"');
	label->length = (uint8_t)text.length;
	memcpy(label->bytes, bytes, text.length);
}

void bucket_labels_make(struct bucket_label *labels, const double *bounds, size_t count, bool point)
{
	size_t i;

	for (i = 0; i < count; i++)
		make(&labels[i], bounds[i], point);
	make(&labels[count], (double)INFINITY, point);
}
