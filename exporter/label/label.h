/*
 * label: what a rule makes of a value on its way to a label or a condition: functions in a row,
 * then a map, then a default.
 *
 * A chain is compiled once from the configuration and is read-only then, any thread. What needs the
 * state of the trace (which process has this PID?) is not done here: a chain says so by its
 * label_state, and whoever runs it looks the name up and passes that on as the value.
 */
#ifndef EXPORTER_LABEL_H
#define EXPORTER_LABEL_H

#include <stdbool.h>

#include "config/problems.h"
#include "config/rule_config.h"
#include "exporter/schema/payload.h"
#include "metrics/text.h"

/* What the first function of a chain asks of the trace's state. */
enum label_state {
	LABEL_PURE,
	LABEL_PROCESS,	      /* PID to name */
	LABEL_THREAD_PROCESS, /* TID to name of its process */
	LABEL_IMAGE,	      /* address to path of the loaded image */
	LABEL_FILE,	      /* file object or key to file name */
	LABEL_COMM,	      /* Linux: TID to the task's own name */
	LABEL_SYMBOL,	      /* Linux: address to symbol of the kernel */
	LABEL_DEVICE,	      /* Linux: dev_t to name of the block device */
	LABEL_IRQ,	      /* Linux: number of an interrupt to names of its handlers */
};

struct label_chain;

/*
 * Compiles functions; whatever is wrong with them goes to `problems` with its place in `file`, and
 * says what would be right. NULL: something was wrong, or memory is out (a problem, too).
 */
struct label_chain *label_chain_new(const struct function_list *functions, const char *file,
				    struct problems *problems);
void label_chain_free(struct label_chain *chain);

enum label_state label_chain_state(const struct label_chain *chain);

/* Whether it has no functions but one that asks the state. */
bool label_chain_is_plain(const struct label_chain *chain);

enum label_result {
	LABEL_OK,
	LABEL_NONE,  /* there is no value: an absent SID, an expression that does not match */
	LABEL_UNFIT, /* a function cannot take such a value */
};

/*
 * Appends the value's text (valid UTF-8) behind all functions. A chain without functions gives what
 * value_text() does with VALUE_COOKED. `classic` as there. With a result other than LABEL_OK
 * nothing is appended.
 */
enum label_result label_chain_apply(const struct label_chain *chain, const struct value *value,
				    bool classic, struct text *to);

/* A chain, a map, a default: the whole of a label. */
struct label;

/* As label_chain_new(); `config` is borrowed for as long as the label lives. */
struct label *label_new(const struct label_config *config, const char *file,
			struct problems *problems);
void label_free(struct label *label);

enum label_state label_state(const struct label *label);

/*
 * Appends the label's text. `value` NULL: there is none. `map` is the value map that the
 * configuration names (label_config.map_name), NULL where it names none or it is not known. Always
 * appends the default (or nothing, where there is none) with a result other than LABEL_OK.
 */
enum label_result label_apply(const struct label *label, const struct value *value, bool classic,
			      const struct value_map *map, struct text *to);

#endif
