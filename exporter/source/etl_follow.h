/*
 * etl_follow: tails recordings that another process is still writing, and picks up new ones.
 *
 * Looks at every file again and again (no notification is needed, so network shares work), and
 * reads what has come. Files are not kept open in between. Used by the session's thread.
 */
#ifndef EXPORTER_SOURCE_ETL_FOLLOW_H
#define EXPORTER_SOURCE_ETL_FOLLOW_H

#include "exporter/source/source.h"

struct etl_follow;

/* NULL: out of memory. */
struct etl_follow *etl_follow_new(const struct source_context *context);
/* Hands on the end of every recording that is known. */
void etl_follow_free(struct etl_follow *follow);

/* Until the stop (0), or until a directory cannot be read (-1); run again, it goes on where it was.
 */
int etl_follow_run(struct etl_follow *follow, struct error *error);

#endif
