#include "exporter/system/file_limit.h"

/* There is none. */
void file_limit_raise(void)
{
}
