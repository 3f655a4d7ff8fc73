#include "exporter/service.h"

bool service_run(service_body body, int argument_count, char **arguments, int *code)
{
	(void)body;
	(void)argument_count;
	(void)arguments;
	(void)code;
	return false;
}

bool service_is_active(void)
{
	return false;
}

void service_progress(void)
{
}

void service_ready(void)
{
}
