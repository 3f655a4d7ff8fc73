/*
 * etw_rig: a live session of Windows against the model: a script of what the machine does, a
 * configuration of one session, and what becomes of it. One thread.
 */
#ifndef TESTS_WINDOWS_ETW_RIG_H
#define TESTS_WINDOWS_ETW_RIG_H

#include <stdbool.h>

#include "config/config.h"
#include "exporter/session/session.h"
#include "metrics/registry.h"
#include "tests/support/scratch.h"
#include "tests/windows/model/model.h"

struct etw_rig {
	struct scratch scratch;
	struct registry *registry;
	struct event_families families;
	struct config *config;
	struct rule_set *rules;
	struct session *session;
	struct error error;
};

/* The machine as the script has it, without sessions of ours. */
void etw_rig_machine(struct etw_rig *rig, const char *script);
/* Its session runs; `keys` are the lines of a session called "a" beside name and source, and what
 * comes behind it. */
void etw_rig_start(struct etw_rig *rig, const char *keys);
/* Both. */
void etw_rig_begin(struct etw_rig *rig, const char *script, const char *keys);
/* Stops the session, which ends within the time that it has, and forgets all. */
void etw_rig_end(struct etw_rig *rig);
/* The session alone; its health stays. */
void etw_rig_stop(struct etw_rig *rig);

/* Waits until it is so; fails the test where it takes too long. */
#define ETW_RIG_WAIT(rig, condition)                                                            \
	for (double begun = etw_rig_seconds(); !(condition);) {                                 \
		if (etw_rig_seconds() - begun > 30)                                             \
			fail_msg("%s has not become so: %s", #condition, etw_rig_failure(rig)); \
		etw_rig_yield();                                                                \
	}

double etw_rig_seconds(void);
void etw_rig_yield(void);
/* What the session failed of last; "" while it runs. */
const char *etw_rig_failure(const struct etw_rig *rig);

const struct session_health *etw_rig_health(const struct etw_rig *rig);
/* Of etw_events_total, whatever the provider. */
uint64_t etw_rig_events(struct etw_rig *rig, unsigned int id);

/* Whether the registry's page has the line. */
bool etw_rig_has(struct etw_rig *rig, const char *line);

/* A copy of the model's session; `used` is false where there is none. */
struct model_session etw_rig_model(const char *name);

#endif
