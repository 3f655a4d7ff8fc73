#include "exporter/baseline/page_parser.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/page_classic.h"
#include "exporter/baseline/page_labels.h"

#define NAME_BYTES_MAX	 512
#define NUMBER_BYTES_MAX 64

enum family_type {
	FAMILY_COUNTER,
	FAMILY_GAUGE,
	FAMILY_HISTOGRAM,
	FAMILY_OTHER, /* whose samples are checked and passed over */
};

struct page {
	const char *name;
	const char *at, *end; /* what is left of the line */
	size_t line;
	struct error *error;
	page_take *take;
	void *context;
	char family[NAME_BYTES_MAX + 1]; /* "": none has been told of */
	enum family_type type;
	struct text quoted; /* a name, with its end */
	/* Of the histogram at hand, and of this line; they take turns. */
	struct page_labels sets[2];
	struct page_labels *open, *labels;
	/* The histogram at hand. */
	bool is_open, has_sum, has_count;
	struct page_classic buckets;
	uint64_t count;
	double sum;
};

static int refuse(struct page *page, const char *why)
{
	return error_set(page->error, "%s:%zu: %s", page->name, page->line, why);
}

static bool is_name(char c, bool first, bool colon)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9') || (colon && c == ':');
}

static void skip_blanks(struct page *page)
{
	while (page->at < page->end && (*page->at == ' ' || *page->at == '\t'))
		page->at++;
}

/* A name of a metric, or (without colons) of a label; its length, 0: there is none. */
static size_t name_length(const struct page *page, bool colon)
{
	const char *at = page->at;

	while (at < page->end && is_name(*at, at == page->at, colon))
		at++;
	return (size_t)(at - page->at);
}

static bool take_char(struct page *page, char c)
{
	if (page->at == page->end || *page->at != c)
		return false;
	page->at++;
	return true;
}

/* What stands between quotes, of which the first was taken. */
static int take_value(struct page *page, struct text *to)
{
	while (page->at < page->end && *page->at != '"') {
		char c = *page->at++;

		if (!c)
			return refuse(page, "a label's value holds a zero");
		if (c == '\\') {
			if (page->at == page->end || !strchr("\\\"n", *page->at))
				return refuse(page, "a backslash stands before something other "
						    "than \\, \" and n");
			c = *page->at++;
			if (c == 'n')
				c = '\n';
		}
		text_char(to, c);
	}
	if (!take_char(page, '"'))
		return refuse(page, "a label's value does not end");
	text_char(to, '\0');
	return 0;
}

/* A name between quotes, of which the first was taken, as names that are more than letters, digits
 * and `_` have them. */
static int take_quoted(struct page *page)
{
	text_clear(&page->quoted);
	if (take_value(page, &page->quoted))
		return -1;
	if (page->quoted.failed)
		return refuse(page, "a name takes too much memory");
	return page_is_name(page->quoted.bytes, page->quoted.length - 1)
		       ? 0
		       : refuse(page, "a name between quotes is empty, or no text");
}

static int set_name(struct page *page, char name[NAME_BYTES_MAX + 1], const char *from,
		    size_t length)
{
	if (length > NAME_BYTES_MAX)
		return refuse(page, "a metric's name is too long");
	memcpy(name, from, length);
	name[length] = '\0';
	return 0;
}

/* Moves behind a name of a metric. -1: refused. */
static int take_name(struct page *page, char name[NAME_BYTES_MAX + 1])
{
	size_t length = name_length(page, true);

	if (take_char(page, '"'))
		return take_quoted(page)
			       ? -1
			       : set_name(page, name, page->quoted.bytes, page->quoted.length - 1);
	if (!length)
		return refuse(page, "a metric's name is missing");
	page->at += length;
	return set_name(page, name, page->at - length, length);
}

/* Behind its name, which is borrowed. */
static int take_label(struct page *page, const char *name, size_t length)
{
	struct page_labels *labels = page->labels;

	if (!length)
		return refuse(page, "a label's name is missing");
	if (!page_labels_name(labels, name, length))
		return refuse(page, "a sample has too many labels");
	skip_blanks(page);
	if (!take_char(page, '='))
		return refuse(page, "a label has no =");
	skip_blanks(page);
	if (!take_char(page, '"'))
		return refuse(page, "a label's value does not begin with a quote");
	return take_value(page, &labels->text);
}

/* Or the metric's name between quotes, where it did not stand before the braces: "" then. */
static int take_part(struct page *page, char name[NAME_BYTES_MAX + 1])
{
	const char *at = page->at;
	size_t length = name_length(page, false);

	if (!take_char(page, '"')) {
		page->at += length;
		return take_label(page, at, length);
	}
	if (take_quoted(page))
		return -1;
	at = page->quoted.bytes;
	length = page->quoted.length - 1;
	skip_blanks(page);
	if (name[0] || (page->at < page->end && *page->at == '='))
		return take_label(page, at, length);
	return set_name(page, name, at, length);
}

static int take_labels(struct page *page, char name[NAME_BYTES_MAX + 1])
{
	struct page_labels *labels = page->labels;

	page_labels_clear(labels);
	skip_blanks(page);
	if (!take_char(page, '{'))
		return 0;
	for (;;) {
		skip_blanks(page);
		if (take_char(page, '}'))
			break;
		if (take_part(page, name))
			return -1;
		skip_blanks(page);
		if (!take_char(page, ',') && (page->at == page->end || *page->at != '}'))
			return refuse(page, "labels are not apart by commas");
	}
	if (labels->text.failed)
		return refuse(page, "labels take too much memory");
	page_labels_sort(labels);
	return page_labels_repeat(labels) ? refuse(page, "a label is there twice") : 0;
}

/* As Go reads it, but without its underscores and hexadecimal digits. */
static bool parse_number(const char *text, double *value)
{
	char *end;

	if (strcmp(text, "+Inf") == 0 || strcmp(text, "Inf") == 0 || strcmp(text, "-Inf") == 0) {
		*value = text[0] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	if (strcmp(text, "NaN") == 0) {
		*value = NAN;
		return true;
	}
	if (!text[0] || text[strspn(text, "0123456789+-.eE")])
		return false;
	*value = strtod(text, &end);
	return !*end && isfinite(*value);
}

static int take_number(struct page *page, double *value)
{
	char number[NUMBER_BYTES_MAX + 1];
	size_t length = 0;

	skip_blanks(page);
	for (; page->at < page->end && *page->at != ' ' && *page->at != '\t'; page->at++) {
		if (length == NUMBER_BYTES_MAX)
			return refuse(page, "a sample's value is too long");
		number[length++] = *page->at;
	}
	number[length] = '\0';
	if (strlen(number) != length || !parse_number(number, value))
		return refuse(page, "a sample's value is not a number");
	return 0;
}

/* Milliseconds, which nobody asks for. */
static int take_rest(struct page *page)
{
	skip_blanks(page);
	take_char(page, '-');
	while (page->at < page->end && *page->at >= '0' && *page->at <= '9')
		page->at++;
	skip_blanks(page);
	return page->at == page->end ? 0 : refuse(page, "something stands behind a sample's value");
}

static int hand_out(struct page *page, struct page_labels *labels, struct page_series *series)
{
	series->family = page->family;
	series->labels = labels->list;
	series->label_count = labels->count;
	return page->take(page->context, series, page->error) ? 0 : -1;
}

/* Ends the histogram at hand, if there is one. */
static int end_histogram(struct page *page)
{
	struct page_series series = {
		.kind = BASELINE_HISTOGRAM,
		.bounds = page->buckets.bounds,
		.counts = page->buckets.counts,
		.bound_count = page->buckets.bound_count,
		.count = page->count,
		.sum = page->sum,
	};

	if (!page->is_open)
		return 0;
	page->is_open = false;
	if (!page->has_sum || !page->has_count || !page->buckets.has_inf)
		return refuse(page, "the histogram before this line lacks its bucket +Inf, sum or "
				    "count; all of a series' samples stand together");
	if (page->buckets.below != page->count)
		return refuse(page, "the histogram before this line has another count than its "
				    "bucket +Inf");
	return hand_out(page, page->open, &series);
}

static bool same_labels(const struct page_labels *a, const struct page_labels *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->list[i].name, b->list[i].name) != 0 ||
		    strcmp(a->list[i].value, b->list[i].value) != 0)
			return false;
	return true;
}

/* Takes le out of the line's labels; NULL: it has none. */
static const char *take_le(struct page_labels *labels)
{
	const char *value = NULL;
	size_t i, kept = 0;

	for (i = 0; i < labels->count; i++) {
		if (strcmp(labels->list[i].name, "le") == 0)
			value = labels->list[i].value;
		else
			labels->list[kept++] = labels->list[i];
	}
	labels->count = kept;
	return value;
}

static int open_histogram(struct page *page)
{
	struct page_labels *before = page->open;

	if (page->is_open && same_labels(page->open, page->labels))
		return 0;
	if (end_histogram(page))
		return -1;
	page->open = page->labels;
	page->labels = before;
	page->is_open = true;
	page->has_sum = page->has_count = false;
	page_classic_clear(&page->buckets);
	return 0;
}

static int take_bucket(struct page *page, const char *le, double value)
{
	double bound;
	const char *why;

	if (!le || !parse_number(le, &bound))
		return refuse(page, "a histogram's bucket has no bound le");
	why = page_classic_add(&page->buckets, bound, value);
	return why ? refuse(page, why) : 0;
}

/* `suffix` is what the sample's name has behind the family's. */
static int take_histogram_sample(struct page *page, const char *suffix)
{
	bool is_bucket = strcmp(suffix, "_bucket") == 0;
	const char *le = is_bucket ? take_le(page->labels) : NULL;
	double value;

	if (page->labels->count > PAGE_LABELS_MAX)
		return refuse(page, "a sample has too many labels");
	if (take_number(page, &value) || take_rest(page) || open_histogram(page))
		return -1;
	if (is_bucket)
		return take_bucket(page, le, value);
	if (strcmp(suffix, "_sum") == 0) {
		if (page->has_sum)
			return refuse(page, "a histogram's sum is there twice");
		page->has_sum = true;
		page->sum = value;
		return 0;
	}
	if (page->has_count || !page_is_count(value))
		return refuse(page, page->has_count ? "a histogram's count is there twice"
						    : "a histogram's count " PAGE_NO_COUNT);
	page->has_count = true;
	page->count = (uint64_t)value;
	return 0;
}

static int take_plain_sample(struct page *page, bool is_handed_out)
{
	struct page_series series = {.kind = page->type == FAMILY_COUNTER ? BASELINE_COUNTER
									  : BASELINE_GAUGE};

	if (page->labels->count > PAGE_LABELS_MAX)
		return refuse(page, "a sample has too many labels");
	if (take_number(page, &series.value) || take_rest(page))
		return -1;
	if (!is_handed_out)
		return 0;
	if (series.kind == BASELINE_COUNTER && !(series.value >= 0 && isfinite(series.value)))
		return refuse(page, "a counter is below 0, or not a number");
	return hand_out(page, page->labels, &series);
}

/* NULL: the sample is none of the family's. */
static const char *suffix_of(const struct page *page, const char *name)
{
	size_t length = strlen(page->family);

	return strncmp(name, page->family, length) == 0 ? name + length : NULL;
}

static int take_sample(struct page *page)
{
	char name[NAME_BYTES_MAX + 1];
	const char *suffix;

	name[0] = '\0';
	if ((*page->at != '{' && take_name(page, name)) || take_labels(page, name))
		return -1;
	if (!name[0])
		return refuse(page, "a metric's name is missing");
	suffix = suffix_of(page, name);
	if (page->type == FAMILY_HISTOGRAM && suffix &&
	    (strcmp(suffix, "_bucket") == 0 || strcmp(suffix, "_sum") == 0 ||
	     strcmp(suffix, "_count") == 0))
		return take_histogram_sample(page, suffix);
	return take_plain_sample(page, suffix && !*suffix && page->type < FAMILY_HISTOGRAM);
}

static bool take_word(struct page *page, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(page->end - page->at) < length || memcmp(page->at, word, length) != 0)
		return false;
	page->at += length;
	return true;
}

/* A type is a row, before those that it begins with; of those that are not here nothing is handed
 * out either. */
static const struct {
	const char *name;
	enum family_type type;
} types[] = {
	{"counter", FAMILY_COUNTER}, {"gaugehistogram", FAMILY_OTHER},
	{"gauge", FAMILY_GAUGE},     {"histogram", FAMILY_HISTOGRAM},
	{"summary", FAMILY_OTHER},   {"untyped", FAMILY_OTHER},
};

static int begin_family(struct page *page)
{
	size_t i, count = sizeof(types) / sizeof(types[0]);

	if (end_histogram(page))
		return -1;
	skip_blanks(page);
	if (take_name(page, page->family))
		return -1;
	skip_blanks(page);
	for (i = 0; i < count && !take_word(page, types[i].name); i++)
		;
	skip_blanks(page);
	if (i == count || page->at != page->end)
		return refuse(page, "a family's type is not known");
	page->type = types[i].type;
	return 0;
}

static int take_line(struct page *page)
{
	skip_blanks(page);
	if (page->at == page->end)
		return 0;
	if (*page->at != '#')
		return take_sample(page);
	page->at++;
	skip_blanks(page);
	return take_word(page, "TYPE ") ? begin_family(page) : 0;
}

static int take_lines(struct page *page, const char *text, size_t length)
{
	const char *end = text + length, *line_end;

	for (; text < end; text = line_end + 1) {
		line_end = memchr(text, '\n', (size_t)(end - text));
		page->line++;
		page->at = text;
		page->end = line_end;
		if (!line_end)
			return refuse(page, "the page's last line does not end: it was cut");
		if (take_line(page))
			return -1;
	}
	page->line++;
	return end_histogram(page);
}

int page_parse(const char *name, const char *text, size_t length, page_take *take, void *context,
	       struct error *error)
{
	struct page *page = calloc(1, sizeof(*page));
	int result;

	if (!page)
		return error_set(error, "%s: out of memory", name);
	page->name = name;
	page->error = error;
	page->take = take;
	page->context = context;
	page->type = FAMILY_OTHER;
	page->open = &page->sets[0];
	page->labels = &page->sets[1];
	text_init(&page->quoted, PAGE_LABEL_BYTES_MAX);
	page_labels_init(&page->sets[0]);
	page_labels_init(&page->sets[1]);
	result = length > PAGE_BYTES_MAX ? refuse(page, "the page is too large")
					 : take_lines(page, text, length);
	text_done(&page->quoted);
	page_labels_done(&page->sets[0]);
	page_labels_done(&page->sets[1]);
	free(page);
	return result;
}
