/*
 * pack_providers: the recordings of the packs about providers with manifests, as tables. They hold
 * the schemas, as merged recordings do.
 */
#ifndef TESTS_SUPPORT_PACK_PROVIDERS_H
#define TESTS_SUPPORT_PACK_PROVIDERS_H

#include "tests/support/pack_writer.h"

extern const struct pack pack_dotnet_gc, pack_dotnet, pack_dns_client, pack_http_sys,
	pack_powershell;

#endif
