/*
 * value_text: values of payloads as UTF-8 text.
 *
 * Pure functions, any thread.
 */
#ifndef EXPORTER_VALUE_TEXT_H
#define EXPORTER_VALUE_TEXT_H

#include <stdbool.h>

#include "exporter/schema/payload.h"
#include "metrics/text.h"

enum value_form {
	VALUE_FORM_NONE,   /* there is no value: an absent SID, a FILETIME of 0 */
	VALUE_FORM_NUMBER, /* as JSON has numbers */
	VALUE_FORM_TRUTH,  /* true or false */
	VALUE_FORM_TEXT,
};

enum value_style {
	VALUE_RAW,    /* by the type alone */
	VALUE_COOKED, /* out-type and map are applied */
};

/*
 * Appends the value. Strings become valid UTF-8: bytes that are not become U+FFFD, but for 8-bit
 * strings of classic events, which are taken for code page 1252 then. Numbers that doubles cannot
 * hold are text.
 */
enum value_form value_text(const struct value *value, enum value_style style, bool classic,
			   struct text *to);

#endif
