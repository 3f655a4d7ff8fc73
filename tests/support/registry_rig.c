#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/registry_rig.h"

#define PAGE_LIMIT (64 << 20)

void registry_rig_begin(struct registry_rig *rig, size_t series_limit)
{
	const struct registry_limits limits = {series_limit, 128};

	rig->registry = registry_new(&limits);
	assert_non_null(rig->registry);
	rig->shard = shard_new(rig->registry);
	assert_non_null(rig->shard);
	text_init(&rig->page, PAGE_LIMIT);
}

void registry_rig_end(struct registry_rig *rig)
{
	text_done(&rig->page);
	registry_free(rig->registry);
}

struct family *registry_rig_family(struct registry_rig *rig, const struct family_info *info)
{
	struct family *family = registry_family(rig->registry, info);

	assert_non_null(family);
	return family;
}

const char *registry_rig_page(struct registry_rig *rig, enum exposition_format format)
{
	struct exposition exposition = {.out = &rig->page, .format = format};

	text_clear(&rig->page);
	registry_expose(rig->registry, &exposition);
	text_char(&rig->page, '\0');
	assert_false(rig->page.failed);
	return rig->page.bytes;
}

struct cell *registry_rig_cell(struct shard *shard, struct family *family, const char *value)
{
	bool overflow;
	struct cell *cell = shard_series_cell(shard, family, &value, &overflow);

	assert_false(overflow);
	return cell;
}
