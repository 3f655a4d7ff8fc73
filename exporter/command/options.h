/*
 * options: the command line: flags, written --flag=value or --flag value, and operands. Few flags
 * have a letter, too: -o value.
 */
#ifndef EXPORTER_OPTIONS_H
#define EXPORTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/base/error.h"

struct option {
	const char *name; /* without the dashes */
	/* What its value is called in the help; NULL: takes none. Behind "FILE..." it may be given
	 * again: each value becomes an operand, too. */
	const char *argument;
	const char *help;
	const char *value; /* the default at first; of a flag without argument "true" once given */
};

#define OPTIONS_GIVEN_MAX 64

/* The flags with values that were given, each time, in their order. */
struct options_given {
	struct {
		const char *name, *value;
	} list[OPTIONS_GIVEN_MAX];
	size_t count;
};

/*
 * Sets the options that are given, the last value of each, and moves the operands to the front of
 * `arguments`, in their order. `given` is for flags that may be given again; NULL: there are none.
 * Returns how many operands there are; -1: see error.
 */
int options_parse(struct option *options, size_t count, int argument_count, char **arguments,
		  struct options_given *given, struct error *error);

/* The value of an option that is in the table. */
const char *option_value(const struct option *options, size_t count, const char *name);

struct text;

/* Appends a line or more for each option. */
void options_help(const struct option *options, size_t count, struct text *to);

#endif
