/*
 * exporter: everything that counts, wired together: registry, families, sessions, metrics page.
 *
 * Made, looked around with, reloaded and ended by the main thread; the page may be rendered by any.
 */
#ifndef EXPORTER_EXPORTER_H
#define EXPORTER_EXPORTER_H

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/session/sessions.h"
#include "exporter/status/status.h"
#include "metrics/exposition.h"

struct exporter;

/* The sessions do not run yet. `config` and `log` are borrowed. NULL: see error. */
struct exporter *exporter_new(const struct config *config, struct log *log, struct error *error);

/*
 * Goes over to another configuration, which is taken and has no errors: only what differs changes.
 * -1: see error, and the old one stays. Neither is in the log but for a success.
 */
int exporter_reload(struct exporter *exporter, struct config *config, struct error *error);

/* Says so, in the log and on the page. */
void exporter_reload_failed(struct exporter *exporter, const struct error *error);

/* When no session runs (any more). */
void exporter_free(struct exporter *exporter);

struct sessions *exporter_sessions(struct exporter *exporter);
struct metrics_page *exporter_page(struct exporter *exporter);

/* Adds what the process takes to the page, before that is rendered. -1: out of memory. */
int exporter_show_process(struct exporter *exporter);
struct status *exporter_status(struct exporter *exporter);

/*
 * Adds what the configured baseline says to the page, likewise; where none is configured, once one
 * is. -1: see error.
 */
int exporter_show_baseline(struct exporter *exporter, struct error *error);

/* To be called about once a second, with the time of a clock that does not go back. */
void exporter_sample(struct exporter *exporter, int64_t now_ns);

#endif
