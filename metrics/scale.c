#include "metrics/scale.h"

#include <stdint.h>

#define EXACT_INTEGERS 9007199254740992.0 /* 2^53 */

struct metric_scale metric_scale(double factor)
{
	double inverse = factor > 0 && factor < 1 ? 1 / factor : 0;
	double whole;

	if (inverse > 1 && inverse < EXACT_INTEGERS) {
		whole = (double)(uint64_t)(inverse + 0.5);
		if (1 / whole == factor)
			return (struct metric_scale){whole, true};
	}
	return (struct metric_scale){factor, false};
}
