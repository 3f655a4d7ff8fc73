#include "exporter/baseline/page_labels.h"

#include <string.h>

#include "metrics/utf8.h"

void page_labels_init(struct page_labels *labels)
{
	text_init(&labels->text, PAGE_LABEL_BYTES_MAX);
	labels->count = 0;
}

void page_labels_done(struct page_labels *labels)
{
	text_done(&labels->text);
}

void page_labels_clear(struct page_labels *labels)
{
	text_clear(&labels->text);
	labels->count = 0;
}

bool page_labels_name(struct page_labels *labels, const char *name, size_t length)
{
	if (labels->count == PAGE_LABELS_ROOM)
		return false;
	labels->offsets[labels->count++] = labels->text.length;
	text_add(&labels->text, name, length);
	text_char(&labels->text, '\0');
	return true;
}

/* The text grows while they are read: only then are they pointed to. */
void page_labels_sort(struct page_labels *labels)
{
	size_t i, j;

	for (i = 0; i < labels->count; i++) {
		char *name = labels->text.bytes + labels->offsets[i];
		struct baseline_label label = {name, name + strlen(name) + 1};

		for (j = i; j && strcmp(labels->list[j - 1].name, name) > 0; j--)
			labels->list[j] = labels->list[j - 1];
		labels->list[j] = label;
	}
}

bool page_labels_repeat(const struct page_labels *labels)
{
	size_t i;

	for (i = 1; i < labels->count; i++)
		if (strcmp(labels->list[i - 1].name, labels->list[i].name) == 0)
			return true;
	return false;
}

bool page_is_name(const char *name, size_t length)
{
	size_t left = length, sequence;

	if (!length || memchr(name, '\0', length))
		return false;
	for (; left; name += sequence, left -= sequence) {
		sequence = utf8_sequence_in(name, left);
		if (!sequence)
			return false;
	}
	return true;
}
