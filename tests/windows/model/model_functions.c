/* Which functions this machine has, and its clock. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "tests/windows/model/model.h"

/* The first is what Windows counts in; the second from 1601 to 1970. */
#define TICKS_A_SECOND	    10000000
#define FILETIME_UNIX_EPOCH 116444736000000000

#define ROW(name)                                            \
	{                                                    \
#name, (FARPROC)(void (*)(void))model_##name \
	}

static const struct {
	const char *name;
	FARPROC function;
} functions[] = {
	ROW(QueryPerformanceCounter),
	ROW(QueryPerformanceFrequency),
	ROW(GetSystemTimeAsFileTime),
	{"GetSystemTimePreciseAsFileTime", (FARPROC)(void (*)(void))model_GetSystemTimeAsFileTime},
	ROW(GetActiveProcessorCount),
	ROW(StartTraceW),
	ROW(ControlTraceW),
	ROW(QueryAllTracesW),
	ROW(EnableTraceEx2),
	ROW(OpenTraceW),
	ROW(ProcessTrace),
	ROW(CloseTrace),
	ROW(TraceQueryInformation),
	ROW(TdhEnumerateProviders),
	ROW(TdhEnumerateProviderFieldInformation),
	ROW(EnumerateTraceGuidsEx),
	ROW(TdhEnumerateManifestProviderEvents),
	ROW(TdhGetManifestEventInformation),
	ROW(TdhGetEventInformation),
	ROW(TdhGetEventMapInformation),
};

static bool is_lacking(const char *name)
{
	const struct model_script *script = model_script();
	unsigned int i;

	for (i = 0; i < script->lacks_count; i++)
		if (strcmp(script->lacks[i], name) == 0)
			return true;
	return false;
}

FARPROC model_function(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].name, name) == 0)
			return is_lacking(name) ? NULL : functions[i].function;
	return NULL;
}

/* Of the recording that is replayed. */
static struct {
	pthread_mutex_t lock;
	bool is_set;
	LONGLONG counter, frequency, filetime;
} clock_of_replay = {.lock = PTHREAD_MUTEX_INITIALIZER};

void model_clock_set(LONGLONG counter, LONGLONG frequency, LONGLONG filetime)
{
	pthread_mutex_lock(&clock_of_replay.lock);
	clock_of_replay.is_set = true;
	clock_of_replay.counter = counter;
	clock_of_replay.frequency = frequency;
	clock_of_replay.filetime = filetime;
	pthread_mutex_unlock(&clock_of_replay.lock);
}

void model_clock_unset(void)
{
	pthread_mutex_lock(&clock_of_replay.lock);
	clock_of_replay.is_set = false;
	pthread_mutex_unlock(&clock_of_replay.lock);
}

static LONGLONG ticks(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (LONGLONG)now.tv_sec * TICKS_A_SECOND + now.tv_nsec / 100;
}

MODEL_FUNCTION(BOOL, QueryPerformanceCounter, LARGE_INTEGER *counter)
{
	pthread_mutex_lock(&clock_of_replay.lock);
	counter->QuadPart =
		clock_of_replay.is_set ? clock_of_replay.counter : ticks(CLOCK_MONOTONIC);
	pthread_mutex_unlock(&clock_of_replay.lock);
	return TRUE;
}

LONGLONG model_clock_frequency(void)
{
	LONGLONG frequency;

	pthread_mutex_lock(&clock_of_replay.lock);
	frequency = clock_of_replay.is_set ? clock_of_replay.frequency : TICKS_A_SECOND;
	pthread_mutex_unlock(&clock_of_replay.lock);
	return frequency;
}

MODEL_FUNCTION(BOOL, QueryPerformanceFrequency, LARGE_INTEGER *frequency)
{
	frequency->QuadPart = model_clock_frequency();
	return TRUE;
}

MODEL_FUNCTION(void, GetSystemTimeAsFileTime, LPFILETIME time)
{
	LONGLONG now;

	pthread_mutex_lock(&clock_of_replay.lock);
	now = clock_of_replay.is_set ? clock_of_replay.filetime
				     : ticks(CLOCK_REALTIME) + FILETIME_UNIX_EPOCH;
	pthread_mutex_unlock(&clock_of_replay.lock);
	time->dwLowDateTime = (DWORD)now;
	time->dwHighDateTime = (DWORD)((ULONGLONG)now >> 32);
}

MODEL_FUNCTION(DWORD, GetActiveProcessorCount, WORD group)
{
	(void)group;
	return 2;
}
