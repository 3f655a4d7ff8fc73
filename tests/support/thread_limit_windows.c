#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/thread_limit.h"

void thread_limit_begin(size_t threads)
{
	(void)threads;
	print_message("skipped because Windows limits no process to so many threads\n");
	skip();
}

void thread_limit_end(void)
{
}
