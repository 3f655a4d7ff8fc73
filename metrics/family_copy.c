#include "metrics/family_copy.h"

#include <stdlib.h>
#include <string.h>

/* What family_info borrows is const; a copy's is not. */
static void free_const(const void *pointer)
{
	union {
		const void *borrowed;
		void *owned;
	} both = {pointer};

	free(both.owned);
}

static void labels_free(const char *const *labels, size_t count)
{
	size_t i;

	for (i = 0; labels && i < count; i++)
		free_const(labels[i]);
	free_const(labels);
}

void family_copy_done(struct family_info *copy)
{
	free_const(copy->name);
	free_const(copy->help);
	free_const(copy->bounds);
	free_const(copy->native);
	labels_free(copy->labels, copy->label_count);
}

/* NULL: out of memory. */
static const char *const *copy_labels(const struct family_info *from)
{
	const char **labels = calloc(from->label_count + 1, sizeof(*labels));
	size_t i;

	for (i = 0; labels && i < from->label_count; i++) {
		labels[i] = strdup(from->labels[i]);
		if (labels[i])
			continue;
		while (i)
			free_const(labels[--i]);
		free(labels);
		return NULL;
	}
	return labels;
}

static const double *copy_bounds(const struct family_info *from)
{
	double *bounds = calloc(from->bound_count + 1, sizeof(*bounds));

	if (bounds && from->bound_count)
		memcpy(bounds, from->bounds, from->bound_count * sizeof(*bounds));
	return bounds;
}

static const struct native_buckets *copy_native(const struct family_info *from)
{
	struct native_buckets *native = malloc(sizeof(*native));

	if (native)
		*native = *from->native;
	return native;
}

int family_copy(struct family_info *to, const struct family_info *from)
{
	*to = *from;
	to->native = from->native ? copy_native(from) : NULL;
	to->name = strdup(from->name);
	to->help = strdup(from->help);
	to->labels = copy_labels(from);
	to->bounds = copy_bounds(from);
	if (to->name && to->help && to->labels && to->bounds && !to->native == !from->native)
		return 0;
	family_copy_done(to);
	return -1;
}

void family_swap_help(struct family_info *a, struct family_info *b)
{
	const char *help = a->help;

	a->help = b->help;
	b->help = help;
}

static bool same_labels(const struct family_info *a, const struct family_info *b)
{
	size_t i;

	for (i = 0; i < a->label_count; i++)
		if (strcmp(a->labels[i], b->labels[i]) != 0)
			return false;
	return true;
}

static bool same_bounds(const struct family_info *a, const struct family_info *b)
{
	size_t i;

	for (i = 0; i < a->bound_count; i++)
		if (a->bounds[i] < b->bounds[i] || a->bounds[i] > b->bounds[i])
			return false;
	return true;
}

static bool same_native(const struct native_buckets *a, const struct native_buckets *b)
{
	if (!a || !b)
		return a == b;
	return a->schema == b->schema && a->max == b->max && a->negative == b->negative &&
	       !(a->zero_threshold < b->zero_threshold) && !(a->zero_threshold > b->zero_threshold);
}

static bool same_scale(struct metric_scale a, struct metric_scale b)
{
	return a.divides == b.divides && !(a.factor < b.factor) && !(a.factor > b.factor);
}

bool family_is_same(const struct family_info *a, const struct family_info *b)
{
	return strcmp(a->name, b->name) == 0 && a->type == b->type && a->number == b->number &&
	       a->label_count == b->label_count && a->bound_count == b->bound_count &&
	       a->exemplars == b->exemplars && same_native(a->native, b->native) &&
	       same_scale(a->scale, b->scale) && same_labels(a, b) && same_bounds(a, b);
}
