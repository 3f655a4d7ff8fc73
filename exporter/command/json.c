#include "exporter/command/json.h"

static void separate(struct text *to, char opening)
{
	if (to->length && to->bytes[to->length - 1] != opening)
		text_char(to, ',');
}

void json_key(struct text *to, const char *key)
{
	separate(to, '{');
	text_json(to, key);
	text_char(to, ':');
}

void json_u64(struct text *to, const char *key, uint64_t value)
{
	json_key(to, key);
	text_u64(to, value);
}

void json_bool(struct text *to, const char *key, bool value)
{
	json_key(to, key);
	text_string(to, value ? "true" : "false");
}

void json_string(struct text *to, const char *key, const char *value)
{
	json_key(to, key);
	text_json(to, value);
}

void json_string_or_null(struct text *to, const char *key, const char *value)
{
	json_key(to, key);
	if (value && *value)
		text_json(to, value);
	else
		text_string(to, "null");
}

void json_next(struct text *to)
{
	separate(to, '[');
}
