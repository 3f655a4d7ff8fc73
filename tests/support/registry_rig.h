/*
 * registry_rig: a registry with a shard, and its page. For tests; used by one thread.
 */
#ifndef TESTS_SUPPORT_REGISTRY_RIG_H
#define TESTS_SUPPORT_REGISTRY_RIG_H

#include "metrics/exposition.h"
#include "metrics/registry.h"

struct registry_rig {
	struct registry *registry;
	struct shard *shard;
	struct text page;
};

void registry_rig_begin(struct registry_rig *rig, size_t series_limit);
void registry_rig_end(struct registry_rig *rig);

/* Fails the test where it is refused. */
struct family *registry_rig_family(struct registry_rig *rig, const struct family_info *info);

/* What registry_expose() writes, terminated; valid until the next. */
const char *registry_rig_page(struct registry_rig *rig, enum exposition_format format);

/* shard_series_cell() for a family of one label; fails the test where it overflows. */
struct cell *registry_rig_cell(struct shard *shard, struct family *family, const char *value);

#endif
