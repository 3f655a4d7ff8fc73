#include "config/etw_config.h"

#include <stdlib.h>

#include "config/scalar_reader.h"

/* EVENT_TRACE_FLAG_* of evntrace.h. */
const struct etw_word etw_flag_words[] = {
	{"process", 0x00000001},
	{"thread", 0x00000002},
	{"image_load", 0x00000004},
	{"process_counters", 0x00000008},
	{"cswitch", 0x00000010},
	{"dpc", 0x00000020},
	{"interrupt", 0x00000040},
	{"system_call", 0x00000080},
	{"disk_io", 0x00000100},
	{"disk_file_io", 0x00000200},
	{"disk_io_init", 0x00000400},
	{"dispatcher", 0x00000800},
	{"page_faults", 0x00001000},
	{"hard_faults", 0x00002000},
	{"virtual_alloc", 0x00004000},
	{"vamap", 0x00008000},
	{"network", 0x00010000},
	{"registry", 0x00020000},
	{"dbgprint", 0x00040000},
	{"job", 0x00080000},
	{"alpc", 0x00100000},
	{"split_io", 0x00200000},
	{"debug_events", 0x00400000},
	{"driver", 0x00800000},
	{"profile", 0x01000000},
	{"file_io", 0x02000000},
	{"file_io_init", 0x04000000},
	{"no_sysconfig", 0x10000000},
	{NULL, 0},
};

/* EVENT_ENABLE_PROPERTY_* of evntcons.h. */
const struct etw_word etw_property_words[] = {
	{"sid", 0x001},
	{"ts_id", 0x002},
	{"stack", 0x004},
	{"psm_key", 0x008},
	{"ignore_keyword_0", 0x010},
	{"provider_group", 0x020},
	{"enable_keyword_0", 0x040},
	{"process_start_key", 0x080},
	{"event_key", 0x100},
	{"exclude_inprivate", 0x200},
	{"silos", 0x400},
	{"container", 0x800},
	{NULL, 0},
};

static void provider_done(struct etw_provider_config *provider)
{
	free(provider->name);
	free(provider->guid);
	free(provider->eventsource);
	scalar_list_done(&provider->any);
	scalar_list_done(&provider->all);
	scalar_list_done(&provider->events);
	scalar_list_done(&provider->pids);
	scalar_list_done(&provider->executables);
}

void etw_config_done(struct etw_config *config)
{
	size_t i;

	for (i = 0; i < config->provider_count; i++)
		provider_done(&config->providers[i]);
	free(config->providers);
}
