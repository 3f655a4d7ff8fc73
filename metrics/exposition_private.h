/*
 * exposition_private: what exposition.c, which begins families, shares with what writes samples:
 * exposition_rendered.c and exposition_protobuf.c.
 */
#ifndef METRICS_EXPOSITION_PRIVATE_H
#define METRICS_EXPOSITION_PRIVATE_H

#include "metrics/exposition.h"

/* Writes what stands before a family's first sample. */
void exposition_begin(struct exposition *exposition);

/* Whether a sample is wanted, whose family then has begun. */
static inline bool exposition_is_shown(struct exposition *exposition)
{
	if (exposition->begun)
		return true;
	if (exposition->hidden)
		return false;
	exposition_begin(exposition);
	return true;
}

/* Whether samples are lines of text. */
static inline bool exposition_has_lines(const struct exposition *exposition)
{
	return !exposition->taker && exposition->format != EXPOSITION_PROTOBUF;
}

/* A number that is no line of text: to the taker, or as a message. */
void exposition_hand_on(struct exposition *exposition, const char *labels, size_t length,
			double value);

/* The family's message, up to its metrics; its end, which puts its length before it. */
void protobuf_family_begin(struct exposition *exposition);
void protobuf_family_end(struct exposition *exposition);

/* A metric; `labels` as in exposition_rendered_u64(). */
void protobuf_number(struct exposition *exposition, const char *labels, size_t length,
		     double value);
void protobuf_histogram(struct exposition *exposition, const char *labels, size_t length,
			const struct histogram *histogram);

#endif
