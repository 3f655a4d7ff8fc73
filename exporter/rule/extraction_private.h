/*
 * extraction_private: what the parts of extraction share: making plans in one file, running them in
 * another, visiting whole payloads in a third. extraction_run() stands with the steps, so that what
 * nearly all payloads need is compiled together.
 */
#ifndef EXPORTER_EXTRACTION_PRIVATE_H
#define EXPORTER_EXTRACTION_PRIVATE_H

#include "exporter/base/bytes.h"
#include "exporter/rule/extraction.h"

#define NO_SLOT UINT16_MAX

enum step_kind {
	STEP_FIXED, /* of so many bytes */
	STEP_UTF16,
	STEP_ANSI,
	STEP_PREFIXED,	 /* a u16 of bytes stands before */
	STEP_UNITS,	 /* as many units as an earlier field says */
	STEP_FIXED_TEXT, /* of so many bytes, but it ends at a zero unit */
	STEP_SID,
	STEP_LOCATED, /* where a word says */
};

/* One field, with what stands before it and is not wanted. */
struct step {
	uint32_t skip; /* bytes before it */
	uint32_t bytes;
	uint16_t slot;	 /* NO_SLOT: only stepped over */
	uint16_t number; /* of STEP_UNITS: the slot that says how many */
	uint8_t kind;
	uint8_t unit;
	bool optional;	  /* absent where the payload has ended */
	bool is_relative; /* of STEP_LOCATED */
};

/* Fields of fixed size that stand together, and the step that follows them. */
struct stretch {
	uint32_t bytes;		 /* of all that is up to the step */
	uint16_t first, end;	 /* of its offsets */
	const struct step *step; /* NULL: none, behind the last */
};

/* Where a field of fixed size is in its stretch. */
struct offset {
	struct value *value;
	uint32_t at;
	uint32_t length;
	uint8_t unit; /* of a text, which ends at a zero unit; 0: it is none */
};

/*
 * The steps for one size of pointers; and the same as stretches, which take a payload that has all
 * that is wanted. Where one of them does not, the steps say what is there.
 */
struct plan {
	struct stretch *stretches;
	struct offset *offsets; /* behind the stretches */
	uint32_t stretch_count; /* 0: only steps do */
	uint32_t tail;		/* bytes of fixed size behind the last step */
	uint32_t wanted;	/* steps up to the last that takes what is wanted */
	uint8_t pointer_bytes;
	struct step *steps;
	size_t count;
};

struct slot {
	struct field_path path;
	uint8_t scratch[4]; /* of a length */
	size_t part;	    /* of an array's length: how many parts had been visited */
};

struct extraction {
	/* What each payload needs comes first, so that it is together. */
	const struct plan *sized; /* by whose offsets values have their lengths; NULL: none */
	struct value *values;	  /* by slot; bytes NULL: absent */
	bool whole;		  /* steps go to the end of the payload, and must meet it */
	uint8_t fit;		  /* enum payload_result: of the last payload */
	bool compiled, visits;	  /* the layout is too free for steps */
	struct plan plans[2];	  /* for 4 and for 8 byte pointers */
	const struct schema *schema;
	struct slot *slots;
	size_t count;
	size_t wanted; /* of these; the others are lengths that steps need */
	/* While the payload is visited. */
	struct {
		uint16_t field;
		uint32_t element;
		bool array;
	} stack[2 * SCHEMA_DEPTH_MAX + 2];
	size_t depth;
	size_t parts; /* values, structs and arrays so far */
};

static inline const struct field *extraction_field(const struct extraction *extraction,
						   const struct field_path *path)
{
	return &extraction->schema->fields[path->steps[path->count - 1].field];
}

static inline uint8_t extraction_unit(const struct field *field)
{
	return field->type == VALUE_UTF16 ? 2 : 1;
}

/* Decides how payloads are read: by plans, or (`visits`) as a whole. */
void extraction_compile(struct extraction *extraction);
void extraction_plan_done(struct plan *plan);

/* All of the payload, whatever its layout. */
enum payload_result extraction_visit(struct extraction *extraction,
				     const struct event_record *record);

#endif
