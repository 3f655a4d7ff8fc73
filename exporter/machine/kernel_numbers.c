#include "exporter/machine/kernel_numbers.h"

const char *kernel_syscall_name(uint64_t number)
{
	return number < syscall_names_count ? syscall_names[number] : NULL;
}

const char *kernel_softirq_name(uint64_t number)
{
	/* The kernel's include/linux/interrupt.h, the enum of NR_SOFTIRQS; kept in this order. */
	static const char *const names[] = {"HI",	"TIMER",   "NET_TX", "NET_RX",	"BLOCK",
					    "IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU"};

	return number < sizeof(names) / sizeof(names[0]) ? names[number] : NULL;
}
