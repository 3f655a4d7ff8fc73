#include "exporter/source/etl_follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "config/paths.h"
#include "exporter/source/etl_followed.h"

/* So many files that are gone are remembered, lest they are counted again if they come back. */
#define GONE_MAX 1024

struct known {
	struct etl_followed file; /* its path is the key */
	bool seen;		  /* in this round */
	UT_hash_handle hh;
};

struct etl_follow {
	struct source_context context;
	struct known *files; /* by path; those gone, too */
	size_t gone;	     /* of them */
	uint64_t refused;    /* files, by the limit, at most so far */
	uint8_t *scratch;    /* of all files */
};

struct etl_follow *etl_follow_new(const struct source_context *context)
{
	struct etl_follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		return NULL;
	follow->context = *context;
	follow->scratch = malloc(ETL_FOLLOWED_SCRATCH_BYTES);
	if (!follow->scratch) {
		free(follow);
		return NULL;
	}
	return follow;
}

static struct known *add(struct etl_follow *follow, const char *path)
{
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	if (etl_followed_init(&known->file, &follow->context, path, follow->scratch)) {
		free(known);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, follow->files, known->file.path, strlen(known->file.path), known);
	if (!known->hh.tbl) {
		etl_followed_done(&known->file);
		free(known);
		return NULL;
	}
	return known;
}

static void drop(struct etl_follow *follow, struct known *known)
{
	follow->gone -= known->file.gone;
	HASH_DEL(follow->files, known);
	etl_followed_done(&known->file);
	free(known);
}

void etl_follow_free(struct etl_follow *follow)
{
	struct known *known, *next;

	if (!follow)
		return;
	HASH_ITER(hh, follow->files, known, next)
	drop(follow, known);
	free(follow->scratch);
	free(follow);
}

static void look_at_path(struct etl_follow *follow, const char *path)
{
	struct known *known;
	struct file_status status;

	HASH_FIND_STR(follow->files, path, known);
	if (file_status(path, &status)) {
		if (errno == ENOENT)
			return;
	} else if (known && etl_followed_is_settled(&known->file, &status)) {
		known->seen = true;
		return;
	}
	if (!known)
		known = add(follow, path);
	if (!known)
		return;
	if (known->file.gone) {
		etl_followed_come_back(&known->file);
		follow->gone--;
	}
	known->seen = etl_followed_look(&known->file);
}

static void note_unseen(struct etl_follow *follow)
{
	struct known *known, *next;

	HASH_ITER(hh, follow->files, known, next)
	{
		if (!known->seen && !known->file.gone) {
			etl_followed_leave(&known->file);
			follow->gone++;
		}
		known->seen = false;
	}
	/* Those that came first are forgotten first. */
	HASH_ITER(hh, follow->files, known, next)
	{
		if (follow->gone <= GONE_MAX)
			break;
		if (known->file.gone)
			drop(follow, known);
	}
}

/* The limit of files keeps more out than it did so far. */
static void refuse(struct etl_follow *follow, uint64_t refused)
{
	if (!follow->refused)
		log_line(follow->context.log, LOG_WARN,
			 "limit of files reached, the rest is not read", "session",
			 follow->context.config->name, "raise", "limits.files", NULL);
	health_add(&follow->context.health->files_refused, refused - follow->refused);
	follow->refused = refused;
}

static int look_around(struct etl_follow *follow, struct error *error)
{
	const struct session_config *config = follow->context.config;
	struct path_list list = {0};
	uint64_t all_refused = 0;
	size_t i;
	int result = 0;

	for (i = 0; !result && i < config->path_count; i++) {
		long refused = paths_expand(&list, config->paths[i], follow->context.limits->files);

		if (refused < 0)
			result = error_set(error, "cannot read %s: %s", config->paths[i],
					   strerror(errno));
		else
			all_refused += (uint64_t)refused;
	}
	if (all_refused > follow->refused)
		refuse(follow, all_refused);
	for (i = 0; !result && i < list.count && !stop_is_set(follow->context.stop); i++)
		look_at_path(follow, list.paths[i]);
	if (!result && i == list.count)
		note_unseen(follow);
	paths_done(&list);
	return result;
}

int etl_follow_run(struct etl_follow *follow, struct error *error)
{
	struct stop *stop = follow->context.stop;

	do {
		if (look_around(follow, error))
			return -1;
	} while (!stop_wait(stop, follow->context.config->poll_ns));
	return 0;
}
