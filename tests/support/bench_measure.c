#include "tests/support/bench_measure.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exporter/base/bytes.h"
#include "exporter/record/etl.h"

static _Atomic uint64_t allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
	allocations++;
	return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	allocations++;
	return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	allocations++;
	return __real_realloc(old, bytes);
}

uint64_t bench_allocations(void)
{
	return allocations;
}

void bench_die(const char *what)
{
	perror(what);
	exit(1);
}

static double seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double bench_now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

double bench_thread_seconds(void)
{
	return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

double bench_thread_ms(void)
{
	return 1e3 * bench_thread_seconds();
}

size_t bench_memory_in_use(void)
{
	const struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double bench_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

void bench_write(const char *path, const struct bench_filling *filling)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		bench_die("fork");
	if (child == 0) {
		struct etl_writer *writer = filling->make(filling->context);
		const uint8_t *bytes;
		size_t length;

		filling->fill(writer, filling->context);
		bytes = etl_writer_finish(writer, &length);
		etl_save(path, bytes, length);
		_exit(0);
	}
	if (waitpid(child, &status, 0) < 0 || status != 0)
		exit(1);
}

static uint64_t walk_buffer(const uint8_t *buffer)
{
	uint32_t end = le32(buffer + ETL_BUFFER_DATA_END_AT);
	uint32_t at = ETL_BUFFER_HEADER_BYTES;
	uint64_t records = 0;

	while (at + 8 <= end) {
		const uint8_t *record = buffer + at;
		uint8_t type = record[2];
		bool size_at_4 = type <= 4 || type == 0x10 || type == 0x11;
		uint16_t size = le16(record + (size_at_4 ? 4 : 0));

		if (!(record[3] & 0x80) || size < 8)
			break;
		at += (size + 7u) & ~7u;
		records++;
	}
	return records;
}

uint64_t bench_walk(const char *path)
{
	static uint8_t block[BENCH_BLOCK_BYTES];
	int fd = open(path, O_RDONLY);
	uint64_t records = 0;
	ssize_t got;

	if (fd < 0)
		bench_die(path);
	while ((got = read(fd, block, sizeof(block))) > 0)
		for (ssize_t at = 0; at < got; at += le32(block + at))
			records += walk_buffer(block + at);
	close(fd);
	return records;
}

double bench_session(struct session *session, uint64_t warm, uint64_t *after)
{
	const struct timespec moment = {.tv_nsec = 100000};
	double start = bench_now();
	struct error error;
	uint64_t before;

	if (session_start(session, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	while (health_get(&session_health(session)->events) < warm)
		nanosleep(&moment, NULL);
	before = bench_allocations();
	session_join(session, NULL);
	*after = bench_allocations() - before;
	return bench_now() - start;
}
