#include "config/web_config.h"

#define HASH_NONFATAL_OOM 1
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "config/encoding.h"
#include "config/file_text.h"
#include "config/go_values.h"
#include "config/path_form.h"
#include "config/value.h"
#include "config/web_keys.h"
#include "config/web_tls_reader.h"
#include "config/wipe.h"
#include "config/yaml.h"

#define USERS_MAX     10000
#define HASH_LENGTH   60
#define COST_MIN      4
#define COST_MAX      31
#define COST_FAST     16 /* takes seconds from about there on */
#define SALT_ALPHABET "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* A key must not stay in memory that is given back. */
static void pem_done(struct web_pem *pem)
{
	if (pem->bytes)
		wipe(pem->bytes, pem->length);
	free(pem->bytes);
	free(pem->source);
}

static void tls_done(struct web_tls_config *tls)
{
	size_t i;

	pem_done(&tls->cert);
	pem_done(&tls->key);
	pem_done(&tls->client_ca);
	for (i = 0; i < tls->client_allowed_sans.count; i++)
		free(tls->client_allowed_sans.words[i]);
	free(tls->client_allowed_sans.words);
	free(tls->cert_file);
	free(tls->key_file);
	free(tls->client_ca_file);
}

void web_config_free(struct web_config *config)
{
	size_t i;

	if (!config)
		return;
	tls_done(&config->tls);
	for (i = 0; i < WEB_HEADERS; i++)
		free(config->http.headers[i]);
	for (i = 0; i < config->user_count; i++) {
		free(config->users[i].name);
		free(config->users[i].hash);
	}
	free(config->users);
	free(config);
}

/* Blank ones are not to be sent. Their rows are in the order of enum web_header. */
static void read_headers(struct mapping *headers, struct web_http_config *into,
			 const struct report *report)
{
	size_t i;

	for (i = 0; i < WEB_HEADERS; i++) {
		const struct yaml_node *node = headers->values[i];

		if (!node || node->kind != YAML_TEXT || node->length)
			continue;
		into->headers[i] = strdup("");
		headers->values[i] = NULL;
	}
	mapping_read(headers, into, report);
}

static void read_http(const struct yaml_node *node, struct web_http_config *into,
		      const struct report *report)
{
	struct mapping http, headers;

	web_mapping_open(&http, &web_http_keys, node, report);
	mapping_read(&http, into, report);
	web_mapping_open(&headers, &web_header_keys, mapping_value(&http, "headers"), report);
	read_headers(&headers, into, report);
}

/* One that is negative is none, as to Go's rate.Every. */
static void read_interval(const struct yaml_node *node, struct web_rate_limit *into,
			  const struct report *report)
{
	static const struct key key = {
		.name = "interval",
		.kind = KEY_DURATION,
		.offset = offsetof(struct web_rate_limit, interval_ns),
		.high = INT64_MAX,
	};
	struct quoted quoted;
	int64_t ns;

	switch (go_duration(node, &ns)) {
	case GO_DURATION_OK:
		into->interval_ns = ns > 0 ? (uint64_t)ns : 0;
		break;
	case GO_DURATION_TOO_LONG:
		report_error(report, node->place, "interval must be less than 292 years, not %s",
			     yaml_describe(node, &quoted));
		break;
	default:
		value_read(&key, node, into, report);
	}
}

static void read_rate_limit(const struct yaml_node *node, struct web_rate_limit *into,
			    const struct report *report)
{
	size_t errors = report->problems->errors;
	const struct yaml_node *interval;
	struct mapping mapping;

	web_mapping_open(&mapping, &web_rate_limit_keys, node, report);
	mapping_read(&mapping, into, report);
	interval = mapping_value(&mapping, "interval");
	if (interval)
		read_interval(interval, into, report);
	if (into->interval_ns && !into->burst && report->problems->errors == errors)
		report_warning(report, node->place,
			       "rate_limit refuses all requests unless burst is 1 or more");
}

/* The cost; 0: it is no hash of bcrypt. */
static unsigned int parse_hash(const struct yaml_node *node)
{
	const char *text = node->text;
	unsigned int cost;

	if (node->kind != YAML_TEXT || node->length != HASH_LENGTH || strlen(text) != HASH_LENGTH ||
	    memcmp(text, "$2", 2) != 0 || !strchr("aby", text[2]) || text[3] != '$' ||
	    text[6] != '$' || strspn(text + 7, SALT_ALPHABET) != HASH_LENGTH - 7 ||
	    strspn(text + 4, "0123456789") != 2)
		return 0;
	cost = (unsigned int)(text[4] - '0') * 10 + (unsigned int)(text[5] - '0');
	return cost >= COST_MIN && cost <= COST_MAX ? cost : 0;
}

/* Users while they are read, by their names. */
struct user_names {
	struct user_name {
		UT_hash_handle hh;
	} * rows, *known;
	size_t count;
};

/* False: it is there already. */
static bool add_name(struct user_names *names, const char *name, const struct report *report)
{
	struct user_name *row = &names->rows[names->count], *found;
	size_t length = strlen(name);

	HASH_FIND(hh, names->known, name, length, found);
	if (found)
		return false;
	HASH_ADD_KEYPTR(hh, names->known, name, length, row);
	if (row->hh.tbl)
		names->count++;
	else
		report_out_of_memory(report);
	return true;
}

static bool check_user(const struct yaml_node *name, struct user_names *names,
		       const struct report *report)
{
	unsigned int cost = parse_hash(name->next);
	struct quoted quoted;

	if (name->kind != YAML_TEXT || strlen(name->text) != name->length ||
	    strchr(name->text, ':')) {
		report_error(report, name->place, "a user's name must be a text without a colon");
		return false;
	}
	quote(&quoted, name->text);
	if (!cost) {
		/* Whatever stands there may be a password. */
		report_error(report, name->next->place,
			     "the password of user %s must be a bcrypt hash of 60 characters such "
			     "as $2y$10$..., which `htpasswd -nBC 10 NAME` prints behind the name",
			     quoted.text);
		return false;
	}
	if (cost > COST_FAST)
		report_warning(report, name->next->place,
			       "the cost of user %s is %u: to check the password takes seconds",
			       quoted.text, cost);
	if (add_name(names, name->text, report))
		return true;
	report_error(report, name->place, "user %s is there twice", quoted.text);
	return false;
}

static void read_users(const struct yaml_node *node, struct web_config *config,
		       const struct report *report)
{
	struct user_names names = {0};
	const struct yaml_node *name;
	struct quoted quoted;

	if (node->kind != YAML_MAPPING || yaml_count(node) > USERS_MAX) {
		report_error(report, node->place,
			     "basic_auth_users must be a mapping of at most %d users to bcrypt "
			     "hashes, not %s",
			     USERS_MAX, yaml_describe(node, &quoted));
		return;
	}
	config->users = calloc(yaml_count(node) + 1, sizeof(*config->users));
	names.rows = calloc(yaml_count(node) + 1, sizeof(*names.rows));
	if (!config->users || !names.rows)
		report_out_of_memory(report);
	for (name = config->users && names.rows ? node->first : NULL; name;
	     name = name->next->next) {
		struct web_user *user = &config->users[config->user_count];

		if (!check_user(name, &names, report))
			continue;
		user->name = strdup(name->text);
		user->hash = strdup(name->next->text);
		config->user_count++;
	}
	HASH_CLEAR(hh, names.known);
	free(names.rows);
}

static void read_root(const struct yaml_node *root, const char *folder, struct web_config *config,
		      struct web_files *files, const struct report *report)
{
	const struct yaml_node *users;
	struct mapping mapping;

	web_mapping_open(&mapping, &web_keys, root, report);
	web_tls_reader_read(mapping_value(&mapping, "tls_server_config"), folder, &config->tls,
			    files, report);
	read_http(mapping_value(&mapping, "http_server_config"), &config->http, report);
	read_rate_limit(mapping_value(&mapping, "rate_limit"), &config->rate_limit, report);
	users = mapping_value(&mapping, "basic_auth_users");
	if (users)
		read_users(users, config, report);
}

static void read_text(const char *text, size_t length, const char *folder,
		      struct web_config *config, struct web_files *files,
		      const struct report *report)
{
	struct yaml_tree *tree;

	if (length > FILE_BYTES_MAX) {
		report_error(report, (struct place){0}, "the file is larger than 4MiB");
		return;
	}
	if (!encoding_check(&text, &length, report))
		return;
	tree = yaml_tree_read(text, length, report);
	if (tree)
		read_root(yaml_tree_root(tree), folder, config, files, report);
	yaml_tree_free(tree);
}

/* A copy that failed is told by nothing but a NULL. */
static bool is_whole(const struct web_config *config)
{
	const struct web_tls_config *tls = &config->tls;
	size_t i;

	for (i = 0; i < config->user_count; i++)
		if (!config->users[i].name || !config->users[i].hash)
			return false;
	return !tls->is_on || (tls->cert.bytes && tls->key.bytes);
}

struct web_config *web_config_parse(const char *file, const char *text, size_t length,
				    struct web_files *files, struct problems *problems)
{
	const struct report report = {file, problems};
	size_t errors = problems->errors;
	struct web_config *config = calloc(1, sizeof(*config));
	char *folder = path_folder(file);

	if (config && folder)
		read_text(text, length, folder, config, files, &report);
	if (!config || !folder || (problems->errors == errors && !is_whole(config)))
		report_out_of_memory(&report);
	free(folder);
	if (problems->errors == errors)
		return config;
	web_config_free(config);
	return NULL;
}

struct web_config *web_config_load(const char *file, struct web_files *files,
				   struct problems *problems)
{
	const struct report report = {file, problems};
	struct web_config *config = NULL;
	struct file_text text;
	int result = file_text_read(&text, file, false), error = errno;

	if (web_files_add(files, file, result ? NULL : &text))
		report_out_of_memory(&report);
	else if (result)
		report_error(&report, (struct place){0}, "cannot read the web configuration: %s",
			     strerror(error));
	else
		config = web_config_parse(file, text.bytes, text.length, files, problems);
	file_text_done(&text);
	return config;
}
