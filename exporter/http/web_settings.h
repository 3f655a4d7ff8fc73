/*
 * web_settings: the web configuration that holds now, and that which connections began with.
 *
 * Settings are read-only and live until the last who took them drops them: a connection keeps its
 * TLS while the file changes. Any thread but where it says so.
 */
#ifndef EXPORTER_WEB_SETTINGS_H
#define EXPORTER_WEB_SETTINGS_H

#include <stdatomic.h>

#include "config/web_config.h"
#include "exporter/log/log.h"
#include "metrics/exposition.h"

struct password_users;
struct tls_settings;

struct web_settings {
	struct web_config *config;
	struct password_users *users; /* NULL: none, everybody is let in */
	struct tls_settings *tls;     /* NULL: none */
	atomic_uint_fast64_t takers;
};

/* Of a file; `problems` says what is wrong. The caller's to drop; NULL: there are errors. */
struct web_settings *web_settings_load(const char *file, struct problems *problems);
void web_settings_drop(struct web_settings *settings);

/* A file that is looked at again and again. */
struct web_file;

/* Loads it; `file` and `log` are borrowed. `problems` says what is wrong; NULL: there are errors.
 */
struct web_file *web_file_open(const char *file, struct log *log, struct problems *problems);
void web_file_free(struct web_file *web);

/* What holds now, the caller's to drop. */
struct web_settings *web_file_take(struct web_file *web);

/*
 * Loads the file anew where it, or a file that it names, has other bytes than what was loaded or
 * refused last, and had the same at the look before: one that is being written may be empty, which
 * would let everybody in. One with errors changes nothing and is told of in the log, once; a pipe
 * is not looked at again. One thread at a time.
 */
void web_file_look(struct web_file *web);

/* A collector; `web` is a struct web_file. */
void web_file_collect(struct exposition *exposition, void *web);

#endif
