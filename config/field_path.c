#include "config/field_path.h"

#include <stdio.h>
#include <string.h>

#include "config/name_list.h"
#include "config/nearest.h"
#include "config/units.h"
#include "config/utf8.h"

static const char *const headers[] = {
	"$session", "$provider", "$event",	 "$id",	     "$version",
	"$opcode",  "$task",	 "$level",	 "$keyword", "$pid",
	"$tid",	    "$cpu",	 "$activity_id", "$process", "$payload_bytes",
};

#define HEADER_COUNT (sizeof(headers) / sizeof(headers[0]))

static const char *header_name(size_t i, const void *context)
{
	(void)context;
	return i < HEADER_COUNT ? headers[i] : NULL;
}

static void report_header(const struct yaml_node *node, const char *key,
			  const struct report *report)
{
	size_t near = nearest(node->text, header_name, NULL);
	struct quoted quoted;
	struct name_list names;

	quote(&quoted, node->text);
	if (near != NEAREST_NONE) {
		report_error(report, node->place,
			     "%s: %s is no field of the header; did you mean \"%s\"?", key,
			     quoted.text, headers[near]);
		return;
	}
	report_error(report, node->place, "%s: %s is no field of the header; they are %s", key,
		     quoted.text, list_names(&names, header_name, NULL));
}

static bool check_header(const struct yaml_node *node, const char *key, const struct report *report)
{
	size_t i;

	for (i = 0; i < HEADER_COUNT; i++)
		if (strcmp(headers[i], node->text) == 0)
			return true;
	report_header(node, key, report);
	return false;
}

/* Behind `[N]`; NULL: it is none. */
static const char *skip_index(const char *at)
{
	size_t digits = strspn(at + 1, "0123456789");
	char number[8] = "";
	uint64_t value;

	if (!digits || digits >= sizeof(number) || at[1 + digits] != ']')
		return NULL;
	memcpy(number, at + 1, digits);
	if (!unit_parse_count(number, &value) || value > FIELD_INDEX_MAX)
		return NULL;
	return at + 1 + digits + 1;
}

/* Names with dots between them, an index behind any. */
static bool is_path(const char *at)
{
	for (;;) {
		size_t length = strcspn(at, ".[]");

		if (!length)
			return false;
		at += length;
		if (*at == '[')
			at = skip_index(at);
		if (!at || (*at && *at != '.'))
			return false;
		if (!*at)
			return true;
		at++;
	}
}

static bool is_shown(const char *text, size_t length)
{
	uint32_t code;
	size_t bytes;

	for (; length; text += bytes, length -= bytes) {
		bytes = utf8_next(text, length, &code);
		if (!bytes || utf8_is_control(code))
			return false;
	}
	return true;
}

static bool check(const struct yaml_node *node, const char *key, const char *or_else,
		  const struct report *report)
{
	struct quoted quoted;

	if (node->kind != YAML_TEXT || yaml_is_null(node)) {
		report_error(report, node->place, "%s must be the name of a field%s, not %s", key,
			     or_else, yaml_describe(node, &quoted));
		return false;
	}
	if (!node->length || node->length > FIELD_PATH_BYTES_MAX) {
		report_error(report, node->place, "%s must have from 1 to %d bytes, not %zu", key,
			     FIELD_PATH_BYTES_MAX, node->length);
		return false;
	}
	if (is_shown(node->text, node->length)) {
		if (*node->text == '$')
			return check_header(node, key, report);
		if (is_path(node->text))
			return true;
	}
	report_error(report, node->place,
		     "%s must be a field such as Size, Remote.Port, Addresses[0], Addresses.length "
		     "or $pid, not %s",
		     key, yaml_describe(node, &quoted));
	return false;
}

bool field_path_check(const struct yaml_node *node, const char *key, const struct report *report)
{
	return check(node, key, "", report);
}

bool field_path_check_short(const struct yaml_node *node, const char *key,
			    const struct report *report)
{
	return check(node, key, ", or a mapping with the key \"field\"", report);
}
