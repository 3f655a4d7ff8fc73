#include "exporter/http/web_settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/files.h"
#include "exporter/http/password_users.h"
#include "exporter/http/tls.h"

#define PLACE_SIZE 48

struct web_file {
	const char *file;
	struct log *log;
	pthread_mutex_t lock;
	struct web_settings *settings;
	/* Of the last load, and by their hashes what the last look found, what was loaded or
	 * refused last, and what holds. */
	struct web_files files;
	uint64_t seen, decided, held;
	atomic_bool loaded;
	_Atomic time_t loaded_at;
};

static const struct family_info loaded_info = {
	.name = "etw_exporter_web_config_last_reload_successful",
	.help = "Whether the last attempt to load the web configuration succeeded.",
	.type = METRIC_GAUGE,
};
static const struct family_info loaded_time_info = {
	.name = "etw_exporter_web_config_last_reload_success_timestamp_seconds",
	.help = "When the web configuration was last loaded with success, Unix time.",
	.type = METRIC_GAUGE,
};

static const struct family_info expiry_info = {
	.name = "etw_exporter_web_certificate_expiry_timestamp_seconds",
	.help = "When the first of the certificates that are served expires, Unix time.",
	.type = METRIC_GAUGE,
};

static struct web_settings *settings_new(const struct report *report)
{
	struct web_settings *settings = calloc(1, sizeof(*settings));

	if (!settings)
		report_out_of_memory(report);
	else
		atomic_init(&settings->takers, 1);
	return settings;
}

static int add_users(struct web_settings *settings, const struct report *report)
{
	const struct web_config *config = settings->config;

	if (!config->user_count)
		return 0;
	settings->users = password_users_new(config->users, config->user_count);
	if (!settings->users)
		report_out_of_memory(report);
	return settings->users ? 0 : -1;
}

static int add_tls(struct web_settings *settings, const struct report *report)
{
	const struct web_tls_config *config = &settings->config->tls;

	if (!config->is_on)
		return 0;
	settings->tls = tls_settings_new(config, report);
	return settings->tls ? 0 : -1;
}

/* Takes the config. NULL: the report says why. */
static struct web_settings *settings_make(struct web_config *config, const struct report *report)
{
	struct web_settings *settings = settings_new(report);

	if (!settings) {
		web_config_free(config);
		return NULL;
	}
	settings->config = config;
	if (add_users(settings, report) || add_tls(settings, report)) {
		web_settings_drop(settings);
		return NULL;
	}
	return settings;
}

/* `files` gets what was read. */
static struct web_settings *load(const char *file, struct web_files *files,
				 struct problems *problems)
{
	const struct report report = {file, problems};
	struct web_config *config = web_config_load(file, files, problems);

	return config ? settings_make(config, &report) : NULL;
}

struct web_settings *web_settings_load(const char *file, struct problems *problems)
{
	struct web_settings *settings;
	struct web_files files;

	web_files_init(&files);
	settings = load(file, &files, problems);
	web_files_done(&files);
	return settings;
}

void web_settings_drop(struct web_settings *settings)
{
	if (!settings || atomic_fetch_sub(&settings->takers, 1) != 1)
		return;
	tls_settings_free(settings->tls);
	password_users_free(settings->users);
	web_config_free(settings->config);
	free(settings);
}

struct web_file *web_file_open(const char *file, struct log *log, struct problems *problems)
{
	const struct report report = {file, problems};
	struct web_file *web = calloc(1, sizeof(*web));

	if (!web) {
		report_out_of_memory(&report);
		return NULL;
	}
	web->file = file;
	web->log = log;
	pthread_mutex_init(&web->lock, NULL);
	atomic_init(&web->loaded, true);
	atomic_init(&web->loaded_at, time(NULL));
	web_files_init(&web->files);
	web->settings = load(file, &web->files, problems);
	web->seen = web->decided = web->held = web->files.hash;
	if (web->settings)
		return web;
	web_file_free(web);
	return NULL;
}

void web_file_free(struct web_file *web)
{
	if (!web)
		return;
	web_settings_drop(web->settings);
	web_files_done(&web->files);
	pthread_mutex_destroy(&web->lock);
	free(web);
}

struct web_settings *web_file_take(struct web_file *web)
{
	struct web_settings *settings;

	pthread_mutex_lock(&web->lock);
	settings = web->settings;
	atomic_fetch_add(&settings->takers, 1);
	pthread_mutex_unlock(&web->lock);
	return settings;
}

static void replace(struct web_file *web, struct web_settings *settings)
{
	struct web_settings *before;

	pthread_mutex_lock(&web->lock);
	before = web->settings;
	web->settings = settings;
	pthread_mutex_unlock(&web->lock);
	web_settings_drop(before);
	web->held = web->decided;
	atomic_store(&web->loaded, true);
	atomic_store(&web->loaded_at, time(NULL));
	log_line(web->log, LOG_INFO, "web configuration loaded anew", "file", web->file, NULL);
}

static void log_problems(const struct web_file *web, const struct problems *problems)
{
	size_t i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];
		char place[PLACE_SIZE];

		snprintf(place, sizeof(place), "%zu:%zu", problem->line, problem->column);
		log_line(web->log, problem->warning ? LOG_WARN : LOG_ERROR, problem->text, "file",
			 problem->file, "at", place, NULL);
	}
}

static void refuse(struct web_file *web, const struct problems *problems)
{
	atomic_store(&web->loaded, false);
	log_problems(web, problems);
	log_line(web->log, LOG_ERROR, "web configuration not loaded: what was loaded before holds",
		 "file", web->file, NULL);
}

static void take_up(struct web_file *web, struct web_config *config, struct problems *problems)
{
	const struct report report = {web->file, problems};
	const struct web_config *before = web->settings->config;
	struct web_settings *settings = NULL;

	if (config->tls.is_on == before->tls.is_on) {
		settings = settings_make(config, &report);
	} else {
		web_config_free(config);
		report_error(&report, (struct place){0},
			     "tls_server_config turns TLS on or off, which takes a restart");
	}
	if (!settings) {
		refuse(web, problems);
		return;
	}
	log_problems(web, problems);
	replace(web, settings);
}

/* A pipe, for one, has been read, and would be empty now: without a password. */
static bool can_be_read_again(const char *file)
{
	struct file_status status;

	return file_status(file, &status) || status.kind != FILE_KIND_OTHER;
}

/* Takes the config; NULL: there are errors. */
static void decide(struct web_file *web, struct web_config *config, struct problems *problems)
{
	web->decided = web->seen;
	if (!config) {
		refuse(web, problems);
	} else if (web->decided == web->held) {
		/* What was wrong meanwhile was taken back. */
		atomic_store(&web->loaded, true);
		web_config_free(config);
	} else {
		take_up(web, config, problems);
	}
}

/* Where it names other files now, these are to be the same at the next look, too. */
static void load_anew(struct web_file *web)
{
	struct problems problems;
	struct web_config *config;
	struct web_files files;

	problems_init(&problems);
	web_files_init(&files);
	config = web_config_load(web->file, &files, &problems);
	web_files_done(&web->files);
	web->files = files;
	if (files.hash == web->seen) {
		decide(web, config, &problems);
	} else {
		web->seen = files.hash;
		web_config_free(config);
	}
	problems_done(&problems);
}

void web_file_look(struct web_file *web)
{
	uint64_t before = web->seen;

	if (!can_be_read_again(web->file))
		return;
	web->seen = web_files_look(&web->files);
	/* It may be written just now, and what is there of it have no password yet. */
	if (web->seen == before && web->seen != web->decided)
		load_anew(web);
}

static void collect_expiry(struct exposition *exposition, struct web_file *web)
{
	struct web_settings *settings = web_file_take(web);
	time_t expiry = settings->tls ? tls_settings_expiry(settings->tls) : 0;

	web_settings_drop(settings);
	if (!expiry)
		return;
	exposition_family(exposition, &expiry_info);
	exposition_double(exposition, NULL, (double)expiry);
}

void web_file_collect(struct exposition *exposition, void *context)
{
	struct web_file *web = context;

	exposition_family(exposition, &loaded_info);
	exposition_u64(exposition, NULL, atomic_load(&web->loaded));
	exposition_family(exposition, &loaded_time_info);
	exposition_double(exposition, NULL, (double)atomic_load(&web->loaded_at));
	collect_expiry(exposition, web);
}
