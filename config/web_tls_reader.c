#include "config/web_tls_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/file_text.h"
#include "config/name_list.h"
#include "config/nearest.h"
#include "config/path_form.h"
#include "config/web_keys.h"
#include "config/wipe.h"

#define SANS_MAX 1000

/* tls_server_config while it is read. */
struct tls_reading {
	struct mapping mapping;
	const char *folder;
	struct web_tls_config *into;
	struct web_files *files;
	const struct report *report;
};

void web_mapping_open(struct mapping *mapping, const struct key_table *table,
		      const struct yaml_node *node, const struct report *report)
{
	size_t i;

	*mapping = (struct mapping){.table = table};
	if (!node || yaml_is_null(node))
		return;
	mapping_open(mapping, table, node, report);
	for (i = 0; i < table->count; i++)
		if (mapping->values[i] && yaml_is_null(mapping->values[i]))
			mapping->values[i] = NULL;
}

static bool is_given(const struct tls_reading *reading, const char *key)
{
	const struct yaml_node *node = mapping_value(&reading->mapping, key);

	return node && (node->kind != YAML_TEXT || node->length);
}

/* What it holds is not shown: it may be a key. */
static void take_inline(struct tls_reading *reading, const char *key, struct web_pem *pem)
{
	const struct yaml_node *node = mapping_value(&reading->mapping, key);

	if (node->kind != YAML_TEXT || strlen(node->text) != node->length) {
		report_error(reading->report, node->place,
			     "%s must be a text in PEM, such as a block that \"|\" begins", key);
		return;
	}
	pem->bytes = strdup(node->text);
	pem->length = node->length;
}

static char *join(const char *folder, const char *path)
{
	size_t size = strlen(folder) + strlen(path) + 1;
	char *joined = malloc(size);

	if (joined)
		snprintf(joined, size, "%s%s", path_is_absolute(path) ? "" : folder, path);
	return joined;
}

/* The buffer is as large as a file may be, and may hold a key. */
static void take_text(struct file_text *text, struct web_pem *pem)
{
	pem->length = text->length;
	pem->bytes = malloc(text->length + 1);
	if (pem->bytes) {
		memcpy(pem->bytes, text->bytes, text->length);
		pem->bytes[text->length] = '\0';
	}
	wipe(text->bytes, text->length);
	file_text_done(text);
}

static void know_file(const struct tls_reading *reading, const char *path,
		      const struct file_text *text)
{
	if (web_files_add(reading->files, path, text))
		report_out_of_memory(reading->report);
}

static void read_file(struct tls_reading *reading, const char *key, const char *path,
		      struct web_pem *pem)
{
	struct file_text text;
	struct quoted quoted;

	free(pem->source);
	pem->source = join(reading->folder, path);
	if (!pem->source) {
		report_out_of_memory(reading->report);
	} else if (file_text_read(&text, pem->source, true)) {
		know_file(reading, pem->source, NULL);
		report_error(reading->report, pem->place, "%s: cannot read %s: %s", key,
			     quote(&quoted, pem->source), strerror(errno));
	} else if (text.length > FILE_BYTES_MAX) {
		know_file(reading, pem->source, &text);
		report_error(reading->report, pem->place, "%s: %s is larger than 4MiB", key,
			     quote(&quoted, pem->source));
		file_text_done(&text);
	} else {
		know_file(reading, pem->source, &text);
		take_text(&text, pem);
	}
}

/* Of a key and the same with _file, which holds where both are given. */
static void read_pem(struct tls_reading *reading, const char *key, const char *path,
		     struct web_pem *pem)
{
	const struct report *report = reading->report;
	char file_key[32];

	snprintf(file_key, sizeof(file_key), "%s_file", key);
	if (is_given(reading, key) && path && *path)
		report_warning(report, mapping_place(&reading->mapping, key),
			       "%s has no effect beside %s; leave one of them away", key, file_key);
	pem->place = mapping_place(&reading->mapping, path && *path ? file_key : key);
	pem->source = strdup(key);
	if (path && *path)
		read_file(reading, file_key, path, pem);
	else if (is_given(reading, key))
		take_inline(reading, key, pem);
}

static const char *name_at(size_t i, const void *names)
{
	return ((const char *const *)names)[i];
}

/* A row of `names`, which ends with NULL; its length: reported. */
static size_t find_name(const struct yaml_node *node, const char *what, const char *const *names,
			const struct report *report)
{
	struct name_list list;
	struct quoted quoted;
	size_t i, near;

	for (i = 0; names[i]; i++)
		if (node->kind == YAML_TEXT && strcmp(names[i], node->text) == 0)
			return i;
	near = node->kind == YAML_TEXT ? nearest(node->text, name_at, names) : NEAREST_NONE;
	if (near != NEAREST_NONE)
		report_error(report, node->place, "unknown %s %s; did you mean \"%s\"?", what,
			     yaml_describe(node, &quoted), names[near]);
	else
		report_error(report, node->place, "unknown %s %s; known are %s", what,
			     yaml_describe(node, &quoted), list_names(&list, name_at, names));
	return i;
}

/* The list's first entry; NULL: none, or it is no list. */
static const struct yaml_node *first_of(const struct yaml_node *node, const char *key,
					const struct report *report)
{
	struct quoted quoted;

	if (!node)
		return NULL;
	if (node->kind == YAML_LIST)
		return node->first;
	report_error(report, node->place, "%s must be a list, not %s", key,
		     yaml_describe(node, &quoted));
	return NULL;
}

/* Each once, at its first place: there are no more than names. */
static size_t read_names(const struct yaml_node *node, const char *what, const char *const *names,
			 size_t *rows, const struct report *report)
{
	size_t count = 0, row, i;

	for (; node; node = node->next) {
		row = find_name(node, what, names, report);
		for (i = 0; i < count && rows[i] != row; i++)
			;
		if (i == count && names[row])
			rows[count++] = row;
	}
	return count;
}

static void read_sans(struct tls_reading *reading)
{
	const struct yaml_node *list = mapping_value(&reading->mapping, "client_allowed_sans"),
			       *node;
	struct web_words *sans = &reading->into->client_allowed_sans;
	size_t count;

	node = first_of(list, "client_allowed_sans", reading->report);
	count = node ? yaml_count(list) : 0;
	if (count > SANS_MAX) {
		report_error(reading->report, list->place,
			     "client_allowed_sans may have %d entries, not %zu", SANS_MAX, count);
		return;
	}
	sans->words = calloc(count + 1, sizeof(*sans->words));
	for (; sans->words && node; node = node->next) {
		if (node->kind != YAML_TEXT || !node->length || strlen(node->text) != node->length)
			report_error(
				reading->report, node->place,
				"an allowed name must be a text: a DNS name, an IP address, an "
				"e-mail address or a URI");
		else if ((sans->words[sans->count] = strdup(node->text)))
			sans->count++;
	}
}

static void check_sans(const struct tls_reading *reading)
{
	const struct web_tls_config *tls = reading->into;
	const struct place place = mapping_place(&reading->mapping, "client_allowed_sans");
	const struct yaml_node *list = mapping_value(&reading->mapping, "client_allowed_sans");
	bool is_empty = list && list->kind == YAML_LIST && !list->first;
	bool requires = tls->client_auth == CLIENT_AUTH_REQUIRE_ANY ||
			tls->client_auth == CLIENT_AUTH_REQUIRE_ANY_OLD ||
			tls->client_auth == CLIENT_AUTH_REQUIRE_VERIFIED;

	if (tls->client_allowed_sans.count && !requires)
		report_error(reading->report, place,
			     "client_allowed_sans needs client_auth_type RequireAnyClientCert or "
			     "RequireAndVerifyClientCert: others let clients in that show no "
			     "certificate");
	if (is_empty && tls->client_auth != CLIENT_AUTH_NONE)
		report_error(reading->report, place,
			     "client_allowed_sans has no entry, so that no client could connect; "
			     "add one, or leave it away");
}

static void check_clients(const struct tls_reading *reading)
{
	const struct web_tls_config *tls = reading->into;

	if (tls->client_ca.bytes && tls->client_auth == CLIENT_AUTH_NONE)
		report_error(reading->report, tls->client_ca.place,
			     "a client CA has no use without client_auth_type; add "
			     "\"client_auth_type: RequireAndVerifyClientCert\"");
	check_sans(reading);
}

static void check_versions(const struct tls_reading *reading)
{
	const struct web_tls_config *tls = reading->into;

	if (tls->min_version <= tls->max_version)
		return;
	if (mapping_value(&reading->mapping, "min_version"))
		report_error(reading->report, mapping_place(&reading->mapping, "min_version"),
			     "min_version is newer than max_version");
	else
		report_error(reading->report, mapping_place(&reading->mapping, "max_version"),
			     "max_version is older than min_version, which is TLS12 where it is "
			     "not given");
}

static void check_whole(const struct tls_reading *reading, const struct yaml_node *node)
{
	if (!is_given(reading, "cert") && !is_given(reading, "cert_file"))
		report_error(reading->report, node->place,
			     "tls_server_config needs the key \"cert_file\" or \"cert\"");
	if (!is_given(reading, "key") && !is_given(reading, "key_file"))
		report_error(reading->report, node->place,
			     "tls_server_config needs the key \"key_file\" or \"key\"");
	check_versions(reading);
	check_clients(reading);
}

/* Any of these keys turns it on. */
static bool turns_on(const struct tls_reading *reading)
{
	static const char *const keys[] = {
		"cert",		  "cert_file",	      "key", "key_file", "client_ca",
		"client_ca_file", "client_auth_type",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (is_given(reading, keys[i]))
			return true;
	return false;
}

static void read_lists(struct tls_reading *reading)
{
	const struct mapping *mapping = &reading->mapping;
	const struct report *report = reading->report;
	struct web_tls_config *into = reading->into;

	into->cipher_suite_count = read_names(
		first_of(mapping_value(mapping, "cipher_suites"), "cipher_suites", report),
		"cipher suite", web_cipher_suites, into->cipher_suites, report);
	into->cipher_suites_place = mapping_place(mapping, "cipher_suites");
	into->curve_count = read_names(
		first_of(mapping_value(mapping, "curve_preferences"), "curve_preferences", report),
		"curve", web_curves, into->curves, report);
	read_sans(reading);
}

/* As if it were not there. */
static void leave_out_blank(struct mapping *mapping, const char *key)
{
	size_t i;

	for (i = 0; i < mapping->table->count; i++)
		if (strcmp(mapping->table->keys[i].name, key) == 0 && mapping->values[i] &&
		    mapping->values[i]->kind == YAML_TEXT && !mapping->values[i]->length)
			mapping->values[i] = NULL;
}

void web_tls_reader_read(const struct yaml_node *node, const char *folder,
			 struct web_tls_config *into, struct web_files *files,
			 const struct report *report)
{
	size_t errors = report->problems->errors;
	struct tls_reading reading = {
		.folder = folder, .into = into, .files = files, .report = report};

	web_mapping_open(&reading.mapping, &web_tls_keys, node, report);
	leave_out_blank(&reading.mapping, "client_auth_type");
	mapping_read(&reading.mapping, into, report);
	if (!node || yaml_is_null(node))
		return;
	read_lists(&reading);
	into->is_on = turns_on(&reading);
	if (!into->is_on) {
		if (report->problems->errors == errors)
			report_warning(
				report, node->place,
				"tls_server_config has no effect without cert_file and key_file");
		return;
	}
	read_pem(&reading, "cert", into->cert_file, &into->cert);
	read_pem(&reading, "key", into->key_file, &into->key);
	read_pem(&reading, "client_ca", into->client_ca_file, &into->client_ca);
	check_whole(&reading, node);
}
