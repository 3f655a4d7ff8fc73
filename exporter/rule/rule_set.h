/*
 * rule_set: the configuration's rules with what all sessions share of them: their families.
 *
 * Made by the main thread for each configuration; read-only then, any thread.
 */
#ifndef EXPORTER_RULE_SET_H
#define EXPORTER_RULE_SET_H

#include "config/config.h"
#include "metrics/registry.h"

struct rule_family {
	const struct rule_config *config;
	struct family_info info;
	struct native_buckets native; /* where info.native says so */
	struct family *family;
};

struct rule_set {
	struct rule_family *rules;
	size_t count;
	struct registry *registry;
	bool is_released;
};

/* `config` is borrowed. NULL: no memory, or more families than a registry takes. */
struct rule_set *rule_set_new(const struct config *config, struct registry *registry);
/* Its rules are those of the configuration from now on: what families say of themselves is theirs.
 */
void rule_set_describe(const struct rule_set *set);
/* Not any more: families that no other set has leave the page. */
void rule_set_release(struct rule_set *set);
/* When no session uses it. */
void rule_set_free(struct rule_set *set);

/* Whether a rule is for this session. */
bool rule_is_for(const struct rule_config *rule, const char *session);

/*
 * Whether all rules can be compiled, which is more than the configuration's own reader knows of:
 * functions, their arguments, expressions; and whether their sessions exist. What is wrong goes to
 * `problems`.
 */
void rule_set_check(const struct config *config, struct problems *problems);

#endif
