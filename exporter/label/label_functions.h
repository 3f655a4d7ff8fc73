/*
 * label_functions: the functions of `as:`, one row each.
 *
 * The table and whatever a function is compiled to are read-only; any thread.
 */
#ifndef EXPORTER_LABEL_FUNCTIONS_H
#define EXPORTER_LABEL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"
#include "config/rule_config.h"
#include "exporter/label/label.h"
#include "exporter/label/label_regex.h"
#include "exporter/schema/payload.h"
#include "exporter/value/value_number.h"
#include "metrics/text.h"

enum label_takes {
	LABEL_TAKES_TEXT,    /* the cooked text of a value */
	LABEL_TAKES_INTEGER, /* an integer value, or a text that is one */
	LABEL_TAKES_ANY,
};

enum label_argument {
	LABEL_ARGUMENT_NONE,
	LABEL_ARGUMENT_COUNT, /* 1 to LABEL_COUNT_MAX */
	LABEL_ARGUMENT_REGEX, /* an expression, or `match` and `replace` */
};

#define LABEL_COUNT_MAX 4096

/* What belongs to one use of a function. */
struct label_step {
	const struct label_function *function;
	size_t count;		   /* LABEL_ARGUMENT_COUNT */
	struct label_regex *regex; /* LABEL_ARGUMENT_REGEX; the chain's */
};

/* What a function is given. */
struct label_input {
	const struct label_step *step;
	struct label_regex_room *room;
	const struct value *value; /* NULL: a text, behind another function */
	const char *text; /* valid UTF-8: unless the value is no string and none is taken */
	size_t length;	  /* of text */
	struct value_number number; /* no real one; of functions that take an integer */
};

struct label_function {
	const char *name;
	enum label_state state;
	enum label_takes takes;
	enum label_argument argument;
	/* Appends; what it appended before a result other than LABEL_OK is dropped. NULL where
	 * `state` is not LABEL_PURE. */
	enum label_result (*apply)(const struct label_input *input, struct text *to);
};

/* The last row has no name. */
extern const struct label_function label_functions[];

/* NULL: there is none. */
const struct label_function *label_function_find(const char *name);

#endif
