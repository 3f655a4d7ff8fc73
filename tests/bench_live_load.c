/*
 * The load of the benchmark of live sessions: calls of getppid, and switches between two threads.
 *
 * It does what its standard input says, a line each, and answers each with a line:
 *
 *   calls THREADS COUNT             COUNT calls by each thread, as fast as they go
 *   paced THREADS SECONDS RATE      RATE calls a second by all threads together; 0: no limit
 *   switches COUNT                  a byte goes to and fro, COUNT times, on one CPU
 *
 *   -> DONE WALL_NS CPU_NS          calls or switches, time that passed, time of all threads
 *
 * Its first line is the number of getppid on this machine.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define SECOND_NS   UINT64_C(1000000000)
#define SLICE_NS    UINT64_C(1000000)
#define FREE_SLICE  1000 /* calls between two looks at the clock without a rate */

struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	unsigned int cpu; /* the how manyth of those that may be used */
	uint64_t count;
	double rate; /* calls a second; 0: as fast as they go */
	double seconds;
	int in, out; /* pipes */
	bool answers;
	uint64_t done, began_ns, ended_ns, cpu_ns;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* To the how manyth of the CPUs that this process may use, and round again. */
static void stay_on(unsigned int which)
{
	cpu_set_t usable, one;
	int cpu;

	if (sched_getaffinity(0, sizeof(usable), &usable))
		die("sched_getaffinity");
	which %= (unsigned int)CPU_COUNT(&usable);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &usable) && which-- == 0)
			break;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		die("sched_setaffinity");
}

static void begin(struct worker *worker)
{
	stay_on(worker->cpu);
	pthread_barrier_wait(worker->start);
	worker->began_ns = now_ns(CLOCK_MONOTONIC);
	worker->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void end(struct worker *worker)
{
	worker->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - worker->cpu_ns;
	worker->ended_ns = now_ns(CLOCK_MONOTONIC);
}

static void call(struct worker *worker, uint64_t count)
{
	worker->done += count;
	while (count--)
		syscall(SYS_getppid);
}

static void *run_calls(void *argument)
{
	struct worker *worker = argument;

	begin(worker);
	call(worker, worker->count);
	end(worker);
	return NULL;
}

static void sleep_until(uint64_t at_ns)
{
	const struct timespec at = {.tv_sec = (time_t)(at_ns / SECOND_NS),
				    .tv_nsec = (long)(at_ns % SECOND_NS)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* As many calls as are due, then a pause; who was kept from the CPU catches up. */
static void *run_paced(void *argument)
{
	struct worker *worker = argument;
	uint64_t length, passed;

	begin(worker);
	length = (uint64_t)(worker->seconds * (double)SECOND_NS);
	while ((passed = now_ns(CLOCK_MONOTONIC) - worker->began_ns) < length) {
		uint64_t due = (uint64_t)((double)passed / (double)SECOND_NS * worker->rate);

		if (worker->rate == 0)
			call(worker, FREE_SLICE);
		else if (due > worker->done)
			call(worker, due - worker->done);
		if (worker->rate > 0)
			sleep_until(worker->began_ns + passed + SLICE_NS);
	}
	end(worker);
	return NULL;
}

static void send(int fd)
{
	if (write(fd, "", 1) != 1)
		die("write to a pipe");
}

static void receive(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		die("read from a pipe");
}

/* Who has sent waits for the answer, and the CPU goes to the other: a switch each. */
static void *run_switches(void *argument)
{
	struct worker *worker = argument;

	begin(worker);
	for (; worker->done < worker->count; worker->done++) {
		if (worker->answers)
			receive(worker->in);
		send(worker->out);
		if (!worker->answers)
			receive(worker->in);
	}
	end(worker);
	return NULL;
}

static void run(struct worker *workers, unsigned int threads, void *(*work)(void *))
{
	uint64_t began_ns = UINT64_MAX, ended_ns = 0, cpu_ns = 0, done = 0;
	pthread_barrier_t start;
	unsigned int i;

	pthread_barrier_init(&start, NULL, threads);
	for (i = 0; i < threads; i++) {
		workers[i].start = &start;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			die("pthread_create");
	}
	for (i = 0; i < threads; i++) {
		const struct worker *worker = &workers[i];

		pthread_join(worker->thread, NULL);
		began_ns = worker->began_ns < began_ns ? worker->began_ns : began_ns;
		ended_ns = worker->ended_ns > ended_ns ? worker->ended_ns : ended_ns;
		cpu_ns += worker->cpu_ns;
		done += worker->done;
	}
	pthread_barrier_destroy(&start);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", done, ended_ns - began_ns, cpu_ns);
}

static void calls(unsigned int threads, uint64_t count)
{
	struct worker workers[THREADS_MAX] = {0};
	unsigned int i;

	for (i = 0; i < threads; i++)
		workers[i] = (struct worker){.cpu = i, .count = count};
	run(workers, threads, run_calls);
}

static void paced(unsigned int threads, double seconds, double rate)
{
	struct worker workers[THREADS_MAX] = {0};
	unsigned int i;

	for (i = 0; i < threads; i++)
		workers[i] = (struct worker){.cpu = i, .seconds = seconds, .rate = rate / threads};
	run(workers, threads, run_paced);
}

static void switches(uint64_t count)
{
	struct worker workers[2] = {{.count = count / 2}, {.count = count / 2, .answers = true}};
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		die("pipe");
	workers[0].out = there[1];
	workers[1].in = there[0];
	workers[1].out = back[1];
	workers[0].in = back[0];
	run(workers, 2, run_switches);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
}

static bool obey(const char *line)
{
	double seconds, rate;
	unsigned int threads;
	uint64_t count;

	if (sscanf(line, "switches %" SCNu64, &count) == 1) {
		switches(count);
		return true;
	}
	if (sscanf(line, "%*s %u", &threads) != 1 || threads < 1 || threads > THREADS_MAX)
		return false;
	if (sscanf(line, "calls %*u %" SCNu64, &count) == 1)
		calls(threads, count);
	else if (sscanf(line, "paced %*u %lf %lf", &seconds, &rate) == 2)
		paced(threads, seconds, rate);
	else
		return false;
	return true;
}

int main(void)
{
	char line[256];

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%ld\n", (long)SYS_getppid);
	while (fgets(line, sizeof(line), stdin)) {
		if (obey(line))
			continue;
		fprintf(stderr, "not understood: %s", line);
		return 2;
	}
	return 0;
}
