#include "exporter/tracefs/trace_format_linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_LABEL "\n\tfield:"

/* `TYPE NAME`, with the array's length behind the name. False: it is none. */
static bool parse_declaration(const char *text, size_t length, struct trace_field *field)
{
	const char *bracket = length && text[length - 1] == ']' ? memrchr(text, '[', length) : NULL;
	size_t end = bracket ? (size_t)(bracket - text) : length, name = end;

	while (name && text[name - 1] != ' ' && text[name - 1] != '*')
		name--;
	if (name == end || !name)
		return false;
	snprintf(field->name, sizeof(field->name), "%.*s", (int)(end - name), text + name);
	while (name && text[name - 1] == ' ')
		name--;
	snprintf(field->type, sizeof(field->type), "%.*s%.*s", (int)name, text, (int)(length - end),
		 text + end);
	return true;
}

/* The number behind a label in the rest of a field's line. */
static uint64_t parse_number(const char *line, size_t length, const char *label)
{
	const char *at = memmem(line, length, label, strlen(label));

	return at ? strtoull(at + strlen(label), NULL, 10) : 0;
}

bool trace_format_next(const char **at, struct trace_field *field)
{
	const char *line, *end;
	size_t length, rest;

	while ((line = strstr(*at, FIELD_LABEL))) {
		line += strlen(FIELD_LABEL);
		length = strcspn(line, ";\n");
		end = line + strcspn(line, "\n");
		*at = end;
		rest = (size_t)(end - line) - length;
		if (!parse_declaration(line, length, field) ||
		    strncmp(field->name, "common_", 7) == 0)
			continue;
		field->offset = parse_number(line + length, rest, "\toffset:");
		field->size = parse_number(line + length, rest, "\tsize:");
		field->is_signed = parse_number(line + length, rest, "\tsigned:") == 1;
		return true;
	}
	return false;
}

uint64_t trace_format_id(const char *text)
{
	const char *at = strstr(text, "\nID: ");

	return at ? strtoull(at + 5, NULL, 10) : 0;
}
