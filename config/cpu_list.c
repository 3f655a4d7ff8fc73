#include "config/cpu_list.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX (CPUS_MAX / 32)

/* A number in front of `*at`, which moves past it; -1: there is none, or it is no CPU. */
static long take_cpu(const char **at)
{
	long cpu = 0;

	if (**at < '0' || **at > '9')
		return -1;
	for (; **at >= '0' && **at <= '9'; ++*at) {
		cpu = cpu * 10 + (**at - '0');
		if (cpu >= CPUS_MAX)
			return -1;
	}
	return cpu;
}

/* `3` or `0-3`; false: it is neither. */
static bool take_range(const char **at, uint32_t *words)
{
	long first = take_cpu(at), last = first;

	if (first >= 0 && **at == '-') {
		++*at;
		last = take_cpu(at);
	}
	if (first < 0 || last < first)
		return false;
	for (; first <= last; first++)
		words[first / 32] |= (uint32_t)1 << (first % 32);
	return true;
}

static size_t used_words(const uint32_t *words)
{
	size_t count = WORDS_MAX;

	while (count && !words[count - 1])
		count--;
	return count;
}

enum cpu_list_result cpu_list_parse(const char *text, struct cpu_mask *into)
{
	uint32_t words[WORDS_MAX] = {0};
	size_t count;

	for (;;) {
		if (!take_range(&text, words))
			return CPU_LIST_MALFORMED;
		if (!*text)
			break;
		if (*text++ != ',')
			return CPU_LIST_MALFORMED;
	}
	count = used_words(words);
	into->words = malloc(count * sizeof(*words));
	if (!into->words)
		return CPU_LIST_NO_MEMORY;
	memcpy(into->words, words, count * sizeof(*words));
	into->count = count;
	return CPU_LIST_OK;
}
