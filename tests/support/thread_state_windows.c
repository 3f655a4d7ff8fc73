#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

#include "tests/support/thread_state.h"

#define DEADLINE_MS 30000
/* For so long it has not moved. Windows says in no documented way what a thread waits for. */
#define STILL_MS 50
#define LOOK_MS	 1

void thread_state_here(struct thread_state *thread)
{
	atomic_store(&thread->id, (long)GetCurrentThreadId());
}

struct place {
	uint64_t instruction, stack;
};

static bool look(long id, struct place *place)
{
	HANDLE thread = OpenThread(THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT, FALSE, (DWORD)id);
	CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
	bool known;

	if (!thread)
		return false;
	SuspendThread(thread);
	known = GetThreadContext(thread, &context);
	ResumeThread(thread);
	CloseHandle(thread);
	*place = (struct place){context.Rip, context.Rsp};
	return known;
}

void thread_state_wait_blocked(const struct thread_state *thread)
{
	ULONGLONG began = GetTickCount64(), since = began;
	struct place before = {0, 0}, now = {0, 0};

	while (GetTickCount64() - since < STILL_MS) {
		if (GetTickCount64() - began > DEADLINE_MS)
			abort();
		/* Who looks again and again at what it waits for would hardly ever seem to stand.
		 */
		Sleep(LOOK_MS);
		if (atomic_load(&thread->id) && look(atomic_load(&thread->id), &now) &&
		    now.instruction == before.instruction && now.stack == before.stack)
			continue;
		before = now;
		since = GetTickCount64();
	}
}
