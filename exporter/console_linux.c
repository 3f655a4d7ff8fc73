#include "exporter/console.h"

int console_begin(int *argument_count, char ***arguments)
{
	(void)argument_count;
	(void)arguments;
	return 0;
}
