/* Writes the recording of a rule pack: tool_pack_recording NAME FILE. */
#include <stdio.h>
#include <string.h>

#include "tests/support/pack_kernel.h"
#include "tests/support/pack_providers.h"

static const struct {
	const char *name;
	const struct pack *pack;
} packs[] = {
	{"disk", &pack_disk},
	{"dns-client", &pack_dns_client},
	{"dotnet", &pack_dotnet},
	{"dotnet-gc", &pack_dotnet_gc},
	{"http-sys", &pack_http_sys},
	{"images", &pack_images},
	{"interrupts", &pack_interrupts},
	{"memory", &pack_memory},
	{"network", &pack_network},
	{"powershell", &pack_powershell},
	{"process", &pack_process},
	{"registry", &pack_registry},
	{"threads", &pack_threads},
};

static const struct pack *find(const char *name)
{
	for (size_t i = 0; i < sizeof(packs) / sizeof(packs[0]); i++)
		if (strcmp(packs[i].name, name) == 0)
			return packs[i].pack;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct pack *pack = argc == 3 ? find(argv[1]) : NULL;
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length;

	if (!pack) {
		fprintf(stderr, "usage: tool_pack_recording NAME FILE\n");
		return 2;
	}
	writer = pack_writer_new((const struct pack[]){pack_machine, *pack}, 2);
	bytes = etl_writer_finish(writer, &length);
	etl_save(argv[2], bytes, length);
	etl_writer_free(writer);
	return 0;
}
