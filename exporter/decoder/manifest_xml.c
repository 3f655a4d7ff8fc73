#include "exporter/decoder/manifest_xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporter/base/hex.h"
#include "exporter/value/code_page.h"
#include "metrics/utf8.h"

/* New versions call positions of 32 bits deprecated; Debian 12's has no others. Files are small. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define SHOWN_BYTES	100
#define PIECE_BYTES	((size_t)256 << 10)
#define TOKEN_BYTES_MAX ((size_t)1 << 20)

#define CHUNK_BYTES ((size_t)64 << 10)

/* winmeta.xml's own: its names stand behind whatever prefix a manifest binds to it. */
#define WINMETA_NAMESPACE "http://manifests.microsoft.com/win/2004/08/windows/events"
#define WINMETA_PREFIX	  "win"
#define PREFIXES_MAX	  16

struct chunk {
	struct chunk *next;
	size_t used, capacity;
	max_align_t bytes[];
};

struct manifest_value {
	enum manifest_attribute attribute;
	struct manifest_value *next;
	char text[];
};

/* A prefix of names that stands for winmeta.xml's. */
struct prefix {
	struct prefix *next;
	char text[];
};

struct manifest_tree {
	struct chunk *chunks;
	struct prefix *prefixes;
	struct manifest_node root;
	uint32_t elements, prefix_count;
	bool is_known;
};

struct reading {
	struct manifest_tree *tree;
	struct manifest_problems *problems;
	XML_Parser parser;
	struct manifest_node *open[MANIFEST_DEPTH_MAX];
	unsigned int depth;    /* of what is open */
	unsigned int ignoring; /* how many of these are in an unknown element, itself counted */
	bool guessing;	       /* the encoding that is declared is not known */
	bool failed;
};

struct name_row {
	const char *name;
	int value;
};

static const struct name_row elements[] = {
	{"assembly", ELEMENT_WRAPPER},
	{"bitMap", ELEMENT_BIT_MAP},
	{"data", ELEMENT_DATA},
	{"event", ELEMENT_EVENT},
	{"events", ELEMENT_EVENTS},
	{"instrumentation", ELEMENT_WRAPPER},
	{"instrumentationManifest", ELEMENT_WRAPPER},
	{"localization", ELEMENT_WRAPPER},
	{"map", ELEMENT_MAP},
	{"maps", ELEMENT_MAPS},
	{"provider", ELEMENT_PROVIDER},
	{"resources", ELEMENT_RESOURCES},
	{"string", ELEMENT_STRING},
	{"stringTable", ELEMENT_STRING_TABLE},
	{"struct", ELEMENT_STRUCT},
	{"template", ELEMENT_TEMPLATE},
	{"templates", ELEMENT_TEMPLATES},
	{"valueMap", ELEMENT_VALUE_MAP},
};

static const struct name_row attributes[] = {
	{"count", ATTRIBUTE_COUNT},	 {"culture", ATTRIBUTE_CULTURE},
	{"guid", ATTRIBUTE_GUID},	 {"id", ATTRIBUTE_ID},
	{"inType", ATTRIBUTE_IN_TYPE},	 {"keywords", ATTRIBUTE_KEYWORDS},
	{"length", ATTRIBUTE_LENGTH},	 {"level", ATTRIBUTE_LEVEL},
	{"map", ATTRIBUTE_MAP},		 {"message", ATTRIBUTE_MESSAGE},
	{"name", ATTRIBUTE_NAME},	 {"opcode", ATTRIBUTE_OPCODE},
	{"outType", ATTRIBUTE_OUT_TYPE}, {"symbol", ATTRIBUTE_SYMBOL},
	{"task", ATTRIBUTE_TASK},	 {"template", ATTRIBUTE_TEMPLATE},
	{"tid", ATTRIBUTE_TID},		 {"value", ATTRIBUTE_VALUE},
	{"version", ATTRIBUTE_VERSION},
};

int manifest_shown(const char *text)
{
	size_t length = strlen(text);

	return (int)(length > SHOWN_BYTES ? utf8_cut(text, SHOWN_BYTES) : length);
}

void manifest_problem(struct manifest_problems *problems, uint32_t line, uint32_t column,
		      const char *format, ...)
{
	char text[sizeof(problems->first->text)];
	va_list arguments;

	problems->count++;
	if (problems->count > (problems->notes ? MANIFEST_NOTES_MAX : 1))
		return;
	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		text[0] = '\0';
	va_end(arguments);
	problems->noted = (struct place){line, column};
	if (problems->notes)
		problems_add(problems->notes, problems->name, problems->noted, true, text);
	if (problems->count > 1)
		return;
	if (line)
		error_set(problems->first, "manifest %s, line %u, column %u: %s", problems->name,
			  line, column, text);
	else
		error_set(problems->first, "manifest %s: %s", problems->name, text);
}

void manifest_problems_end(struct manifest_problems *problems)
{
	char text[80];

	if (!problems->notes || problems->count <= MANIFEST_NOTES_MAX)
		return;
	snprintf(text, sizeof(text), "problems of this manifest that are not listed: %zu",
		 problems->count - MANIFEST_NOTES_MAX);
	problems_add(problems->notes, problems->name, problems->noted, true, text);
}

static struct chunk *add_chunk(struct manifest_tree *tree, size_t bytes)
{
	size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct chunk *chunk = malloc(sizeof(*chunk) + capacity);

	if (!chunk)
		return NULL;
	chunk->used = 0;
	chunk->capacity = capacity;
	chunk->next = tree->chunks;
	tree->chunks = chunk;
	return chunk;
}

/* Lives as long as the tree. NULL: no memory. */
static void *take(struct manifest_tree *tree, size_t bytes)
{
	struct chunk *chunk = tree->chunks;
	void *at;

	bytes = (bytes + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
	if (!chunk || bytes > chunk->capacity - chunk->used)
		chunk = add_chunk(tree, bytes);
	if (!chunk)
		return NULL;
	at = (char *)chunk->bytes + chunk->used;
	chunk->used += bytes;
	return at;
}

static uint32_t line_of(const struct reading *reading)
{
	return (uint32_t)XML_GetCurrentLineNumber(reading->parser);
}

static uint32_t column_of(const struct reading *reading)
{
	return (uint32_t)XML_GetCurrentColumnNumber(reading->parser) + 1;
}

static void fail(struct reading *reading, const char *why)
{
	if (reading->failed)
		return;
	manifest_problem(reading->problems, line_of(reading), column_of(reading), "%s", why);
	reading->failed = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

static const struct name_row *find_name(const struct name_row *rows, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, rows[middle].name);

		if (order == 0)
			return &rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool add_value(struct manifest_tree *tree, struct manifest_node *node,
		      enum manifest_attribute attribute, const char *text)
{
	struct manifest_value *value;
	size_t length;

	while (is_blank(*text))
		text++;
	length = strlen(text);
	while (length && is_blank(text[length - 1]))
		length--;
	if (!length)
		return true;
	value = take(tree, sizeof(*value) + length + 1);
	if (!value)
		return false;
	value->attribute = attribute;
	memcpy(value->text, text, length);
	value->text[length] = '\0';
	value->next = node->values;
	node->values = value;
	return true;
}

/* Attributes with a prefix are not the manifest schema's. */
static bool add_values(struct manifest_tree *tree, struct manifest_node *node,
		       const XML_Char **names_and_texts)
{
	const struct name_row *row;
	size_t i;

	for (i = 0; names_and_texts[i]; i += 2) {
		row = find_name(attributes, sizeof(attributes) / sizeof(attributes[0]),
				names_and_texts[i]);
		if (row && !add_value(tree, node, (enum manifest_attribute)row->value,
				      names_and_texts[i + 1]))
			return false;
	}
	return true;
}

static bool add_prefix(struct manifest_tree *tree, const char *text)
{
	struct prefix *prefix = take(tree, sizeof(*prefix) + strlen(text) + 1);

	if (!prefix)
		return false;
	memcpy(prefix->text, text, strlen(text) + 1);
	prefix->next = tree->prefixes;
	tree->prefixes = prefix;
	return true;
}

/* Wherever in the manifest they are declared: who uses one for two things is not helped. */
static bool add_prefixes(struct manifest_tree *tree, const XML_Char **names_and_texts)
{
	static const char declares[] = "xmlns:";
	const size_t length = sizeof(declares) - 1;
	size_t i;

	for (i = 0; names_and_texts[i]; i += 2) {
		if (strncmp(names_and_texts[i], declares, length) != 0 ||
		    strcmp(names_and_texts[i + 1], WINMETA_NAMESPACE) != 0)
			continue;
		if (tree->prefix_count++ < PREFIXES_MAX &&
		    !add_prefix(tree, names_and_texts[i] + length))
			return false;
	}
	return true;
}

static struct manifest_node *add_node(struct reading *reading)
{
	struct manifest_tree *tree = reading->tree;
	struct manifest_node *parent, *node;

	if (reading->depth == 0)
		return &tree->root;
	node = take(tree, sizeof(*node));
	if (!node)
		return NULL;
	*node = (struct manifest_node){0};
	parent = reading->open[reading->depth - 1];
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static void open_element(struct reading *reading, enum manifest_element element,
			 const XML_Char **names_and_texts)
{
	struct manifest_node *node;

	if (++reading->tree->elements > MANIFEST_ELEMENTS_MAX) {
		fail(reading, "there are more than 1,048,576 elements");
		return;
	}
	node = add_node(reading);
	if (!node || !add_values(reading->tree, node, names_and_texts)) {
		fail(reading, "out of memory");
		return;
	}
	node->element = element;
	node->line = line_of(reading);
	node->column = column_of(reading);
	reading->open[reading->depth] = node;
}

/* Unknown elements are ignored with all that is in them, but for the root. */
static void XMLCALL start_element(void *context, const XML_Char *name,
				  const XML_Char **names_and_texts)
{
	struct reading *reading = context;
	const char *colon = strrchr(name, ':');
	const struct name_row *row;

	if (reading->failed)
		return;
	if (reading->depth >= MANIFEST_DEPTH_MAX) {
		fail(reading, "elements are nested more than 64 deep");
		return;
	}
	if (!add_prefixes(reading->tree, names_and_texts)) {
		fail(reading, "out of memory");
		return;
	}
	row = find_name(elements, sizeof(elements) / sizeof(elements[0]), colon ? colon + 1 : name);
	if (!reading->depth)
		reading->tree->is_known = row != NULL;
	if (reading->ignoring || (!row && reading->depth))
		reading->ignoring++;
	else
		open_element(reading, row ? (enum manifest_element)row->value : ELEMENT_WRAPPER,
			     names_and_texts);
	reading->depth++;
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
	struct reading *reading = context;

	(void)name;
	if (reading->failed)
		return;
	reading->depth--;
	if (reading->ignoring)
		reading->ignoring--;
}

/* Declarations of entities and of default attributes make much of little. */
static void XMLCALL start_document_type(void *context, const XML_Char *name,
					const XML_Char *system_id, const XML_Char *public_id,
					int has_declarations)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	if (has_declarations)
		fail(context, "its document type has declarations, which manifests must not");
}

/* In pieces, so that what expat must see whole is bounded: a tag holds any number of attributes. */
static enum XML_Error parse_pieces(struct reading *reading, const char *xml, size_t length)
{
	XML_Parser parser = reading->parser;
	size_t at = 0, piece;

	do {
		piece = length - at < PIECE_BYTES ? length - at : PIECE_BYTES;
		if (XML_Parse(parser, xml + at, (int)piece, at + piece == length) != XML_STATUS_OK)
			return XML_GetErrorCode(parser);
		at += piece;
		if (at - (size_t)XML_GetCurrentByteIndex(parser) > TOKEN_BYTES_MAX) {
			fail(reading, "a tag or a comment is larger than 1 MiB");
			return XML_ERROR_ABORTED;
		}
	} while (at < length);
	return XML_ERROR_NONE;
}

/* Expat asks for what it does not know itself; what is left may be UTF-8 all the same. */
static int XMLCALL find_encoding(void *context, const XML_Char *name, XML_Encoding *encoding)
{
	int byte;

	(void)context;
	if (strcasecmp(name, "windows-1252") != 0)
		return XML_STATUS_ERROR;
	*encoding = (XML_Encoding){.data = NULL};
	for (byte = 0; byte < 256; byte++)
		encoding->map[byte] = (int)code_page_1252((uint8_t)byte);
	return XML_STATUS_OK;
}

static const char *why_not(const struct reading *reading, enum XML_Error code)
{
	if (reading->guessing && code == XML_ERROR_INVALID_TOKEN)
		return "this is no XML in UTF-8, and the encoding that is declared is not known: "
		       "it must be UTF-8, UTF-16, ISO-8859-1 or windows-1252";
	return XML_ErrorString(code);
}

/* It may be all right in another encoding: see read_tree(). */
static bool is_declaration_wrong(enum XML_Error code)
{
	return code == XML_ERROR_INCORRECT_ENCODING || code == XML_ERROR_UNKNOWN_ENCODING;
}

static enum XML_Error parse(struct reading *reading, const char *encoding, const char *xml,
			    size_t length)
{
	enum XML_Error code;

	reading->parser = XML_ParserCreate(encoding);
	if (!reading->parser) {
		manifest_problem(reading->problems, 0, 0, "out of memory");
		return XML_ERROR_NO_MEMORY;
	}
	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, start_element, end_element);
	XML_SetStartDoctypeDeclHandler(reading->parser, start_document_type);
	XML_SetUnknownEncodingHandler(reading->parser, find_encoding, NULL);
	code = parse_pieces(reading, xml, length);
	if (code != XML_ERROR_NONE && (encoding || !is_declaration_wrong(code)))
		fail(reading, why_not(reading, code));
	XML_ParserFree(reading->parser);
	return code;
}

/*
 * What the bytes themselves say counts for more than a declaration that contradicts them, which is
 * often left over from another encoding of the file, or that is not known: most manifests are ASCII
 * whatever they say. Told UTF-8, expat still knows UTF-16 when it sees it.
 */
static bool read_tree(struct reading *reading, const char *xml, size_t length)
{
	enum XML_Error code = parse(reading, NULL, xml, length);

	reading->guessing = code == XML_ERROR_UNKNOWN_ENCODING;
	if (is_declaration_wrong(code))
		code = parse(reading, "UTF-8", xml, length);
	return code == XML_ERROR_NONE;
}

struct manifest_tree *manifest_tree_new(const char *xml, size_t length,
					struct manifest_problems *problems)
{
	struct reading reading = {.problems = problems};

	if (length > MANIFEST_BYTES_MAX) {
		manifest_problem(problems, 0, 0, "it is larger than 64 MiB");
		return NULL;
	}
	reading.tree = calloc(1, sizeof(*reading.tree));
	if (!reading.tree) {
		manifest_problem(problems, 0, 0, "out of memory");
		return NULL;
	}
	if (read_tree(&reading, xml, length))
		return reading.tree;
	manifest_tree_free(reading.tree);
	return NULL;
}

void manifest_tree_free(struct manifest_tree *tree)
{
	struct chunk *chunk, *next;

	if (!tree)
		return;
	for (chunk = tree->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(tree);
}

const struct manifest_node *manifest_tree_root(const struct manifest_tree *tree)
{
	return &tree->root;
}

bool manifest_tree_is_known(const struct manifest_tree *tree)
{
	return tree->is_known;
}

const char *manifest_attribute(const struct manifest_node *node, enum manifest_attribute attribute)
{
	const struct manifest_value *value;

	for (value = node->values; value; value = value->next)
		if (value->attribute == attribute)
			return value->text;
	return NULL;
}

static bool is_prefix(const char *prefix, const char *name, size_t length)
{
	return strncmp(prefix, name, length) == 0 && !prefix[length];
}

const char *manifest_own_name(const struct manifest_tree *tree, const char *name)
{
	size_t length = strcspn(name, ": \t\r\n");
	const struct prefix *prefix;

	if (name[length] != ':')
		return name;
	if (is_prefix(WINMETA_PREFIX, name, length))
		return name + length + 1;
	for (prefix = tree->prefixes; prefix; prefix = prefix->next)
		if (is_prefix(prefix->text, name, length))
			return name + length + 1;
	return name;
}

bool manifest_number(const char *text, uint32_t max, uint32_t *number)
{
	unsigned int base = 10, digit;
	uint64_t value = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		digit = (unsigned int)hex_digit(*text);
		if (digit >= base)
			return false;
		value = value * base + digit;
		if (value > max)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}
