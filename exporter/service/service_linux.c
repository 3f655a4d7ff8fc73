/* Source: sd_notify(3), sd_watchdog_enabled(3). */
#include <stddef.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "exporter/service/service.h"

/* How long systemd waits for what is in progress, from now on. */
#define PROGRESS "EXTEND_TIMEOUT_USEC=30000000"

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
	sd_notify(0, PROGRESS);
}

void service_ready(void)
{
	sd_notify(0, "READY=1");
}

/* With the time, as systemd wants it of Type=notify-reload. */
void service_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void service_alive(void)
{
	if (sd_watchdog_enabled(0, NULL) > 0)
		sd_notify(0, "WATCHDOG=1");
}

void service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}
