/*
 * words: what the value of a flag, and a command's first operand, may be, where that is one of a
 * few words. Any thread; nothing is kept.
 */
#ifndef EXPORTER_COMMAND_WORDS_H
#define EXPORTER_COMMAND_WORDS_H

#include "exporter/command/command.h"
#include "metrics/text.h"

/* With a space between two; NULL: it may be anything. */
const char *words_of_flag(const struct command *command, const struct option *option);

/* Appends those of the first operand, likewise. False: it may be anything. */
bool words_of_operand(const struct command *command, struct text *to);

/* -1: see error, which says of a flag what its value must be. */
int words_check(const struct command *command, const struct invocation *invocation,
		struct error *error);

#endif
