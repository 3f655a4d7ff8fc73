#include "exporter/etw/etw_clock_windows.h"

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#define read_cycles() __rdtsc()
#else
#define read_cycles() ((uint64_t)0)
#endif

/* TRACE_LOGFILE_HEADER.ReservedFlags, and Wnode.ClientContext. */
enum {
	CLIENT_CONTEXT_QPC = 1,
	CLIENT_CONTEXT_SYSTEM_TIME = 2,
	CLIENT_CONTEXT_CPU_CYCLES = 3,
};

/* Conversions multiply by less than this. */
#define FREQUENCY_MAX (UINT64_MAX / 1000000000)

static uint64_t perf_frequency(const struct etw_functions *functions,
			       const TRACE_LOGFILE_HEADER *header)
{
	LARGE_INTEGER frequency = header->PerfFreq;

	if (!frequency.QuadPart)
		functions->QueryPerformanceFrequency(&frequency);
	return (uint64_t)frequency.QuadPart;
}

void etw_clock_init(struct etw_clock *clock, const struct etw_functions *functions,
		    const TRACE_LOGFILE_HEADER *header, ULONG type)
{
	struct trace_clock *facts = &clock->facts;

	*clock = (struct etw_clock){.functions = functions};
	facts->perf_frequency_hz = perf_frequency(functions, header);
	if (header->ReservedFlags)
		type = header->ReservedFlags;
	/* Windows' own choice, where nobody has chosen. */
	if (!type)
		type = CLIENT_CONTEXT_QPC;
	if (type == CLIENT_CONTEXT_SYSTEM_TIME) {
		trace_clock_set_system_time(facts);
		return;
	}
	if (type == CLIENT_CONTEXT_QPC) {
		facts->type = CLOCK_QPC;
		facts->frequency_hz = facts->perf_frequency_hz;
	} else if (type == CLIENT_CONTEXT_CPU_CYCLES) {
		facts->type = CLOCK_CPU_CYCLES;
		facts->frequency_hz = (uint64_t)header->CpuSpeedInMHz * 1000000;
	}
	if (!facts->frequency_hz || facts->frequency_hz > FREQUENCY_MAX)
		facts->type = CLOCK_UNKNOWN;
	clock->moves = facts->type != CLOCK_UNKNOWN;
	etw_clock_read(clock, &facts->origin, &facts->origin_unix_ns);
}

void etw_clock_read(const struct etw_clock *clock, uint64_t *timestamp, int64_t *unix_ns)
{
	LARGE_INTEGER counter = {.QuadPart = 0};

	if (clock->facts.type == CLOCK_CPU_CYCLES)
		counter.QuadPart = (LONGLONG)read_cycles();
	else
		clock->functions->QueryPerformanceCounter(&counter);
	*timestamp = (uint64_t)counter.QuadPart;
	*unix_ns = etw_unix_ns(clock->functions);
}
