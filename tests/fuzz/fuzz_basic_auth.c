/*
 * Any bytes as an Authorization header: no crash, and what is taken for a user has no zero byte in
 * it and ends before its password.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/http/basic_auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char scheme[] = "Basic ";
	char *header = malloc(sizeof(scheme) + size);
	struct credentials credentials;

	if (!header)
		abort();
	memcpy(header, scheme, sizeof(scheme) - 1);
	if (size)
		memcpy(header + sizeof(scheme) - 1, data, size);
	header[sizeof(scheme) - 1 + size] = '\0';
	if (credentials_read(header, &credentials)) {
		if (credentials.user + strlen(credentials.user) + 1 != credentials.password ||
		    credentials.password_length > size)
			abort();
		credentials_done(&credentials);
	}
	free(header);
	return 0;
}
