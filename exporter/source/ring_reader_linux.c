#include "exporter/source/ring_reader_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exporter/tracefs/trace_file_linux.h"

/* struct trace_buffer_meta of linux/trace_mmap.h, which older systems do not have. */
struct ring_meta {
	uint32_t meta_page_size;
	uint32_t meta_struct_len;
	uint32_t subbuf_size;
	uint32_t nr_subbufs;
	struct {
		uint64_t lost_events;
		uint32_t id;
		uint32_t read;
	} reader;
	uint64_t flags;
	uint64_t entries;
	uint64_t overrun;
	uint64_t read;
	uint64_t reserved[2];
};

#define GET_READER _IO('R', 0x20)

/* Where events begin in a sub-buffer, as tracefs describes its header. */
static int read_data_at(struct ring_reader *reader, const char *instance, struct error *error)
{
	static const char label[] = "char data;\toffset:";
	char path[1024], text[1024], *at;

	snprintf(path, sizeof(path), "%s/events/header_page", instance);
	if (trace_file_read(AT_FDCWD, path, text, sizeof(text)) < 0)
		return trace_file_error(error, errno, "cannot read %s", path);
	at = strstr(text, label);
	reader->data_at = at ? (uint16_t)strtoul(at + sizeof(label) - 1, NULL, 10) : 0;
	if (reader->data_at != 12 && reader->data_at != 16)
		return error_set(error, "cannot use %s: it does not say where data begins", path);
	return 0;
}

/* Before Linux 6.8 a sub-buffer is a page. */
static int read_page_bytes(struct ring_reader *reader, const char *instance, struct error *error)
{
	uint64_t kib = (uint64_t)sysconf(_SC_PAGESIZE) >> 10;
	char path[1024];

	snprintf(path, sizeof(path), "%s/buffer_subbuf_size_kb", instance);
	if (trace_file_exists(AT_FDCWD, path) && !trace_file_read_u64(AT_FDCWD, path, &kib))
		return trace_file_error(error, errno, "cannot read %s", path);
	if (kib < 1 || kib > FTRACE_PAGE_MAX_BYTES >> 10)
		return error_set(error, "cannot use %s: sub-buffers of %llu KiB", path,
				 (unsigned long long)kib);
	reader->page_bytes = (uint32_t)kib << 10;
	return 0;
}

/* Where it cannot be mapped, read() does. The sub-buffers are behind one that has the meta page. */
static void map(struct ring_reader *reader)
{
	size_t meta_bytes = (size_t)sysconf(_SC_PAGESIZE), pages_bytes;
	struct ring_meta *meta = mmap(NULL, meta_bytes, PROT_READ, MAP_SHARED, reader->fd, 0);
	void *pages = MAP_FAILED;

	if (meta == MAP_FAILED)
		return;
	pages_bytes = (size_t)reader->page_bytes * meta->nr_subbufs;
	if (meta->subbuf_size == reader->page_bytes)
		pages = mmap(NULL, pages_bytes, PROT_READ, MAP_SHARED, reader->fd,
			     (off_t)reader->page_bytes);
	if (pages == MAP_FAILED) {
		munmap(meta, meta_bytes);
		return;
	}
	reader->meta = meta;
	reader->meta_bytes = meta_bytes;
	reader->pages = pages;
	reader->pages_bytes = pages_bytes;
}

int ring_reader_open(struct ring_reader *reader, const char *instance, unsigned int cpu,
		     bool mapped, struct error *error)
{
	char path[1024];

	memset(reader, 0, sizeof(*reader));
	reader->cpu = (uint16_t)cpu;
	reader->wants_mapping = mapped;
	reader->fd = -1;
	if (read_data_at(reader, instance, error) || read_page_bytes(reader, instance, error))
		return -1;
	snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/trace_pipe_raw", instance, cpu);
	reader->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reader->fd < 0)
		return trace_file_error(error, errno, "cannot read %s", path);
	return 0;
}

/* ring_buffer_poll_wait() in kernel/trace/ring_buffer.c. */
bool ring_reader_appears(struct ring_reader *reader, const char *instance)
{
	struct pollfd fd = {.fd = reader->fd};
	char path[1024];

	if (reader->has_ring || poll(&fd, 1, 0) < 0 || (fd.revents & POLLERR))
		return false;
	reader->has_ring = true;
	snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/buffer_size_kb", instance, reader->cpu);
	if (trace_file_read_u64(AT_FDCWD, path, &reader->ring_bytes))
		reader->ring_bytes <<= 10;
	if (reader->wants_mapping)
		map(reader);
	return true;
}

/* The kernel's size is rounded; the page that is read and the one that is written may be taken in
 * parts. */
#define PAGES_MORE 4

void ring_reader_begin(struct ring_reader *reader, uint64_t until)
{
	reader->until = until;
	reader->pages_left =
		PAGES_MORE + (size_t)(reader->ring_bytes / (reader->page_bytes - reader->data_at));
}

void ring_reader_close(struct ring_reader *reader)
{
	if (reader->meta) {
		munmap((void *)(uintptr_t)reader->pages, reader->pages_bytes);
		munmap(reader->meta, reader->meta_bytes);
	}
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = -1;
	reader->meta = NULL;
}

static void write_frame(const struct ring_reader *reader, uint8_t *to, uint32_t page_bytes,
			uint32_t from, size_t *bytes)
{
	const struct ftrace_frame frame = {page_bytes, from, reader->cpu, reader->data_at,
					   reader->version};

	ftrace_frame_write(to, &frame);
	*bytes = ftrace_frame_size(page_bytes);
}

/* Copies the page as far as the kernel gave it out: behind that it may be written just now. */
static void copy_page(struct ring_reader *reader, const uint8_t *page, uint32_t read, uint8_t *to,
		      size_t *bytes)
{
	uint32_t commit = le32(page + FTRACE_COMMIT_AT), from = reader->data_at + reader->taken;
	uint32_t length = reader->data_at + read;

	/* How many events are missing stands behind the last one of a page that is complete. */
	if ((commit & FTRACE_COMMIT_STORED) && (commit & FTRACE_COMMIT_BYTES) == read &&
	    length + 8 <= reader->page_bytes)
		length += 8;
	else
		commit &= ~FTRACE_COMMIT_STORED;
	memcpy(to + FTRACE_FRAME_BYTES, page, length);
	put_le32(to + FTRACE_FRAME_BYTES + FTRACE_COMMIT_AT,
		 (commit & (FTRACE_COMMIT_STORED | FTRACE_COMMIT_MISSING)) | read);
	write_frame(reader, to, length, from, bytes);
}

static enum ring_read take_mapped(struct ring_reader *reader, uint8_t *to, size_t *bytes)
{
	const volatile struct ring_meta *meta = reader->meta;
	uint32_t id, read;

	if (ioctl(reader->fd, GET_READER))
		return RING_FAILED;
	id = meta->reader.id;
	read = meta->reader.read;
	if (!reader->has_read || id != reader->id)
		reader->taken = 0;
	reader->has_read = true;
	reader->id = id;
	if (read <= reader->taken || id >= meta->nr_subbufs ||
	    read > reader->page_bytes - reader->data_at)
		return RING_EMPTY;
	copy_page(reader, reader->pages + (size_t)id * reader->page_bytes, read, to, bytes);
	reader->taken = read;
	return meta->entries - meta->overrun == meta->read ? RING_LAST : RING_PAGE;
}

/*
 * What was read before is left out, so any page may be short. Without a time that is to be reached,
 * one that is not half full is taken for the one that is written just now.
 */
static enum ring_read take_read(struct ring_reader *reader, uint8_t *to, size_t *bytes)
{
	ssize_t got = read(reader->fd, to + FTRACE_FRAME_BYTES, reader->page_bytes);
	uint32_t commit;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? RING_EMPTY : RING_FAILED;
	if (got < reader->data_at)
		return RING_EMPTY;
	write_frame(reader, to, (uint32_t)got, reader->data_at, bytes);
	if (reader->until)
		return le64(to + FTRACE_FRAME_BYTES) >= reader->until ? RING_LAST : RING_PAGE;
	commit = le32(to + FTRACE_FRAME_BYTES + FTRACE_COMMIT_AT) & FTRACE_COMMIT_BYTES;
	return commit < reader->page_bytes / 2 ? RING_LAST : RING_PAGE;
}

enum ring_read ring_reader_take(struct ring_reader *reader, uint8_t *to, size_t *bytes)
{
	enum ring_read read;

	if (!reader->has_ring)
		return RING_EMPTY;
	read = reader->meta ? take_mapped(reader, to, bytes) : take_read(reader, to, bytes);
	if (reader->pages_left)
		reader->pages_left--;
	return read == RING_PAGE && !reader->pages_left ? RING_LAST : read;
}
