/*
 * words: what shells complete a flag's value and a command's first operand to. Any thread; nothing
 * is kept.
 */
#ifndef EXPORTER_WORDS_H
#define EXPORTER_WORDS_H

#include "exporter/command/command.h"
#include "metrics/text.h"

/* With spaces between; NULL: it may be anything. */
const char *words_of_flag(const struct command *command, const struct option *option);

/* Appends those of the first operand, likewise. False: it may be anything. */
bool words_of_operand(const struct command *command, struct text *to);

#endif
