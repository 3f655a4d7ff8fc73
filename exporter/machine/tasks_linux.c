/* Source: proc(5), /proc/pid/status and /proc/pid/comm. */
#include "exporter/machine/tasks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES   48
#define STATUS_BYTES 512 /* the lines that are looked for are among the first */

/* PROC_PID_INIT_INO in the kernel's include/linux/proc_ns.h. */
#define INITIAL_PID_NAMESPACE 0xeffffffcu

/* The beginning of a file, terminated; -1: it cannot be read. */
static ssize_t read_beginning(uint32_t tid, const char *name, char *to, size_t size)
{
	char path[PATH_BYTES];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = read(fd, to, size - 1);
	close(fd);
	to[got < 0 ? 0 : got] = '\0';
	return got;
}

static bool read_tgid(uint32_t tid, uint32_t *tgid)
{
	char status[STATUS_BYTES], *line, *end;
	unsigned long number;

	if (read_beginning(tid, "status", status, sizeof(status)) <= 0)
		return false;
	/* In the line of the name, which comes first, ends of lines are escaped. */
	line = strstr(status, "\nTgid:\t");
	if (!line)
		return false;
	number = strtoul(line + strlen("\nTgid:\t"), &end, 10);
	*tgid = (uint32_t)number;
	return *end == '\n' && number && number < UINT32_MAX;
}

void task_comm_cut(char *comm)
{
	static const char worker[] = "kworker/", rescuer[] = "kworker/R-";
	char *work = NULL;

	if (strncmp(comm, rescuer, strlen(rescuer)) == 0)
		work = strpbrk(comm + strlen(rescuer), "-+");
	else if (strncmp(comm, worker, strlen(worker)) == 0)
		work = strpbrk(comm, "-+");
	if (work)
		*work = '\0';
	if (strlen(comm) >= TASK_COMM_BYTES)
		comm[TASK_COMM_BYTES - 1] = '\0';
}

bool task_read(uint32_t tid, struct task *task)
{
	char comm[STATUS_BYTES];
	ssize_t got;

	if (!read_tgid(tid, &task->tgid))
		return false;
	got = read_beginning(tid, "comm", comm, sizeof(comm));
	if (got <= 0)
		return false;
	if (comm[got - 1] == '\n')
		comm[got - 1] = '\0';
	task_comm_cut(comm);
	memcpy(task->comm, comm, strlen(comm) + 1);
	return true;
}

bool tasks_are_of_the_kernel(void)
{
	struct stat stat_of;

	return stat("/proc/self/ns/pid", &stat_of) == 0 && stat_of.st_ino == INITIAL_PID_NAMESPACE;
}
