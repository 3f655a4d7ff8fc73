/*
 * etw_provider: which provider a row of the configuration means, and which bits its keywords are,
 * by what is registered on this machine. Any thread, cold paths.
 */
#ifndef EXPORTER_ETW_ETW_PROVIDER_WINDOWS_H
#define EXPORTER_ETW_ETW_PROVIDER_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/etw_config.h"
#include "exporter/base/error.h"
#include "exporter/etw/etw_functions_windows.h"

/* -1: no provider has that name; see error. */
int etw_provider_find(const struct etw_functions *functions,
		      const struct etw_provider_config *provider, GUID *guid, struct error *error);

/* Whether the provider is a classic one: registered with a MOF class. */
bool etw_provider_is_class(const struct etw_functions *functions, const GUID *guid);

/*
 * The bits of masks and names together. `key` is what the list is called in messages. -1: the
 * provider has no such keyword; see error.
 */
int etw_provider_keywords(const struct etw_functions *functions, const GUID *guid,
			  const struct scalar_list *keywords, const char *key, uint64_t *mask,
			  struct error *error);

#endif
