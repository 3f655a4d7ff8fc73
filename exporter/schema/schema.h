/*
 * schema: how the payload of an event type is laid out, and what its parts are called.
 *
 * A decoder builds a schema through a schema_builder, from a manifest, a class table, or metadata
 * in the trace. Once built it is read-only and owns all it points to, but for value maps, which
 * live as long as the decoder that made them. Fields stand in payload order; the members of a
 * struct stand together behind the fields of the level above.
 */
#ifndef EXPORTER_SCHEMA_H
#define EXPORTER_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the bytes of a field are: TDH in-types, and the few that only classic events have. */
enum value_type {
	VALUE_NULL, /* nothing; with LENGTH_FIXED padding, which is no value */
	VALUE_UTF16,
	VALUE_ANSI,
	VALUE_I8,
	VALUE_U8,
	VALUE_I16,
	VALUE_U16,
	VALUE_I32,
	VALUE_U32,
	VALUE_I64,
	VALUE_U64,
	VALUE_F32,
	VALUE_F64,
	VALUE_BOOL32,
	VALUE_BINARY,
	VALUE_GUID,
	VALUE_POINTER, /* of the writer's size */
	VALUE_FILETIME,
	VALUE_SYSTEMTIME,
	VALUE_SID,
	VALUE_HEX32,
	VALUE_HEX64,
	VALUE_CHAR8,
	VALUE_CHAR16,
	VALUE_WBEM_SID, /* TOKEN_USER block, then a SID; or a u32 of zero */
	VALUE_IPV4,	/* in network order */
	VALUE_IPV6,
	VALUE_PORT, /* u16 in network order */
	VALUE_STRUCT,
	VALUE_TYPE_COUNT
};

/* How a value is meant: TDH out-types; 0 is what the type alone says. */
enum out_type {
	OUT_DEFAULT,
	OUT_NO_PRINT,
	OUT_STRING,
	OUT_BOOLEAN,
	OUT_HEX,
	OUT_PID,
	OUT_TID,
	OUT_PORT,
	OUT_IPV4,
	OUT_IPV6,
	OUT_SOCKET_ADDRESS,
	OUT_XML,
	OUT_JSON,
	OUT_WIN32_ERROR,
	OUT_NTSTATUS,
	OUT_HRESULT,
	OUT_DATETIME,
	OUT_SIGNED,
	OUT_UNSIGNED,
	OUT_UTF8,
	OUT_CODE_POINTER,
	OUT_DATETIME_UTC,
	OUT_GUID,
	OUT_ETWTIME,
	OUT_ERROR_CODE,
	OUT_CULTURE_DATETIME,
	OUT_BITMASK, /* of binary: the numbers of the bits that are set; little-endian */
};

enum field_length {
	LENGTH_NATURAL,	   /* the type's width; strings end in a zero or with the payload */
	LENGTH_FIXED,	   /* `length` units: characters of strings, bytes of binary */
	LENGTH_FIELD,	   /* as many units as the field with the index `length` says */
	LENGTH_PREFIX,	   /* a u16 of bytes stands before */
	LENGTH_PREFIX_BIG, /* likewise, with the high byte first */
	LENGTH_PREFIX_32,  /* a u32 of bytes stands before */
	LENGTH_DATA_LOC,   /* it is where a word in its place says: see data_location.h */
	LENGTH_REL_LOC,	   /* likewise, counted from behind the word */
	LENGTH_KIND_COUNT
};

enum field_count {
	COUNT_ONE,
	COUNT_FIXED,	/* an array of `count` elements */
	COUNT_FIELD,	/* of as many elements as the field with the index `count` says */
	COUNT_PREFIX,	/* of as many elements as a u16 before them says */
	COUNT_REST,	/* of elements to the end of the payload */
	COUNT_DATA_LOC, /* of the elements that are where a word in its place says */
	COUNT_REL_LOC,
};

struct value_map {
	bool bits; /* an OR of the values */
	size_t count;
	const uint32_t *values;
	const char *const *names;
};

struct field {
	const char *name;
	const struct value_map *map; /* NULL: none */
	uint8_t type;		     /* enum value_type */
	uint8_t out;		     /* enum out_type */
	uint8_t length_kind;	     /* enum field_length */
	uint8_t count_kind;	     /* enum field_count */
	bool optional;		     /* absent where the payload has ended */
	bool is_reference;	     /* its value is the length or count of another field */
	uint16_t length;
	uint16_t count;
	uint16_t first_member; /* of a struct: index of the first of member_count fields */
	uint16_t member_count;
};

struct schema {
	const char *source;   /* the decoder: "tracelogging", "manifest", ... */
	const char *provider; /* empty: not known; likewise the others */
	const char *event;
	const char *task;
	const char *opcode;
	const char *level;
	const char *keywords;
	bool has_variants;  /* classic: pointers and SIDs depend on who wrote the record */
	bool is_open_ended; /* behind the fields more may stand: what words point to, padding */
	const struct field *fields; /* all, those of the top level first */
	uint16_t top_count;
	uint16_t field_count;
	size_t bytes; /* of memory, with all it owns */
};

#define SCHEMA_FIELDS_MAX 1024
/* Levels of fields: the top, and those of structs that are nested 8 deep. */
#define SCHEMA_DEPTH_MAX 9

/* Built up field by field; what does not fit the limits, or memory, makes the end fail. */
struct schema_builder;

struct schema_builder *schema_builder_new(const char *source);
void schema_builder_free(struct schema_builder *builder);

enum schema_name {
	SCHEMA_PROVIDER,
	SCHEMA_EVENT,
	SCHEMA_TASK,
	SCHEMA_OPCODE,
	SCHEMA_LEVEL,
	SCHEMA_KEYWORDS,
	SCHEMA_NAME_COUNT
};

/* Copies `length` bytes of a name, which need not be UTF-8. */
void schema_builder_name(struct schema_builder *builder, enum schema_name name, const char *text,
			 size_t length);

/* Writers disagree about pointers and SIDs: payload_visit() tries what fits. */
void schema_builder_has_variants(struct schema_builder *builder);

/* Bytes behind the last field belong to the payload. */
void schema_builder_is_open_ended(struct schema_builder *builder);

#define SCHEMA_TOP UINT16_MAX

/*
 * Adds a field behind the others of its level: of the struct that was returned as `parent`, or
 * SCHEMA_TOP. The name is copied; field->name, first_member and member_count are not looked at; a
 * LENGTH_FIELD or COUNT_FIELD is meant as what schema_builder_add() returned for that field, of the
 * same level or one around it. Returns the field's handle, in the order of the calls.
 */
uint16_t schema_builder_add(struct schema_builder *builder, uint16_t parent,
			    const struct field *field, const char *name, size_t name_length);

/* The schema, and the builder is freed; NULL: it was too large, contradicts itself, or no memory.
 */
struct schema *schema_builder_end(struct schema_builder *builder);

void schema_free(struct schema *schema);

/* The width of a type with a fixed one, 0 for others. */
size_t value_type_bytes(enum value_type type, size_t pointer_bytes);
/* As in documentation: "UnicodeString", "UInt32", ... */
const char *value_type_name(enum value_type type);

#endif
