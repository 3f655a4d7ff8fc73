#include "exporter/session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/system/clock_ns.h"
#include "exporter/source/source.h"
#include "exporter/system/worker.h"

#define NS_PER_SECOND	 ((uint64_t)1000000000)
#define FIRST_BACKOFF_NS NS_PER_SECOND
#define LAST_BACKOFF_NS	 (60 * NS_PER_SECOND)

struct session {
	const struct session_config *config;
	const struct source_type *type;
	struct session_context context;
	struct session_health health;
	struct trace_queue *queue;
	struct aggregator *aggregator;
	struct stop *stop;
	struct source_wants wants;
	struct worker session_worker, aggregator_worker;
	enum session_state end_state; /* set by the session thread before its last buffer */
	struct error failure;	      /* the session thread's; of its last attempt that failed */
};

int session_check(const struct session_config *config, struct error *error)
{
	struct error why;

	if (source_type_find(config->source))
		return 0;
	source_type_missing(config->source, &why);
	return error_set(error, "session %s: %s", config->name, why.text);
}

/* `shard` NULL: a new one. */
static struct session *make(const struct session_config *config,
			    const struct session_context *context, struct shard *shard,
			    struct error *error)
{
	struct session *session = calloc(1, sizeof(*session));
	struct aggregator_config aggregator;

	if (!session) {
		error_set(error, "session %s: out of memory", config->name);
		return NULL;
	}
	session->config = config;
	session->context = *context;
	session_health_init(&session->health);
	aggregator = (struct aggregator_config){
		.session = config->name,
		.event_types_limit = context->limits->event_types,
		.registry = context->registry,
		.families = context->families,
		.rules = context->rules,
		.shard = shard,
		.manifests = context->manifests,
		.cuts = context->cuts,
		.health = &session->health,
		.log = context->log,
	};
	if (session_check(config, error)) {
		session_free(session);
		return NULL;
	}
	session->type = source_type_find(config->source);
	session->stop = stop_new();
	session->queue = trace_queue_new(config->queue_bytes);
	/* Last: it leaves a shard behind in the registry. */
	if (session->stop && session->queue)
		session->aggregator = aggregator_new(&aggregator);
	if (!session->stop || !session->queue || !session->aggregator) {
		error_set(error, "session %s: %s", config->name, strerror(errno));
		session_free(session);
		return NULL;
	}
	return session;
}

struct session *session_new(const struct session_config *config,
			    const struct session_context *context, struct error *error)
{
	return make(config, context, NULL, error);
}

struct session *session_new_after(struct session *before, const struct session_config *config,
				  const struct session_context *context, struct error *error)
{
	bool goes_on = before->type->is_live && strcmp(before->config->source, config->source) == 0;
	struct shard *shard = goes_on ? aggregator_shard(before->aggregator) : NULL;
	struct session *session = make(config, context, shard, error);

	if (!session)
		return NULL;
	if (goes_on) {
		session_health_go_on(&session->health, &before->health);
		aggregator_succeed(session->aggregator, before->aggregator);
	} else {
		session_leave(before);
	}
	return session;
}

void session_leave(struct session *session)
{
	aggregator_leave_shard(session->aggregator);
}

/* By the main thread, which alone changes rules: the session's own threads do not look at them. */
static void note_wants(struct session *session)
{
	const struct aggregator *aggregator = session->aggregator;
	bool cuts = aggregator_cuts(aggregator);

	/* What names events is known before, so that no cut depends on when it came. */
	atomic_store(&session->wants.learn, cuts || aggregator_wants_learning(aggregator));
	atomic_store(&session->wants.order, cuts || aggregator_wants_order(aggregator));
	atomic_store(&session->wants.sort, cuts);
}

struct rules_change *session_prepare_rules(const struct session *session,
					   const struct rule_set *set)
{
	return aggregator_prepare_rules(session->aggregator, set);
}

void session_change_rules(struct session *session, struct rules_change *change)
{
	aggregator_change_rules(session->aggregator, session->queue, change);
	note_wants(session);
}

void session_publish_rules(struct session *session, struct rules_change *change)
{
	aggregator_publish_rules(session->aggregator, change);
}

void session_free(struct session *session)
{
	if (!session)
		return;
	aggregator_free(session->aggregator);
	trace_queue_free(session->queue);
	stop_free(session->stop);
	free(session);
}

static void set_state(struct session *session, enum session_state state)
{
	atomic_store(&session->health.state, (int)state);
}

/* Goes on for ever, if it can: a failure is not its end. */
static bool is_endless(const struct session *session)
{
	return session->type->is_live || session->config->follow || session->config->loop;
}

static void log_failure(const struct session *session, bool final)
{
	log_line(session->context.log, LOG_ERROR,
		 final ? "session failed" : "session failed, will be tried again", "session",
		 session->config->name, "error", session->failure.text, NULL);
}

/* Runs the source until its end; the state that the session ends in. */
static enum session_state run_source(struct session *session, void *source)
{
	uint64_t backoff = FIRST_BACKOFF_NS;
	int64_t began;

	for (;;) {
		began = clock_ns(CLOCK_MONOTONIC);
		/* A live one says itself when it is there. */
		if (!session->type->is_live)
			set_state(session, SESSION_RUNNING);
		if (!session->type->run(source, &session->failure))
			return stop_is_set(session->stop) ? SESSION_STOPPED : SESSION_FINISHED;
		/* What the stop has prevented is no failure. */
		if (is_endless(session) && stop_is_set(session->stop))
			return SESSION_STOPPED;
		log_failure(session, !is_endless(session));
		if (!is_endless(session))
			return SESSION_FAILED;
		if ((uint64_t)(clock_ns(CLOCK_MONOTONIC) - began) > LAST_BACKOFF_NS)
			backoff = FIRST_BACKOFF_NS;
		set_state(session, SESSION_WAITING);
		if (stop_wait(session->stop, backoff))
			return SESSION_STOPPED;
		backoff = 2 * backoff < LAST_BACKOFF_NS ? 2 * backoff : LAST_BACKOFF_NS;
		health_add(&session->health.restarts, 1);
	}
}

static void run_session(void *context_of)
{
	struct session *session = context_of;
	struct source_context context = {
		.config = session->config,
		.limits = session->context.limits,
		.queue = session->queue,
		.health = &session->health,
		.stop = session->stop,
		.log = session->context.log,
		.wants = &session->wants,
	};
	void *source = session->type->open(&context, &session->failure);

	if (source) {
		session->end_state = run_source(session, source);
		session->type->close(source);
	} else {
		log_failure(session, true);
		session->end_state = SESSION_FAILED;
	}
	trace_queue_stop(session->queue);
}

/* The session has ended when all of it is counted. */
static void run_aggregator(void *context)
{
	struct session *session = context;

	aggregator_run(session->aggregator, session->queue);
	set_state(session, session->end_state);
	log_line(session->context.log, LOG_INFO, "session ended", "session", session->config->name,
		 "state", session_state_name(session->end_state), NULL);
}

static int start_failed(struct session *session, int reason, struct error *error)
{
	aggregator_end(session->aggregator);
	set_state(session, SESSION_FAILED);
	return error_set(error, "session %s: cannot start a thread: %s", session->config->name,
			 strerror(reason));
}

int session_start(struct session *session, struct error *error)
{
	struct timespec now;
	int reason;

	set_state(session, SESSION_STARTING);
	clock_gettime(CLOCK_REALTIME, &now);
	atomic_store(&session->health.start_time,
		     (int64_t)now.tv_sec * (int64_t)NS_PER_SECOND + now.tv_nsec);
	note_wants(session);
	aggregator_begin(session->aggregator);
	reason = worker_start(&session->aggregator_worker, run_aggregator, session);
	if (reason)
		return start_failed(session, reason, error);
	reason = worker_start(&session->session_worker, run_session, session);
	if (reason) {
		session->end_state = SESSION_FAILED;
		trace_queue_stop(session->queue);
		session_join(session, NULL);
		return start_failed(session, reason, error);
	}
	return 0;
}

void session_stop(struct session *session)
{
	stop_set(session->stop);
}

bool session_is_stopping(const struct session *session)
{
	return stop_is_set(session->stop);
}

bool session_join(struct session *session, const struct timespec *deadline)
{
	return worker_join(&session->session_worker, deadline) &&
	       worker_join(&session->aggregator_worker, deadline);
}

const struct session_config *session_config(const struct session *session)
{
	return session->config;
}

const struct session_health *session_health(const struct session *session)
{
	return &session->health;
}

enum session_state session_state(const struct session *session)
{
	return (enum session_state)atomic_load(&session->health.state);
}

const struct trace_queue *session_queue(const struct session *session)
{
	return session->queue;
}

bool session_is_up(const struct session *session)
{
	enum session_state state = session_state(session);

	return state == SESSION_RUNNING || state == SESSION_FINISHED;
}

bool session_has_ended(const struct session *session)
{
	enum session_state state = session_state(session);

	return state == SESSION_FINISHED || state == SESSION_FAILED || state == SESSION_STOPPED;
}

const struct error *session_failure(const struct session *session)
{
	return &session->failure;
}

struct aggregator *session_aggregator(struct session *session)
{
	return session->aggregator;
}

const struct rules *session_rules(const struct session *session)
{
	return aggregator_rules(session->aggregator);
}
