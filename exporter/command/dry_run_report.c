#include <inttypes.h>

#include "exporter/command/dry_run.h"

static void text_errors(const struct dry_rule *rule, struct text *to)
{
	bool any = false;
	size_t i;

	for (i = 0; i < RULE_ERROR_COUNT; i++) {
		if (!rule->errors[i])
			continue;
		text_printf(to, "%s%s %" PRIu64,
			    any ? ", " : "  errors: ", rule_error_name((enum rule_error)i),
			    rule->errors[i]);
		any = true;
	}
}

static void text_pairs(const struct rule_config *config, const struct dry_rule *rule,
		       struct text *to)
{
	if (config->pair.start_count)
		text_printf(to,
			    "  pairs: %" PRIu64 ", unmatched starts %" PRIu64 ", ends %" PRIu64
			    ", expired %" PRIu64,
			    rule->pairs_matched, rule->pairs_unmatched[PAIR_START],
			    rule->pairs_unmatched[PAIR_END], rule->pairs_expired);
}

static void text_rule(const struct rule_config *config, const struct dry_rule *rule,
		      struct text *to)
{
	text_printf(to, "  %12" PRIu64 " %8" PRIu64 " %10" PRIu64 " ", rule->matched, rule->series,
		    rule->overflow);
	if (rule->cost_ns < 0)
		text_printf(to, "%9s", "-");
	else
		text_printf(to, "%9.0f", rule->cost_ns);
	text_string(to, "  ");
	text_printable(to, config->name);
	text_pairs(config, rule, to);
	text_errors(rule, to);
	text_char(to, '\n');
}

void dry_result_text(const struct dry_run *run, const struct dry_result *result, struct text *to)
{
	size_t i, read = run->file_count - result->failed;

	text_printf(to, "\nagainst %zu %s, %" PRIu64 " events:\n", read,
		    read == 1 ? "recording" : "recordings", result->events);
	text_printf(to, "  %12s %8s %10s %9s  %s\n", "events", "series", "overflow", "ns/event",
		    "rule");
	for (i = 0; i < run->config->rule_count; i++)
		text_rule(&run->config->rules[i], &result->rules[i], to);
	text_string(
		to,
		"ns/event is an estimate: CPU time with this rule alone, less that where it takes "
		"nothing, for each event\nthat it took; - where that is too little to tell, or "
		"too long to read again\n");
}

static void json_number(struct text *to, const char *key, uint64_t number)
{
	text_printf(to, "\"%s\":%" PRIu64, key, number);
}

static void json_errors(const struct dry_rule *rule, struct text *to)
{
	size_t i;

	text_string(to, ",\"errors\":{");
	for (i = 0; i < RULE_ERROR_COUNT; i++) {
		text_string(to, i ? "," : "");
		json_number(to, rule_error_name((enum rule_error)i), rule->errors[i]);
	}
	text_char(to, '}');
}

static void json_pairs(const struct rule_config *config, const struct dry_rule *rule,
		       struct text *to)
{
	text_string(to, ",\"pairs\":");
	if (!config->pair.start_count) {
		text_string(to, "null");
		return;
	}
	text_char(to, '{');
	json_number(to, "matched", rule->pairs_matched);
	text_char(to, ',');
	json_number(to, "unmatched_starts", rule->pairs_unmatched[PAIR_START]);
	text_char(to, ',');
	json_number(to, "unmatched_ends", rule->pairs_unmatched[PAIR_END]);
	text_char(to, ',');
	json_number(to, "expired", rule->pairs_expired);
	text_char(to, '}');
}

void dry_rule_json(const struct rule_config *config, const struct dry_rule *rule, struct text *to)
{
	text_char(to, '{');
	json_number(to, "events", rule->matched);
	text_char(to, ',');
	json_number(to, "series", rule->series);
	text_char(to, ',');
	json_number(to, "overflow", rule->overflow);
	json_errors(rule, to);
	json_pairs(config, rule, to);
	text_string(to, ",\"cost_ns_per_event\":");
	if (rule->cost_ns < 0)
		text_string(to, "null");
	else
		text_printf(to, "%.1f", rule->cost_ns);
	text_char(to, '}');
}
