#include "metrics/labels.h"

size_t labels_render(struct text *text, const struct family_info *family, const char *const *values,
		     size_t value_limit)
{
	size_t cut = 0;
	size_t i;

	for (i = 0; i < family->label_count; i++) {
		if (i > 0)
			text_char(text, ',');
		text_string(text, family->labels[i]);
		text_add(text, "=\"", 2);
		cut += text_label_value(text, values[i], value_limit);
		text_char(text, '"');
	}
	return cut;
}
