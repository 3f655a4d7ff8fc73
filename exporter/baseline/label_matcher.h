/*
 * label_matcher: a matcher of one label, as PromQL has them. Made once; one thread uses it.
 */
#ifndef EXPORTER_BASELINE_LABEL_MATCHER_H
#define EXPORTER_BASELINE_LABEL_MATCHER_H

#include "exporter/baseline/baseline.h"

enum label_match {
	LABEL_EQUAL,
	LABEL_NOT_EQUAL,
	LABEL_REGEX, /* of the whole value, a regular expression of PCRE2 */
	LABEL_NOT_REGEX,
};

struct label_matcher;

/* NULL: see error; the expression is bad. */
struct label_matcher *label_matcher_new(const char *name, enum label_match match, const char *value,
					struct error *error);
void label_matcher_free(struct label_matcher *matcher);

/* A label that is not there is empty. A value that takes too long to match is no match. */
bool label_matcher_takes(const struct label_matcher *matcher, const struct baseline_label *labels,
			 size_t count);

#endif
