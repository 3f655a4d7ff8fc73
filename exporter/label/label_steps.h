/*
 * label_steps: label functions as the configuration gives them, checked.
 */
#ifndef EXPORTER_LABEL_STEPS_H
#define EXPORTER_LABEL_STEPS_H

#include <stdbool.h>

#include "config/report.h"
#include "config/rule_config.h"
#include "exporter/label/label_functions.h"

/*
 * Fills `step`, whose regex is the caller's then. False: something is wrong, which is said with its
 * place and what would be right, and there is nothing to free.
 */
bool label_step_compile(struct label_step *step, const struct function_config *config,
			bool is_first, const struct report *report);

#endif
