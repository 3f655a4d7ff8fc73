/*
 * dry_run: lets rules count recordings, and says what came of it: what they took, what they could
 * not read, how many series they make, and about what they cost.
 *
 * Used by the main thread; each recording is read by a session of its own.
 */
#ifndef EXPORTER_COMMAND_DRY_RUN_H
#define EXPORTER_COMMAND_DRY_RUN_H

#include "config/config.h"
#include "exporter/decoder/manifests.h"
#include "exporter/base/error.h"
#include "exporter/rule/rule.h"

struct dry_run {
	const struct config *config; /* borrowed; likewise manifests (NULL: none) and files */
	const struct manifests *manifests;
	char *const *files;
	size_t file_count;
	/* Called for each file that cannot be read. */
	void (*failed)(const struct error *error);
};

struct dry_rule {
	uint64_t matched;
	uint64_t errors[RULE_ERROR_COUNT];
	uint64_t series, overflow; /* overflow: events beyond the limit */
	uint64_t pairs_matched, pairs_expired, pairs_unmatched[PAIR_SIDE_COUNT];
	/*
	 * CPU time of a run with this rule alone, less that of one where it takes nothing, for each
	 * event that it took; an estimate. Below 0: too few events, or too much to read again.
	 */
	double cost_ns;
};

struct dry_result {
	struct dry_rule *rules; /* by rule of the configuration */
	uint64_t events;
	size_t failed; /* files */
};

/* -1: see error. The caller frees result->rules in any case. */
int dry_run(const struct dry_run *run, struct dry_result *result, struct error *error);

/* Tables for a person, or members of a JSON object. */
void dry_result_text(const struct dry_run *run, const struct dry_result *result, struct text *to);
void dry_rule_json(const struct rule_config *config, const struct dry_rule *rule, struct text *to);

#endif
