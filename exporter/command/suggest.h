/*
 * suggest: writes a configuration to start from, of what a survey found.
 */
#ifndef EXPORTER_COMMAND_SUGGEST_H
#define EXPORTER_COMMAND_SUGGEST_H

#include "exporter/decoder/catalogue.h"
#include "exporter/command/survey.h"
#include "metrics/text.h"

struct suggestion {
	const struct survey *survey; /* all borrowed */
	const struct catalogue *catalogue;
	char *const *files; /* as the configuration is to name them */
	size_t file_count;
	const char *manifests; /* likewise; NULL: none */
};

/* YAML that passes check, with comments. */
void suggest_yaml(const struct suggestion *suggestion, struct text *to);

/* inspect --suggest: reads the files and prints it. An exit code. `manifests` may be NULL. */
int suggest(char *const *files, size_t count, const char *manifests, struct error *error);

#endif
