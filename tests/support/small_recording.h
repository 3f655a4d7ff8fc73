/*
 * small_recording: recordings of a few buffers, whole or put together, whose bytes a test may
 * damage.
 */
#ifndef TESTS_SUPPORT_SMALL_RECORDING_H
#define TESTS_SUPPORT_SMALL_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/etl_writer.h"

#define SMALL_BUFFERS_MAX 64

struct small_recording {
	uint8_t *bytes; /* freed with small_done() */
	size_t length;
	size_t count; /* of buffers */
	size_t at[SMALL_BUFFERS_MAX];
	size_t size[SMALL_BUFFERS_MAX];
};

/* A header buffer and `data_buffers` more with events of two processors in turn. */
struct small_recording small_make(const struct etl_writer_options *options, size_t data_buffers);
void small_done(struct small_recording *recording);

/* Puts the second behind the first and frees it. */
void small_append(struct small_recording *recording, struct small_recording *second);

/* Puts `count` bytes of one value in, or takes bytes out. What buffers are where is kept up to
 * date. */
void small_insert(struct small_recording *recording, size_t at, uint8_t value, size_t count);
void small_remove(struct small_recording *recording, size_t at, size_t count);

/* Cuts the header buffer to `bytes` bytes, as merged recordings have it. */
void small_cut_header(struct small_recording *recording, uint32_t bytes);

#endif
