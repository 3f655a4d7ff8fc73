#include "exporter/privileges.h"

/* What a program may do is decided before it starts: a service is given an account. */
int privileges_drop(const struct config *config, struct error *error)
{
	if (!config->user)
		return 0;
	return error_set(error,
			 "cannot run as user %s: a program cannot become another user on Windows; "
			 "leave user away, and start it as that user",
			 config->user);
}
