#include "exporter/service/reload_request.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "exporter/service/ending.h"

enum stage {
	STAGE_NONE,
	STAGE_ASKED,
	STAGE_BEGUN,
	STAGE_ENDED,
};

/* Of one who asks at a time: who waits takes a thread of the server. */
struct reload_request {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	enum stage stage;
	bool is_closed;
	bool failed;
	struct error error;
};

struct reload_request *reload_request_new(void)
{
	struct reload_request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	pthread_mutex_init(&request->lock, NULL);
	pthread_cond_init(&request->changed, NULL);
	return request;
}

void reload_request_free(struct reload_request *request)
{
	if (!request)
		return;
	pthread_cond_destroy(&request->changed);
	pthread_mutex_destroy(&request->lock);
	free(request);
}

/* Under the lock. */
static enum reload_result wait_for_end(struct reload_request *request, struct error *error)
{
	enum reload_result result;

	request->stage = STAGE_ASKED;
	ending_ask_reload();
	while (request->stage != STAGE_ENDED && !request->is_closed)
		pthread_cond_wait(&request->changed, &request->lock);
	*error = request->error;
	if (request->stage != STAGE_ENDED) {
		error_set(error, "the exporter is stopping");
		result = RELOAD_BUSY;
	} else {
		result = request->failed ? RELOAD_FAILED : RELOAD_DONE;
	}
	request->stage = STAGE_NONE;
	return result;
}

enum reload_result reload_request_ask(struct reload_request *request, struct error *error)
{
	enum reload_result result = RELOAD_BUSY;

	pthread_mutex_lock(&request->lock);
	if (request->is_closed)
		error_set(error, "the exporter is stopping");
	else if (request->stage != STAGE_NONE)
		error_set(error, "the configuration is being reloaded already");
	else
		result = wait_for_end(request, error);
	pthread_mutex_unlock(&request->lock);
	return result;
}

void reload_request_begin(struct reload_request *request)
{
	pthread_mutex_lock(&request->lock);
	if (request->stage == STAGE_ASKED)
		request->stage = STAGE_BEGUN;
	pthread_mutex_unlock(&request->lock);
}

void reload_request_end(struct reload_request *request, const struct error *error)
{
	pthread_mutex_lock(&request->lock);
	if (request->stage == STAGE_BEGUN) {
		request->stage = STAGE_ENDED;
		request->failed = error != NULL;
		if (error)
			request->error = *error;
		pthread_cond_broadcast(&request->changed);
	}
	pthread_mutex_unlock(&request->lock);
}

void reload_request_close(struct reload_request *request)
{
	pthread_mutex_lock(&request->lock);
	request->is_closed = true;
	pthread_cond_broadcast(&request->changed);
	pthread_mutex_unlock(&request->lock);
}
