#include "tests/windows/etw_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/rule/rule_set.h"
#include "exporter/value/utf16.h"
#include "metrics/exposition.h"

#define HEAD "sessions:\n- name: a\n  source: etw\n"
/* A session that has to be killed has failed. */
#define END_SECONDS 20

void etw_rig_machine(struct etw_rig *rig, const char *script)
{
	memset(rig, 0, sizeof(*rig));
	scratch_make(&rig->scratch);
	setenv("ETWMODEL_SCRIPT", scratch_file(&rig->scratch, "script", script), 1);
	model_reset();
}

static struct config *parse(const char *keys)
{
	struct problems problems;
	struct config *config;
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", HEAD, keys);
	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (!config)
		fail_msg("%zu:%zu: %s", problems.list[0].line, problems.list[0].column,
			 problems.list[0].text);
	problems_done(&problems);
	return config;
}

void etw_rig_start(struct etw_rig *rig, const char *keys)
{
	const struct registry_limits limits = {.series = 1000, .label_bytes = 128};
	struct session_context context = {.families = &rig->families};

	rig->config = parse(keys);
	rig->registry = registry_new(&limits);
	assert_int_equal(event_families_add(&rig->families, rig->registry), 0);
	rig->rules = rule_set_new(rig->config, rig->registry);
	assert_non_null(rig->rules);
	context.registry = rig->registry;
	context.rules = rig->rules;
	context.limits = &rig->config->limits;
	rig->session = session_new(&rig->config->sessions[0], &context, &rig->error);
	assert_non_null(rig->session);
	assert_int_equal(session_start(rig->session, &rig->error), 0);
}

void etw_rig_begin(struct etw_rig *rig, const char *script, const char *keys)
{
	etw_rig_machine(rig, script);
	etw_rig_start(rig, keys);
}

void etw_rig_stop(struct etw_rig *rig)
{
	struct timespec deadline;

	session_stop(rig->session);
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += END_SECONDS;
	assert_true(session_join(rig->session, &deadline));
}

void etw_rig_end(struct etw_rig *rig)
{
	if (rig->session) {
		etw_rig_stop(rig);
		session_free(rig->session);
	}
	registry_free(rig->registry);
	rule_set_free(rig->rules);
	config_free(rig->config);
	scratch_remove(&rig->scratch);
}

double etw_rig_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void etw_rig_yield(void)
{
	const struct timespec time = {0, 200000};

	nanosleep(&time, NULL);
}

const char *etw_rig_failure(const struct etw_rig *rig)
{
	enum session_state state = session_state(rig->session);

	return state == SESSION_WAITING || state == SESSION_FAILED
		       ? session_failure(rig->session)->text
		       : "";
}

const struct session_health *etw_rig_health(const struct etw_rig *rig)
{
	return session_health(rig->session);
}

/* Of the registry, with a terminator. */
static void render(struct etw_rig *rig, struct text *page)
{
	struct exposition exposition = {.out = page, .format = EXPOSITION_TEXT};

	text_init(page, 1 << 20);
	text_char(page, '\n');
	registry_expose(rig->registry, &exposition);
	text_char(page, '\0');
	assert_false(page->failed);
}

bool etw_rig_has(struct etw_rig *rig, const char *line)
{
	char whole[1024];
	struct text page;
	bool has;

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	render(rig, &page);
	has = strstr(page.bytes, whole) != NULL;
	text_done(&page);
	return has;
}

uint64_t etw_rig_events(struct etw_rig *rig, unsigned int id)
{
	struct text text;
	uint64_t count = 0;
	char label[32];
	const char *at;

	render(rig, &text);
	snprintf(label, sizeof(label), "event_id=\"%u\"", id);
	for (at = text.bytes; (at = strstr(at, "\netw_events_total{")); at++) {
		const char *end = strchr(at + 1, '\n'), *found = strstr(at, label);

		if (found && found < end)
			count += strtoull(strchr(found, ' ') + 1, NULL, 10);
	}
	text_done(&text);
	return count;
}

struct model_session etw_rig_model(const char *name)
{
	struct model_session copy = {.used = false}, *found;
	WCHAR wide[ETW_SESSION_NAME_SIZE];
	struct model_state *state;

	utf16_from_utf8(name, wide, ETW_SESSION_NAME_SIZE);
	state = model_lock();
	found = model_session_find(state, wide);
	if (found)
		copy = *found;
	model_unlock();
	return copy;
}
