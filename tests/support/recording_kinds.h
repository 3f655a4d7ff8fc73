/*
 * recording_kinds: small recordings of each kind that a framer tells apart. For tests.
 */
#ifndef TESTS_SUPPORT_RECORDING_KINDS_H
#define TESTS_SUPPORT_RECORDING_KINDS_H

#include "tests/support/frames.h"
#include "tests/support/small_recording.h"

#define DATA_BUFFERS 6
#define MIDDLE	     3
#define LAST	     DATA_BUFFERS

/* Of a buffer's header. */
#define SIZE_AT	    0x00
#define DATA_END_AT 0x30
#define FLAGS_AT    0x34
#define TYPE_AT	    0x36

enum kind {
	PLAIN,
	CUT_HEADER,
	COMPRESSED,
	KINDS
};

static inline struct small_recording make(enum kind kind)
{
	const struct etl_writer_options options = {.buffer_bytes = 1024,
						   .compressed = kind == COMPRESSED};
	struct small_recording recording = small_make(&options, DATA_BUFFERS);

	if (kind == CUT_HEADER)
		small_cut_header(&recording, 512);
	return recording;
}

/* All buffers but the damaged are framed as they are. */
static inline void assert_others(const struct small_recording *recording,
				 const struct frames *frames, size_t damaged)
{
	for (size_t i = 0; i < recording->count; i++)
		if (i != damaged && !frames_has(frames, recording->at[i], recording->size[i]))
			fail_msg("buffer %zu is not framed", i);
}

#endif
