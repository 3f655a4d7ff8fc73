/* Another configuration for sessions that run. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/session/sessions_private.h"

#define STOP_SECONDS 10

/* What becomes of a session that there is. */
struct fate {
	const struct session_config *to; /* NULL: it is not configured any more */
	bool stays;
	bool had_ended;
	bool has_left;		     /* another goes on in its place, or its series are gone */
	struct rules_change *change; /* NULL: none */
};

struct reloading {
	struct sessions *sessions;
	const struct config *config;
	const struct session_context *context;
	struct fate *fates; /* by member */
	size_t count;
	struct member *list; /* of the sessions that there will be */
	size_t list_count;
};

static const struct session_config *find(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (strcmp(config->sessions[i].name, name) == 0)
			return &config->sessions[i];
	return NULL;
}

static bool says_the_same(const struct session_config *a, const struct session_config *b)
{
	return a->said && b->said && strcmp(a->said, b->said) == 0;
}

/* Whether a session of this name goes on as it is. */
static bool is_same(const struct reloading *reloading, const struct session_config *from,
		    const struct session_config *to)
{
	return from && to && says_the_same(from, to) &&
	       reloading->context->manifests == reloading->sessions->context.manifests;
}

/*
 * A file's session gives way to a configured one of its name. One that did not stop in time for an
 * earlier configuration has still to begin anew.
 */
static bool stays(const struct reloading *reloading, const struct member *member,
		  const struct session_config *to)
{
	return is_same(reloading, member->from, to) && !session_is_stopping(member->session) &&
	       !(member->file_config && find(reloading->config, member->file_config->name));
}

static int decide(const struct reloading *reloading, size_t index)
{
	const struct member *member = &reloading->sessions->list[index];
	struct fate *fate = &reloading->fates[index];

	fate->to = find(reloading->config, member->from->name);
	fate->stays = stays(reloading, member, fate->to);
	fate->had_ended = session_has_ended(member->session);
	if (!fate->stays || !session_rules(member->session))
		return 0;
	fate->change = session_prepare_rules(member->session, reloading->context->rules);
	return fate->change ? 0 : -1;
}

/* All that may fail for another reason than a session that hangs, before anything is touched. */
static int prepare(struct reloading *reloading, struct error *error)
{
	const struct config *config = reloading->config;
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (session_check(&config->sessions[i], error))
			return -1;
	reloading->fates = calloc(reloading->count + 1, sizeof(*reloading->fates));
	reloading->list = calloc(reloading->count + config->session_count + config->limits.sessions,
				 sizeof(*reloading->list));
	if (!reloading->fates || !reloading->list)
		return error_set(error, "out of memory");
	for (i = 0; i < reloading->count; i++)
		if (decide(reloading, i))
			return error_set(error, "out of memory");
	return 0;
}

/* False: one hangs. */
static bool stop_others(const struct reloading *reloading, struct error *error)
{
	struct member *list = reloading->sessions->list;
	struct timespec deadline;
	bool all = true;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += STOP_SECONDS;
	for (i = 0; i < reloading->count; i++)
		if (!reloading->fates[i].stays)
			session_stop(list[i].session);
	for (i = 0; i < reloading->count; i++) {
		if (reloading->fates[i].stays || session_join(list[i].session, &deadline))
			continue;
		error_set(error, "session %s does not stop", session_config(list[i].session)->name);
		all = false;
	}
	return all;
}

/* The old configuration stays, so what was stopped for the new one is started again. */
static void start_again(const struct reloading *reloading)
{
	struct sessions *sessions = reloading->sessions;
	const struct timespec now = {0};
	struct error error;
	size_t i;

	for (i = 0; i < reloading->count; i++) {
		struct member *member = &sessions->list[i];
		struct session *before = member->session, *after;

		if (reloading->fates[i].stays || reloading->fates[i].had_ended ||
		    !session_join(before, &now))
			continue;
		after = session_new_after(before, session_config(before), &sessions->context,
					  &error);
		if (!after)
			continue;
		sessions_look(sessions);
		member->session = after;
		sessions_looked(sessions);
		session_free(before);
		sessions_start_member(sessions, member, &error);
	}
}

static void change_rules(const struct reloading *reloading)
{
	size_t i;

	for (i = 0; i < reloading->count; i++)
		if (reloading->fates[i].change && rules_change_is_one(reloading->fates[i].change))
			session_change_rules(reloading->sessions->list[i].session,
					     reloading->fates[i].change);
}

/* Which one a configured session takes the place of; reloading->count: there is none. */
static size_t index_before(const struct reloading *reloading, const struct session_config *config)
{
	size_t i;

	for (i = 0; i < reloading->count; i++)
		if (reloading->fates[i].to == config && !reloading->sessions->list[i].file_config)
			break;
	return i;
}

/* Those that stay, of one configured session. */
static size_t keep(struct reloading *reloading, const struct session_config *config)
{
	size_t i, kept = 0;

	for (i = 0; i < reloading->count; i++) {
		struct member *member = &reloading->list[reloading->list_count];

		if (reloading->fates[i].to != config || !reloading->fates[i].stays)
			continue;
		*member = reloading->sessions->list[i];
		member->from = config;
		reloading->list_count++;
		kept++;
	}
	return kept;
}

static int add(struct reloading *reloading, const struct session_config *config,
	       struct sessions_news *news, struct error *error)
{
	struct member *member = &reloading->list[reloading->list_count];
	size_t before = index_before(reloading, config);
	bool is_other = before < reloading->count;

	*member = (struct member){.from = config, .made_by = reloading->config, .waits = true};
	member->session = is_other ? session_new_after(reloading->sessions->list[before].session,
						       config, reloading->context, error)
				   : session_new(config, reloading->context, error);
	if (!member->session)
		return -1;
	if (is_other)
		reloading->fates[before].has_left = true;
	news->changed += is_other;
	news->added += !is_other;
	reloading->list_count++;
	return 0;
}

/* Sessions of files are found later. */
static int make_list(struct reloading *reloading, struct sessions_news *news, struct error *error)
{
	int result = 0;
	size_t i;

	for (i = 0; i < reloading->config->session_count; i++) {
		const struct session_config *config = &reloading->config->sessions[i];
		const struct session_config *old = find(reloading->sessions->config, config->name);

		if (is_same(reloading, old, config) &&
		    (keep(reloading, config) || config->per_file)) {
			news->kept++;
		} else if (config->per_file) {
			news->changed += old != NULL;
			news->added += !old;
		} else if (add(reloading, config, news, error)) {
			result = -1;
		}
	}
	for (i = 0; i < reloading->sessions->config->session_count; i++)
		news->removed +=
			!find(reloading->config, reloading->sessions->config->sessions[i].name);
	return result;
}

/* The old list. */
static struct member *publish(struct reloading *reloading)
{
	struct sessions *sessions = reloading->sessions;
	struct member *before = sessions->list;
	size_t i;

	sessions_look(sessions);
	for (i = 0; i < reloading->count; i++)
		if (reloading->fates[i].change && rules_change_is_one(reloading->fates[i].change))
			session_publish_rules(before[i].session, reloading->fates[i].change);
	sessions->list = reloading->list;
	atomic_store(&sessions->count, reloading->list_count);
	sessions->config = reloading->config;
	sessions->context = *reloading->context;
	sessions_looked(sessions);
	reloading->list = NULL;
	return before;
}

static void free_gone(const struct reloading *reloading, struct member *list)
{
	size_t i;

	for (i = 0; i < reloading->count; i++) {
		if (reloading->fates[i].stays)
			continue;
		if (!reloading->fates[i].has_left)
			session_leave(list[i].session);
		session_free(list[i].session);
		sessions_file_config_free(list[i].file_config);
	}
	free(list);
}

/* Whether sessions for files that were there at the start are missing. */
static bool lacks_files(const struct reloading *reloading, const struct session_config *config)
{
	bool any = false, gone = false;
	size_t i;

	for (i = 0; i < reloading->count; i++) {
		any = any || reloading->fates[i].to == config;
		gone = gone || (reloading->fates[i].to == config && !reloading->fates[i].stays);
	}
	return config->per_file && !config->follow && (!any || gone);
}

/* What cannot be started is tried again when it looks around. */
static void start_new(const struct reloading *reloading)
{
	struct sessions *sessions = reloading->sessions;
	uint64_t refused = sessions->refused_for_good;
	struct error error;
	size_t i, count = sessions_count(sessions);

	for (i = 0; i < count; i++)
		if (sessions->list[i].waits)
			sessions_start_member(sessions, &sessions->list[i], &error);
	for (i = 0; i < sessions->config->session_count; i++) {
		const struct session_config *config = &sessions->config->sessions[i];

		if (lacks_files(reloading, config))
			sessions_add_files(sessions, config, &refused, &error);
	}
	sessions->refused_for_good = refused;
}

static void done(struct reloading *reloading)
{
	size_t i;

	for (i = 0; reloading->fates && i < reloading->count; i++)
		rules_change_free(reloading->fates[i].change);
	free(reloading->fates);
	free(reloading->list);
}

static int go_over(struct reloading *reloading, struct sessions_news *news, struct error *error)
{
	int result;

	change_rules(reloading);
	result = make_list(reloading, news, error);
	free_gone(reloading, publish(reloading));
	start_new(reloading);
	sessions_look_around(reloading->sessions);
	return result;
}

int sessions_reload(struct sessions *sessions, const struct config *config,
		    const struct session_context *context, struct sessions_news *news,
		    struct error *error)
{
	struct reloading reloading = {
		.sessions = sessions,
		.config = config,
		.context = context,
		.count = sessions_count(sessions),
	};
	int result = prepare(&reloading, error);

	*news = (struct sessions_news){0};
	if (!result && !stop_others(&reloading, error)) {
		start_again(&reloading);
		result = -1;
	} else if (!result) {
		result = go_over(&reloading, news, error);
	}
	done(&reloading);
	return result;
}

bool sessions_use(const struct sessions *sessions, const struct config *config,
		  const struct rule_set *rules)
{
	size_t i;

	for (i = 0; i < sessions_count(sessions); i++) {
		const struct rules *used = session_rules(sessions->list[i].session);

		if (sessions->list[i].made_by == config || (used && rules_use(used, rules)))
			return true;
	}
	return sessions->config == config;
}
