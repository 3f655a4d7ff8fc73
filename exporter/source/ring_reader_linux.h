/*
 * ring_reader: reads the ring buffer of one CPU of a tracefs instance, sub-buffer by sub-buffer.
 *
 * By mapping it into memory where that is wanted and the kernel offers it (6.10 and later), else by
 * read(). Used by one thread.
 *
 * Source: Documentation/trace/ring-buffer-map.rst, include/uapi/linux/trace_mmap.h of Linux.
 */
#ifndef EXPORTER_SOURCE_RING_READER_LINUX_H
#define EXPORTER_SOURCE_RING_READER_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/base/error.h"
#include "exporter/record/ftrace.h"

struct ring_meta;

struct ring_reader {
	int fd; /* of trace_pipe_raw; readable when as much waits as buffer_percent says */
	uint16_t cpu;
	uint16_t data_at;
	uint16_t version;	/* set by the caller: as in struct ftrace_frame */
	uint64_t until;		/* of this round: what is from before this time is wanted; 0: any */
	size_t pages_left;	/* likewise: how many it may take */
	uint64_t ring_bytes;	/* of all sub-buffers; 0: there are none */
	uint32_t page_bytes;	/* of one */
	struct ring_meta *meta; /* mapped; NULL: read() is used */
	const uint8_t *pages;	/* likewise */
	size_t meta_bytes, pages_bytes;
	uint32_t id,
		taken; /* of the mapped sub-buffer read last: which, and how much of its data */
	bool has_read; /* there is such a one */
	bool wants_mapping;
	bool has_ring;
};

/* `instance` is the instance's directory; `mapped`: by a mapping, if possible. -1: see error. */
int ring_reader_open(struct ring_reader *reader, const char *instance, unsigned int cpu,
		     bool mapped, struct error *error);
void ring_reader_close(struct ring_reader *reader);

/*
 * A CPU that has not been online since the kernel began has no ring buffer, and what `fd` says of
 * itself is no event to wait for. True, once: by now there is one, which ring_reader_take() reads.
 */
bool ring_reader_appears(struct ring_reader *reader, const char *instance);

/*
 * A round of ring_reader_take() ends with what is from `until`, unless that is 0, and after as many
 * sub-buffers as there are: writers that are faster than their reader do not keep it.
 */
void ring_reader_begin(struct ring_reader *reader, uint64_t until);

enum ring_read {
	RING_EMPTY,
	RING_PAGE,   /* there may be more */
	RING_LAST,   /* likewise a page, and the last of its round */
	RING_FAILED, /* errno */
};

/*
 * Writes a frame with the next sub-buffer's events, as far as they were committed. `to` has room
 * for ftrace_frame_size(page_bytes); `*bytes` are written. Never waits.
 */
enum ring_read ring_reader_take(struct ring_reader *reader, uint8_t *to, size_t *bytes);

#endif
