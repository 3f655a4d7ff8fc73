#include "exporter/baseline/page_protobuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/page_protobuf_private.h"

#define NS_PER_SECOND 1000000000

/* Values of MetricType in metrics.proto. */
enum family_type {
	TYPE_COUNTER = 0,
	TYPE_GAUGE = 1,
	TYPE_SUMMARY = 2,
	TYPE_UNTYPED = 3,
	TYPE_HISTOGRAM = 4,
	TYPE_GAUGE_HISTOGRAM = 5,
};

/* What messages hold; bytes are NULL where the field is not there. */
struct family_message {
	struct protobuf_reader name;
	uint64_t type;
};
struct label_message {
	struct protobuf_reader name, value;
};
struct metric_message {
	struct protobuf_reader gauge, counter, histogram;
};
struct number_message {
	double value;
	struct protobuf_reader created;
};
struct time_message {
	uint64_t seconds, nanos;
};

int protobuf_page_refuse(struct protobuf_page *page, const char *why)
{
	return error_set(page->error, "%s: byte %zu: %s%s%s", page->name,
			 (size_t)(page->where - page->start), page->family,
			 page->family[0] ? ": " : "", why);
}

static enum protobuf_wire wire_of(enum field_kind kind)
{
	switch (kind) {
	case FIELD_DOUBLE:
		return PROTOBUF_FIXED64;
	case FIELD_BYTES:
		return PROTOBUF_LENGTH;
	default:
		return PROTOBUF_VARINT;
	}
}

static int take_field(struct protobuf_page *page, const struct protobuf_row *row,
		      const struct protobuf_field *field, void *to)
{
	void *member = (char *)to + row->member;
	struct protobuf_reader *bytes = member;

	if (row->kind == FIELD_PASSED)
		return 0;
	if (row->kind == FIELD_EACH)
		return row->take(page, field);
	if (field->wire != wire_of(row->kind))
		return protobuf_page_refuse_kind(page);
	switch (row->kind) {
	case FIELD_DOUBLE:
		*(double *)member = protobuf_double(field->bits);
		return 0;
	case FIELD_I32:
		*(int64_t *)member = protobuf_signed(field->bits);
		return field->bits > UINT32_MAX
			       ? protobuf_page_refuse(page, "a number has more than 32 bits")
			       : 0;
	case FIELD_BYTES:
		if (bytes->at)
			return protobuf_page_refuse(
				page, "a field that may be there once is there twice");
		*bytes = protobuf_reader_of(field->bytes, field->length);
		return 0;
	default:
		*(uint64_t *)member = field->bits;
		return 0;
	}
}

int protobuf_page_refuse_kind(struct protobuf_page *page)
{
	return protobuf_page_refuse(page, "a field is of another kind than in metrics.proto");
}

int protobuf_page_refuse_message(struct protobuf_page *page, const struct protobuf_reader *message)
{
	return protobuf_page_refuse(page, message->why);
}

int protobuf_page_read(struct protobuf_page *page, struct protobuf_reader message,
		       const struct protobuf_fields *fields, void *to)
{
	struct protobuf_field field;
	enum protobuf_next next;

	while ((next = protobuf_next(&message, &field)) == PROTOBUF_FIELD)
		if (field.number < fields->count &&
		    take_field(page, &fields->rows[field.number], &field, to))
			return -1;
	return next == PROTOBUF_END ? 0 : protobuf_page_refuse_message(page, &message);
}

int protobuf_page_read_each(struct protobuf_page *page, const struct protobuf_field *field,
			    const struct protobuf_fields *fields, void *to)
{
	if (field->wire != PROTOBUF_LENGTH)
		return protobuf_page_refuse_kind(page);
	return protobuf_page_read(page, protobuf_reader_of(field->bytes, field->length), fields,
				  to);
}

static size_t length_of(const struct protobuf_reader *bytes)
{
	return (size_t)(bytes->end - bytes->at);
}

static bool is_name(const struct protobuf_reader *name)
{
	return name->at && page_is_name((const char *)name->at, length_of(name));
}

static const struct protobuf_row label_rows[] = {
	[1] = {FIELD_BYTES, offsetof(struct label_message, name), NULL},
	[2] = {FIELD_BYTES, offsetof(struct label_message, value), NULL},
};
static const struct protobuf_fields label_fields = PROTOBUF_FIELDS(label_rows);

static int take_label(struct protobuf_page *page, const struct protobuf_field *field)
{
	struct label_message label = {0};
	size_t length;

	if (protobuf_page_read_each(page, field, &label_fields, &label))
		return -1;
	length = label.value.at ? length_of(&label.value) : 0;
	if (!is_name(&label.name))
		return protobuf_page_refuse(page, "a label's name is missing, or no text");
	if (length && memchr(label.value.at, '\0', length))
		return protobuf_page_refuse(page, "a label's value holds a zero");
	if (!page_labels_name(&page->labels, (const char *)label.name.at, length_of(&label.name)))
		return protobuf_page_refuse(page, "a sample has too many labels");
	if (length)
		text_add(&page->labels.text, label.value.at, length);
	text_char(&page->labels.text, '\0');
	return 0;
}

static const struct protobuf_row metric_rows[] = {
	[1] = {FIELD_EACH, 0, take_label},
	[2] = {FIELD_BYTES, offsetof(struct metric_message, gauge), NULL},
	[3] = {FIELD_BYTES, offsetof(struct metric_message, counter), NULL},
	[7] = {FIELD_BYTES, offsetof(struct metric_message, histogram), NULL},
};
static const struct protobuf_fields metric_fields = PROTOBUF_FIELDS(metric_rows);

static int end_labels(struct protobuf_page *page)
{
	struct page_labels *labels = &page->labels;

	if (labels->text.failed)
		return protobuf_page_refuse(page, "labels take too much memory");
	if (labels->count > PAGE_LABELS_MAX)
		return protobuf_page_refuse(page, "a sample has too many labels");
	page_labels_sort(labels);
	return page_labels_repeat(labels) ? protobuf_page_refuse(page, "a label is there twice")
					  : 0;
}

int protobuf_page_hand_out(struct protobuf_page *page, struct page_series *series)
{
	series->family = page->family;
	series->labels = page->labels.list;
	series->label_count = page->labels.count;
	return page->take(page->context, series, page->error) ? 0 : -1;
}

static const struct protobuf_row time_rows[] = {
	[1] = {FIELD_U64, offsetof(struct time_message, seconds), NULL},
	[2] = {FIELD_U64, offsetof(struct time_message, nanos), NULL},
};
static const struct protobuf_fields time_fields = PROTOBUF_FIELDS(time_rows);

/* A time that is none after 1970, as that of Go which was never set, is not told. */
int protobuf_page_time(struct protobuf_page *page, const struct protobuf_reader *message,
		       int64_t *time_ns)
{
	struct time_message time = {0};

	*time_ns = 0;
	if (!message->at)
		return 0;
	if (protobuf_page_read(page, *message, &time_fields, &time))
		return -1;
	if (time.seconds < INT64_MAX / NS_PER_SECOND && time.nanos < NS_PER_SECOND)
		*time_ns = (int64_t)(time.seconds * NS_PER_SECOND + time.nanos);
	return 0;
}

static const struct protobuf_row gauge_rows[] = {
	[1] = {FIELD_DOUBLE, offsetof(struct number_message, value), NULL},
};
static const struct protobuf_fields gauge_fields = PROTOBUF_FIELDS(gauge_rows);

static const struct protobuf_row counter_rows[] = {
	[1] = {FIELD_DOUBLE, offsetof(struct number_message, value), NULL},
	[3] = {FIELD_BYTES, offsetof(struct number_message, created), NULL},
};
static const struct protobuf_fields counter_fields = PROTOBUF_FIELDS(counter_rows);

static int refuse_type(struct protobuf_page *page)
{
	return protobuf_page_refuse(page, "a metric is of another type than its family");
}

static int take_number(struct protobuf_page *page, const struct metric_message *metric)
{
	bool is_counter = page->type == TYPE_COUNTER;
	const struct protobuf_reader *message = is_counter ? &metric->counter : &metric->gauge;
	struct page_series series = {.kind = is_counter ? BASELINE_COUNTER : BASELINE_GAUGE};
	struct number_message number = {0};

	if (!message->at)
		return refuse_type(page);
	if (protobuf_page_read(page, *message, is_counter ? &counter_fields : &gauge_fields,
			       &number) ||
	    protobuf_page_time(page, &number.created, &series.created_ns))
		return -1;
	series.value = number.value;
	if (is_counter && !(series.value >= 0 && isfinite(series.value)))
		return protobuf_page_refuse(page, "a counter is below 0, or not a number");
	return protobuf_page_hand_out(page, &series);
}

static int take_metric(struct protobuf_page *page, const struct protobuf_field *field)
{
	struct metric_message metric = {0};

	if (field->wire == PROTOBUF_LENGTH)
		page->where = field->bytes;
	page_labels_clear(&page->labels);
	if (protobuf_page_read_each(page, field, &metric_fields, &metric) || end_labels(page))
		return -1;
	switch (page->type) {
	case TYPE_COUNTER:
	case TYPE_GAUGE:
		return take_number(page, &metric);
	case TYPE_HISTOGRAM:
		return metric.histogram.at ? protobuf_page_histogram(page, &metric.histogram)
					   : refuse_type(page);
	default:
		return 0;
	}
}

/* Name and type may stand behind the metrics, which are read only then. */
static const struct protobuf_row family_rows[] = {
	[1] = {FIELD_BYTES, offsetof(struct family_message, name), NULL},
	[3] = {FIELD_U64, offsetof(struct family_message, type), NULL},
};
static const struct protobuf_fields family_fields = PROTOBUF_FIELDS(family_rows);

static const struct protobuf_row family_metric_rows[] = {
	[4] = {FIELD_EACH, 0, take_metric},
};
static const struct protobuf_fields family_metric_fields = PROTOBUF_FIELDS(family_metric_rows);

static int take_family(struct protobuf_page *page, struct protobuf_reader message)
{
	struct family_message family = {0};
	size_t length;

	page->family[0] = '\0';
	page->where = message.at;
	if (protobuf_page_read(page, message, &family_fields, &family))
		return -1;
	length = family.name.at ? length_of(&family.name) : 0;
	if (!is_name(&family.name))
		return protobuf_page_refuse(page, "a metric's name is missing, or no text");
	if (length > PROTOBUF_NAME_MAX)
		return protobuf_page_refuse(page, "a metric's name is too long");
	memcpy(page->family, family.name.at, length);
	page->family[length] = '\0';
	if (family.type > TYPE_GAUGE_HISTOGRAM)
		return protobuf_page_refuse(page, "a family's type is not known");
	page->type = family.type;
	return protobuf_page_read(page, message, &family_metric_fields, page);
}

static int take_families(struct protobuf_page *page, const void *bytes, size_t length)
{
	struct protobuf_reader all, family;

	if (!length)
		return 0;
	all = protobuf_reader_of(bytes, length);
	while (all.at < all.end) {
		page->family[0] = '\0';
		page->where = all.at;
		if (!protobuf_delimited(&all, &family))
			return protobuf_page_refuse(
				page, "the page's last family does not end: it was cut, or "
				      "this is not protobuf");
		if (take_family(page, family))
			return -1;
	}
	return 0;
}

int page_protobuf(const char *name, const void *bytes, size_t length, page_take *take,
		  void *context, struct error *error)
{
	struct protobuf_page *page = calloc(1, sizeof(*page));
	int result;

	if (!page)
		return error_set(error, "%s: out of memory", name);
	page->name = name;
	page->start = page->where = bytes;
	page->error = error;
	page->take = take;
	page->context = context;
	page_labels_init(&page->labels);
	result = length > PAGE_BYTES_MAX ? protobuf_page_refuse(page, "the page is too large")
					 : take_families(page, bytes, length);
	page_labels_done(&page->labels);
	free(page);
	return result;
}
