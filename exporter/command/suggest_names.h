/*
 * suggest_names: names of metrics and labels, made of those that events and fields have.
 *
 * What it makes passes config/rule_names.h without a warning. Used by one thread.
 */
#ifndef EXPORTER_COMMAND_SUGGEST_NAMES_H
#define EXPORTER_COMMAND_SUGGEST_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/rule_config.h"

#define SUGGEST_NAME_SIZE 200
#define SUGGEST_NAMES_MAX 100

/* Names given out so far: none comes twice. All zeros: none. */
struct suggest_names {
	char list[SUGGEST_NAMES_MAX][SUGGEST_NAME_SIZE];
	size_t count;
};

/* Small letters and _ between the words: "ImageFileName" becomes image_file_name. Cut to fit. */
void suggest_words(const char *name, char *to, size_t size);

/* Whether the last word of such a name is this one. */
bool suggest_ends_with_word(const char *words, const char *word);
/* Whether any is. */
bool suggest_has_word(const char *words, const char *word);

/*
 * A metric's name of a provider, an event and what is counted of it ("events_total"), each in
 * words; where these make none that is good and new, with the event's ID. False: there are too many
 * already.
 */
bool suggest_metric_name(struct suggest_names *names, enum rule_type type, const char *provider,
			 const char *event, unsigned int id, const char *what,
			 char to[SUGGEST_NAME_SIZE]);

/* A label's name of a field's. */
void suggest_label_name(const char *field, char to[SUGGEST_NAME_SIZE]);

#endif
