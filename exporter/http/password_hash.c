#include "exporter/http/password_hash.h"

#include <string.h>

#include "config/wipe.h"
#include "exporter/http/bcrypt.h"

/* What bcrypt looks at. */
#define PASSWORD_BYTES_MAX 72
#define COST_MIN	   4
#define COST_MAX	   31
/* Where the cost's two digits stand. */
#define COST_AT 4

/* 2a, 2b and 2y are one thing but for what some libraries once did wrong. */
static void make_setting(const char *hash, char setting[PASSWORD_HASH_BYTES])
{
	memcpy(setting, hash, PASSWORD_HASH_BYTES - 1);
	setting[PASSWORD_HASH_BYTES - 1] = '\0';
	setting[2] = 'b';
}

unsigned int password_hash_cost(const char *hash)
{
	return (unsigned int)(hash[COST_AT] - '0') * 10 + (unsigned int)(hash[COST_AT + 1] - '0');
}

/* Only takes its time. */
static void hash_at_cost(const char *phrase, const char *setting, unsigned int cost)
{
	char other[PASSWORD_HASH_BYTES], made[PASSWORD_HASH_BYTES];

	memcpy(other, setting, sizeof(other));
	other[COST_AT] = (char)('0' + cost / 10);
	other[COST_AT + 1] = (char)('0' + cost % 10);
	(void)bcrypt_make(phrase, other, made);
}

/* In the order of costs, so that who asks for the time after each sees the same, too. */
static bool hash_at_costs(const char *phrase, const char *setting, uint32_t costs)
{
	char made[PASSWORD_HASH_BYTES] = "";
	unsigned int own = password_hash_cost(setting), cost;
	bool right = false;

	for (cost = COST_MIN; cost <= COST_MAX; cost++) {
		if (cost == own)
			right = bcrypt_make(phrase, setting, made) &&
				equal_in_constant_time(made, setting, sizeof(made));
		else if (costs & UINT32_C(1) << cost)
			hash_at_cost(phrase, setting, cost);
	}
	return right;
}

bool password_hash_check(const char *hash, const char *password, size_t length, uint32_t costs)
{
	char setting[PASSWORD_HASH_BYTES], phrase[PASSWORD_BYTES_MAX + 1] = "";
	bool whole = !memchr(password, '\0', length), right;

	make_setting(hash, setting);
	memcpy(phrase, password, length < PASSWORD_BYTES_MAX ? length : PASSWORD_BYTES_MAX);
	right = hash_at_costs(phrase, setting, costs);
	wipe(phrase, sizeof(phrase));
	return right && whole;
}

bool equal_in_constant_time(const void *a, const void *b, size_t count)
{
	const volatile unsigned char *left = a, *right = b;
	unsigned char difference = 0;

	while (count--)
		difference |= (unsigned char)(*left++ ^ *right++);
	return !difference;
}
