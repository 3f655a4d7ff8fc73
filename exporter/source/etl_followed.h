/*
 * etl_followed: one recording that another process is still writing, looked at again and again.
 *
 * Knows how far it was read and tells a recording that grew from one that shrank, was replaced or
 * came back; counts and logs that. The file is not kept open in between. Used by the session's
 * thread.
 */
#ifndef EXPORTER_SOURCE_ETL_FOLLOWED_H
#define EXPORTER_SOURCE_ETL_FOLLOWED_H

#include "config/files.h"
#include "exporter/source/etl_reader.h"

/* A buffer header and the longest record that there is, the log file header. */
#define ETL_FOLLOWED_SCRATCH_BYTES ((size_t)ETL_BUFFER_HEADER_BYTES + 65536)

struct etl_followed {
	const struct source_context *context;
	uint8_t *scratch; /* for a look at the header buffer */
	char *path;
	struct etl_reader reader;
	uint64_t offset;	   /* of the first byte that was not handed on */
	struct file_status status; /* when it was looked at last */
	unsigned int same;	   /* looks since then that found the same status */
	int64_t start_unix_ns;	   /* of the recording, by its header; 0: not known */
	/*
	 * Why it may be another recording now, until its header says whether it is. That it shrank
	 * or disappeared has been counted then.
	 */
	enum file_change doubt;
	bool looked_at;
	bool ending;	/* finalised by its header, but there may be more of it to come */
	bool finalised; /* and read to its end */
	bool failed;
	bool gone;
};

/* Borrows `context` and `scratch`, which files may share; copies `path`. -1: out of memory. */
int etl_followed_init(struct etl_followed *file, const struct source_context *context,
		      const char *path, uint8_t *scratch);
/* Hands on the end of the recording. */
void etl_followed_done(struct etl_followed *file);

/* Opens the file and reads what has come. False: there is no such file any more. */
bool etl_followed_look(struct etl_followed *file);

/* Whether there is nothing to look for: it was read to its end, and has this status for long. */
bool etl_followed_is_settled(const struct etl_followed *file, const struct file_status *status);

/* It is gone, or there again. */
void etl_followed_leave(struct etl_followed *file);
void etl_followed_come_back(struct etl_followed *file);

#endif
