/*
 * thread_state: tells when another thread waits for something, so that a test need not sleep.
 */
#ifndef TESTS_SUPPORT_THREAD_STATE_H
#define TESTS_SUPPORT_THREAD_STATE_H

#include <stdatomic.h>

struct thread_state {
	_Atomic long id; /* 0 until the thread has called thread_state_here() */
};

/* Called by the thread that another will wait for. */
void thread_state_here(struct thread_state *thread);

/* Returns when the thread is asleep in the kernel, in two looks; aborts after half a minute. */
void thread_state_wait_blocked(const struct thread_state *thread);

#endif
