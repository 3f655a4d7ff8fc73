/*
 * A load that is known exactly, for the tests of live sessions: says its PID and the number of
 * getppid, then for each number N that it reads it calls that N times and says how many nanoseconds
 * that took.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t call(uint64_t times)
{
	uint64_t begin = now_ns();

	while (times--)
		syscall(SYS_getppid);
	return now_ns() - begin;
}

int main(void)
{
	char line[32];

	printf("%ld %d\n", (long)getpid(), (int)SYS_getppid);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("%" PRIu64 "\n", call(strtoull(line, NULL, 10)));
		fflush(stdout);
	}
	return 0;
}
