#include "exporter/schema/field_path.h"

#include <string.h>

static const char length_suffix[] = ".length";

const char *field_path_problem(enum field_path_result result)
{
	static const char *const problems[] = {
		[FIELD_PATH_FOUND] = "",
		[FIELD_PATH_UNKNOWN] = "is not in the schema",
		[FIELD_PATH_IS_ARRAY] = "is an array: add an index, as in [0], or .length",
		[FIELD_PATH_NO_ARRAY] = "is no array: leave the index away",
		[FIELD_PATH_IS_STRUCT] = "is a struct: name one of its members, as in A.B",
		[FIELD_PATH_NO_LENGTH] = "has no .length: it is neither an array nor a string",
	};

	return problems[result];
}

/* What may follow a name. */
static bool ends_name(char c)
{
	return c == '\0' || c == '.' || c == '[';
}

/* Of `count` fields from `first`; the length of the name that was found is added to *path. */
static const struct field *find_name(const struct schema *schema, uint16_t first, uint16_t count,
				     const char **path)
{
	const struct field *best = NULL;
	size_t best_length = 0;
	uint16_t i;

	for (i = first; i < first + count; i++) {
		const struct field *field = &schema->fields[i];
		size_t length = strlen(field->name);

		if (!length || strncmp(field->name, *path, length) != 0 ||
		    !ends_name((*path)[length]) || (best && length <= best_length))
			continue;
		best = field;
		best_length = length;
	}
	*path += best_length;
	return best;
}

/* "[7]", and *path moves past it; false: there is none, or it is not a small number. */
static bool take_index(const char **path, uint32_t *index)
{
	const char *at = *path + 1;
	uint32_t number = 0;

	if (**path != '[' || *at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		number = number * 10 + (uint32_t)(*at - '0');
		if (number > UINT16_MAX)
			return false;
	}
	if (*at != ']')
		return false;
	*index = number;
	*path = at + 1;
	return true;
}

static bool is_sized(const struct field *field)
{
	return field->type == VALUE_UTF16 || field->type == VALUE_ANSI ||
	       field->type == VALUE_BINARY;
}

/* Of an array, or of a string, which may be an element of one. */
static bool has_length(const struct field *field, bool indexed)
{
	return is_sized(field) || (field->count_kind != COUNT_ONE && !indexed);
}

/* The last field of a path, whose rest is "" or ".length". */
static enum field_path_result finish(const struct field *field, bool indexed, const char *rest,
				     struct field_path *found)
{
	found->length = strcmp(rest, length_suffix) == 0;
	if (found->length)
		return has_length(field, indexed) ? FIELD_PATH_FOUND : FIELD_PATH_NO_LENGTH;
	if (*rest)
		return FIELD_PATH_UNKNOWN;
	if (field->count_kind != COUNT_ONE && !indexed)
		return FIELD_PATH_IS_ARRAY;
	return field->type == VALUE_STRUCT ? FIELD_PATH_IS_STRUCT : FIELD_PATH_FOUND;
}

/* Whether a path goes on with a member; "length" is one of a struct alone, but of no array. */
static bool goes_on(const struct field *field, bool indexed, const char *rest)
{
	bool alone = indexed || field->count_kind == COUNT_ONE;

	return field->type == VALUE_STRUCT && *rest == '.' &&
	       (alone || strcmp(rest, length_suffix) != 0);
}

enum field_path_result field_path_find(const struct schema *schema, const char *path,
				       struct field_path *found)
{
	uint16_t first = 0, count = schema->top_count;

	*found = (struct field_path){0};
	while (found->count <= SCHEMA_DEPTH_MAX) {
		const struct field *field = find_name(schema, first, count, &path);
		struct field_path_step *step = &found->steps[found->count++];
		bool indexed;

		if (!field)
			return found->count > 1 && strcmp(path, length_suffix + 1) == 0
				       ? FIELD_PATH_NO_LENGTH
				       : FIELD_PATH_UNKNOWN;
		step->field = (uint16_t)(field - schema->fields);
		step->element = FIELD_PATH_ANY;
		indexed = take_index(&path, &step->element);
		if (indexed && field->count_kind == COUNT_ONE)
			return FIELD_PATH_NO_ARRAY;
		if (!goes_on(field, indexed, path))
			return finish(field, indexed, path, found);
		if (field->count_kind != COUNT_ONE && !indexed)
			return FIELD_PATH_IS_ARRAY;
		path++;
		first = field->first_member;
		count = field->member_count;
	}
	return FIELD_PATH_UNKNOWN;
}
