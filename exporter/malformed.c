#include "exporter/malformed.h"

const char *malformed_name(enum malformed reason)
{
	static const char *const names[] = {
#define X(name, label, meaning) label,
		MALFORMED_REASONS(X)
#undef X
	};

	return names[reason];
}
