#include "tests/support/thread_limit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Too large for the stacks of threads that ended to be used again, but for others of the kind. */
#define STACK_BYTES	  ((size_t)1 << 30)
#define USUAL_STACK_BYTES ((size_t)8 << 20)

static void require(int condition)
{
	if (!condition)
		abort();
}

static size_t address_space(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	require(file && fscanf(file, "%lu", &pages) == 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void set_stacks(size_t bytes)
{
	pthread_attr_t attr;

	require(!pthread_getattr_default_np(&attr) && !pthread_attr_setstacksize(&attr, bytes) &&
		!pthread_setattr_default_np(&attr));
	pthread_attr_destroy(&attr);
}

void thread_limit_begin(size_t threads)
{
	struct rlimit limit;

	set_stacks(STACK_BYTES);
	require(!getrlimit(RLIMIT_AS, &limit));
	limit.rlim_cur = address_space() + threads * STACK_BYTES + STACK_BYTES / 2;
	require(!setrlimit(RLIMIT_AS, &limit));
}

void thread_limit_end(void)
{
	struct rlimit limit;

	require(!getrlimit(RLIMIT_AS, &limit));
	limit.rlim_cur = limit.rlim_max;
	require(!setrlimit(RLIMIT_AS, &limit));
	set_stacks(USUAL_STACK_BYTES);
}
