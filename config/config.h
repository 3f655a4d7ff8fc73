/*
 * config: what the configuration file says, checked and complete.
 *
 * A struct config is read-only once loaded and owns all it points to. Every default is filled in.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/etw_config.h"
#include "config/problems.h"
#include "config/rule_config.h"
#include "config/tracefs_config.h"

enum pace {
	PACE_FAST,     /* as fast as the events can be counted */
	PACE_RECORDED, /* as they happened */
};

struct session_config {
	char *said;   /* all that the file says of it, in one form: yaml_said() */
	char *name;   /* unique, valid UTF-8 without control characters, 1 to 200 bytes */
	char *source; /* "etl", "tracefs", "etw" */
	char **paths; /* see config/paths.h; relative ones with the file's folder before them */
	size_t path_count;
	bool follow;		       /* tail files that are still written, pick up new ones */
	uint64_t poll_ns;	       /* how often a followed file is looked at; 1s */
	enum pace pace;		       /* fast */
	bool loop;		       /* begin again at the end */
	bool per_file;		       /* a session for each file, named NAME/FILE */
	uint64_t queue_bytes;	       /* 8MiB; between the reading and the counting thread */
	struct tracefs_config tracefs; /* of source tracefs */
	struct etw_config etw;	       /* of source etw */
};

struct limits_config {
	uint64_t series;      /* 100000 */
	uint64_t event_types; /* 65536; per session */
	uint64_t files;	      /* 65536; known to one session */
	uint64_t sessions;    /* 64 */
	uint64_t label_bytes; /* 128 */
};

struct config {
	char *file; /* as given by the user; in messages */
	struct session_config *sessions;
	size_t session_count;
	char *user; /* to run on as; NULL: as whoever started it */
	struct limits_config limits;
	char *baseline_file; /* NULL: none */
	char **manifests;    /* paths as those of sessions: files, globs, directories */
	size_t manifest_count;
	struct rule_config *rules; /* of the file itself, then of what it includes, in order */
	size_t rule_count;
	char **included; /* names of the files that `include:` brought in, as in messages */
	size_t included_count;
	uint64_t hash;	 /* FNV-1a of the file's bytes, and of the included files' */
	bool is_partial; /* a manifest or an included file may be missing: what events have which
			    fields is not known */
};

/*
 * Reads and checks a file; `problems`, which is initialised, says all that is wrong. With errors
 * among it nothing may be run by what is returned: it has the rules without any, of which there may
 * be more to say. NULL: there is nothing to look at. Checks that paths exist and can be read, too,
 * except for a session that follows.
 */
struct config *config_load(const char *file, struct problems *problems);

/*
 * The same for what runs other sessions than those of the file, which may be another machine's:
 * whether their paths exist is not looked at, and nothing is warned of in them.
 */
struct config *config_load_rules(const char *file, struct problems *problems);

/*
 * The same from memory; `file` is its name in messages, and relative paths stay as they are. NULL:
 * there are errors.
 */
struct config *config_parse(const char *file, const char *text, size_t length,
			    struct problems *problems);

/*
 * As config_parse(), but looks at nothing on disk: for a configuration of another machine. One that
 * includes others is refused.
 */
struct config *config_parse_text(const char *file, const char *text, size_t length,
				 struct problems *problems);

void config_free(struct config *config);

/*
 * Of what events are counted by: what the rules and the limits say, wherever they stand and however
 * they are written. The same on all machines.
 */
uint64_t config_rules_hash(const struct config *config);

#endif
