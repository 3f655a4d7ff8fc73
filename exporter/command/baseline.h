/*
 * baseline: the actions of the command `baseline`; each is a row of the table in baseline.c.
 */
#ifndef EXPORTER_COMMAND_BASELINE_H
#define EXPORTER_COMMAND_BASELINE_H

#include "exporter/baseline/baseline.h"
#include "exporter/command/command.h"

/* Both as struct command's run; the operands begin with the action's name. */
typedef int baseline_action(const struct invocation *invocation, struct error *error);

baseline_action baseline_record, baseline_compare;

/* Writes it to where --output says. An exit code. */
int baseline_write(const struct invocation *invocation, const struct baseline *baseline,
		   struct error *error);

#endif
