/*
 * format_rig: format files of tracefs, as text, and payloads of their events.
 */
#ifndef TESTS_SUPPORT_FORMAT_RIG_H
#define TESTS_SUPPORT_FORMAT_RIG_H

#include "exporter/decoder/ftrace.h"
#include "exporter/schema/payload.h"
#include "tests/support/payload.h"
#include "tests/support/scratch.h"

#define FORMAT_COMMON                                                                  \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

#define FIELD(declaration, offset, size, is_signed) \
	"\tfield:" declaration ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #is_signed ";\n"

struct format_rig {
	struct scratch scratch; /* the folder of events */
	struct ftrace_formats *formats;
	struct payload payload; /* begins with the common fields */
};

void format_rig_begin(struct format_rig *rig);
void format_rig_end(struct format_rig *rig);

/* The schema of an event with these fields behind the common ones. The caller's; NULL: none. */
struct schema *format_rig_parse(struct format_rig *rig, const char *fields, const char *print);

/* That a payload decodes to these fields, as JSON, behind the common ones, with this result. */
void format_rig_assert_decoded(const struct schema *schema, const struct payload *payload,
			       enum payload_result expected, const char *fields);

/* The field of that name, which there is. */
const struct field *format_rig_field(const struct schema *schema, const char *name);

#endif
