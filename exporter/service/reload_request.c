#include "exporter/service/reload_request.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "exporter/service/ending.h"

/* One asks at a time. */
struct reload_request {
	pthread_mutex_t lock;	  /* of all that follows */
	struct reload_wait *wait; /* borrowed; NULL: nobody has asked */
	bool has_begun;
	bool is_closed;
};

struct reload_request *reload_request_new(void)
{
	struct reload_request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	pthread_mutex_init(&request->lock, NULL);
	return request;
}

void reload_request_free(struct reload_request *request)
{
	if (!request)
		return;
	pthread_mutex_destroy(&request->lock);
	free(request);
}

/* Under the lock. */
static void tell(struct reload_request *request, enum reload_result result)
{
	struct reload_wait *wait = request->wait;

	request->wait = NULL;
	request->has_begun = false;
	wait->result = result;
	wait->told(wait);
}

static void refuse(struct reload_wait *wait, const char *reason)
{
	wait->result = RELOAD_BUSY;
	error_set(&wait->error, "%s", reason);
	wait->told(wait);
}

void reload_request_ask(struct reload_request *request, struct reload_wait *wait)
{
	pthread_mutex_lock(&request->lock);
	if (request->is_closed) {
		refuse(wait, "the exporter is stopping");
	} else if (request->wait) {
		refuse(wait, "the configuration is being reloaded already");
	} else {
		request->wait = wait;
		ending_ask_reload();
	}
	pthread_mutex_unlock(&request->lock);
}

void reload_request_begin(struct reload_request *request)
{
	pthread_mutex_lock(&request->lock);
	request->has_begun = request->wait != NULL;
	pthread_mutex_unlock(&request->lock);
}

void reload_request_end(struct reload_request *request, const struct error *error)
{
	pthread_mutex_lock(&request->lock);
	if (request->has_begun) {
		if (error)
			request->wait->error = *error;
		tell(request, error ? RELOAD_FAILED : RELOAD_DONE);
	}
	pthread_mutex_unlock(&request->lock);
}

void reload_request_close(struct reload_request *request)
{
	if (!request)
		return;
	pthread_mutex_lock(&request->lock);
	request->is_closed = true;
	if (request->wait) {
		error_set(&request->wait->error, "the exporter is stopping");
		tell(request, RELOAD_BUSY);
	}
	pthread_mutex_unlock(&request->lock);
}
