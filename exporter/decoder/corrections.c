#include "exporter/decoder/corrections.h"

#include <stddef.h>
#include <string.h>

#include "exporter/base/guid.h"

/* Only a field of the type `was`, and where there is a `count`, of a fixed one, is wrong. */
struct correction {
	struct guid provider;
	const char *name;
	uint8_t was, is;
	uint16_t length;   /* 0: the type's */
	const char *count; /* the field that holds it, or NULL */
};

/* clang-format off */
#define DOTNET_RUNTIME	GUID(e13c0d23, ccbc, 4e12, 931b, d9cc2eee27e4)
#define DOTNET_RUNDOWN	GUID(a669021c, c450, 4609, a035, 5af59af4df18)
#define DOTNET_STRESS	GUID(cc2bcbba, 16b6, 4cf3, 8990, d74c2e8af500)
#define DOTNET_PRIVATE	GUID(763fd754, 7086, 4dfe, 95eb, c01a46faf4ca)
#define KERNEL_NETWORK	GUID(7dd42a49, 5329, 4832, 8dfd, 43d979153a88)
/* clang-format on */

/*
 * The stacks of the .NET runtime are published as two addresses, and are as many as FrameCount
 * says. Kernel-Network's connections are published as 32 bits and are pointers; the length of its
 * IPv6 addresses is lost where a manifest was made from a registered provider.
 */
static const struct correction corrections[] = {
	{DOTNET_RUNTIME, "Stack", VALUE_POINTER, VALUE_POINTER, 0, "FrameCount"},
	{DOTNET_RUNDOWN, "Stack", VALUE_POINTER, VALUE_POINTER, 0, "FrameCount"},
	{DOTNET_STRESS, "Stack", VALUE_POINTER, VALUE_POINTER, 0, "FrameCount"},
	{DOTNET_PRIVATE, "Stack", VALUE_POINTER, VALUE_POINTER, 0, "FrameCount"},
	{KERNEL_NETWORK, "connid", VALUE_U32, VALUE_POINTER, 0, NULL},
	{KERNEL_NETWORK, "daddr", VALUE_BINARY, VALUE_BINARY, 16, NULL},
	{KERNEL_NETWORK, "saddr", VALUE_BINARY, VALUE_BINARY, 16, NULL},
};

static const struct correction *find_correction(const uint8_t *provider, const char *name,
						const struct field *field)
{
	const struct correction *row = corrections;
	const struct correction *end = row + sizeof(corrections) / sizeof(corrections[0]);

	for (; row < end; row++)
		if (memcmp(row->provider.bytes, provider, sizeof(row->provider.bytes)) == 0 &&
		    strcmp(row->name, name) == 0 && row->was == field->type &&
		    field->length_kind == LENGTH_NATURAL &&
		    field->count_kind == (row->count ? COUNT_FIXED : COUNT_ONE))
			return row;
	return NULL;
}

const char *field_correct(const uint8_t *provider, const char *name, struct field *field)
{
	const struct correction *row = find_correction(provider, name, field);

	if (!row)
		return NULL;
	field->type = row->is;
	if (row->length) {
		field->length_kind = LENGTH_FIXED;
		field->length = row->length;
	}
	return row->count;
}
