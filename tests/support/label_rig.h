/*
 * label_rig: label functions as the configuration gives them, for tests; ends the test where they
 * cannot be made.
 */
#ifndef TESTS_SUPPORT_LABEL_RIG_H
#define TESTS_SUPPORT_LABEL_RIG_H

#include "exporter/label/label.h"

#define LABEL_RIG_STEPS_MAX 4
#define LABEL_RIG_LIMIT	    ((size_t)64 << 10) /* of a text */

struct label_rig_config {
	char names[LABEL_RIG_STEPS_MAX][32];
	struct function_config functions[LABEL_RIG_STEPS_MAX];
	struct function_list list;
};

/* "ok:", "none:", "unfit:" */
extern const char *const label_rig_results[];

/* A function, with its argument, or of regex what is to be replaced and by what; NULL: none. */
void label_rig_add(struct label_rig_config *config, const char *name, const char *argument,
		   const char *match, const char *replace);

/* "basename lower truncate:3 regex:EXPRESSION"; `copy` has room for that, and is used from then on.
 */
void label_rig_configure(struct label_rig_config *config, const char *functions, char *copy);

struct label_chain *label_rig_chain(const struct label_rig_config *config);

#endif
