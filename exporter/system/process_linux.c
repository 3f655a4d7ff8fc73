/* Source: proc(5). */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exporter/system/process.h"

/* Seconds from the Epoch to the boot. */
static bool read_boot_time(double *seconds)
{
	FILE *file = fopen("/proc/stat", "re");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "btime %lf", seconds) == 1;
	fclose(file);
	return found;
}

/* /proc/self/stat: the command's name is in parentheses and may hold anything, line ends too. */
static bool read_stat(struct process *process)
{
	FILE *file = fopen("/proc/self/stat", "re");
	double ticks = (double)sysconf(_SC_CLK_TCK), boot;
	unsigned long long user, system, start, virtual;
	char line[1024], *fields;
	long threads, pages;
	bool read;

	if (!file)
		return false;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	fields = strrchr(line, ')');
	if (!fields)
		return false;
	read = sscanf(fields + 1,
		      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %ld "
		      "%*d %llu %llu %ld",
		      &user, &system, &threads, &start, &virtual, &pages) == 6;
	if (!read || !read_boot_time(&boot))
		return false;
	process->cpu_seconds = (double)(user + system) / ticks;
	process->start_seconds = boot + (double)start / ticks;
	process->virtual_bytes = (double)virtual;
	process->resident_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
	process->threads = (double)threads;
	return true;
}

/* Without the one that the look itself takes. */
static double count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;
	double count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count ? count - 1 : 0;
}

void process_read(struct process *process)
{
	struct rlimit limit;

	if (!read_stat(process))
		*process = (struct process){-1, -1, -1, -1, -1, -1, -1};
	process->open_fds = count_fds();
	process->max_fds = getrlimit(RLIMIT_NOFILE, &limit) ? -1 : (double)limit.rlim_cur;
}
