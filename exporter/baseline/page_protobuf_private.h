/* What page_protobuf.c and page_protobuf_histogram.c have in common. */
#ifndef EXPORTER_BASELINE_PAGE_PROTOBUF_PRIVATE_H
#define EXPORTER_BASELINE_PAGE_PROTOBUF_PRIVATE_H

#include "exporter/baseline/page_classic.h"
#include "exporter/baseline/page_labels.h"
#include "exporter/baseline/page_native.h"
#include "exporter/baseline/page_parser.h"
#include "exporter/baseline/protobuf_reader.h"

#define PROTOBUF_NAME_MAX 512

struct protobuf_page;

enum field_kind {
	FIELD_PASSED, /* which is not needed, or not known */
	FIELD_U64,
	FIELD_I32, /* in zigzag */
	FIELD_DOUBLE,
	FIELD_BYTES, /* a text or a message, which may be there once */
	FIELD_EACH,  /* any of a row of them */
};

/* How a field of a message is read: FIELD_EACH by `take`, others into a member of a struct. */
struct protobuf_row {
	enum field_kind kind;
	size_t member;
	int (*take)(struct protobuf_page *page, const struct protobuf_field *field);
};

/* The fields of a message by their numbers. */
struct protobuf_fields {
	const struct protobuf_row *rows;
	size_t count;
};

#define PROTOBUF_FIELDS(list)                          \
	{                                              \
		list, sizeof(list) / sizeof((list)[0]) \
	}

struct protobuf_page {
	const char *name;
	const uint8_t *start, *where; /* of the page; of what is being read */
	struct error *error;
	page_take *take;
	void *context;
	char family[PROTOBUF_NAME_MAX + 1]; /* "": it is not known yet */
	uint64_t type;
	struct page_labels labels;
	struct page_classic classic;
	struct page_native native;
	struct page_native_buckets buckets;
};

/* All of these return -1 where the page is refused; its error says why then. */
int protobuf_page_refuse(struct protobuf_page *page, const char *why);
int protobuf_page_refuse_kind(struct protobuf_page *page);
/* What a broken message says. */
int protobuf_page_refuse_message(struct protobuf_page *page, const struct protobuf_reader *message);

/* Reads a message into a struct, whose members are as the fields' rows say. */
int protobuf_page_read(struct protobuf_page *page, struct protobuf_reader message,
		       const struct protobuf_fields *fields, void *to);
/* The same of a message of a row of them. */
int protobuf_page_read_each(struct protobuf_page *page, const struct protobuf_field *field,
			    const struct protobuf_fields *fields, void *to);

/* When something began, of a google.protobuf.Timestamp; 0: it is not told. */
int protobuf_page_time(struct protobuf_page *page, const struct protobuf_reader *message,
		       int64_t *time_ns);

/* Fills in what all series of the metric at hand have, and hands it out. */
int protobuf_page_hand_out(struct protobuf_page *page, struct page_series *series);

/* A metric's histogram, of which the labels were read. */
int protobuf_page_histogram(struct protobuf_page *page, const struct protobuf_reader *message);

#endif
