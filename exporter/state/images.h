/*
 * images: which image is at an address of a process, or of the kernel, from when to when.
 *
 * An address space has the bases of all that was ever loaded there, in order; what was at a base
 * and when is in spans. Addresses of the upper half are the kernel's in every process. Owned and
 * used by one thread.
 */
#ifndef EXPORTER_STATE_IMAGES_H
#define EXPORTER_STATE_IMAGES_H

#include "exporter/state/spans.h"

struct images {
	struct spans spans; /* of bases, their values are ids of names */
	struct slab spaces;
	struct hash_index index; /* of the spaces, by PID */
	struct hash_seed seed;
	struct table_counts *counts;
};

struct image {
	uint32_t pid;
	uint32_t name_id;
	uint64_t base;
	uint64_t bytes;
};

/* It must not move after that. -1: no memory. */
int images_init(struct images *images, size_t limit, struct table_counts *counts);
void images_done(struct images *images);

void images_learn(struct images *images, enum span_news news, const struct image *image,
		  int64_t time_ns);

/* The process ended: what it had loaded is there no more. */
void images_end_process(struct images *images, uint32_t pid, int64_t time_ns);

/* The id of a name; NAME_UNKNOWN. */
uint32_t images_name(const struct images *images, uint32_t pid, uint64_t address, int64_t time_ns);

#endif
