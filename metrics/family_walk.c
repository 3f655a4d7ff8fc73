/* Looks at a family's numbers without rendering them. */
#include "metrics/registry_private.h"

int family_walk(struct registry *registry, struct family *family, family_visit *visit,
		void *context)
{
	const struct series *series;
	size_t i;

	pthread_mutex_lock(&registry->expose_lock);
	if (family_put_in_order(registry, family) != 0) {
		pthread_mutex_unlock(&registry->expose_lock);
		return -1;
	}
	for (i = 0; i < family->sorted_count; i++) {
		series = family->sorted[i];
		if (!series_has_expired(series))
			visit(context, series->labels, series->length, series_value(series));
	}
	pthread_mutex_unlock(&registry->expose_lock);
	return 0;
}
