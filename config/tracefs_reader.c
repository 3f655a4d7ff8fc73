#include "config/tracefs_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/cpu_list.h"
#include "config/probe_reader.h"

static void check_pids(const struct scalar_list *pids, const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i < pids->count; i++) {
		const struct scalar_config *pid = &pids->list[i];

		if (!pid->is_integer || pid->negative || !pid->magnitude ||
		    pid->magnitude > PID_MAX)
			report_error(report, pid->place,
				     "pids must be whole numbers from 1 to %d, not %s", PID_MAX,
				     quote(&quoted, pid->text));
	}
}

static void read_cpus(const struct yaml_node *node, struct cpu_mask *into,
		      const struct report *report)
{
	bool is_text = node->kind == YAML_TEXT && strlen(node->text) == node->length;
	enum cpu_list_result result =
		is_text ? cpu_list_parse(node->text, into) : CPU_LIST_MALFORMED;
	struct quoted quoted;

	if (result == CPU_LIST_NO_MEMORY)
		report_out_of_memory(report);
	else if (result)
		report_error(report, node->place,
			     "cpus must be numbers of CPUs and ranges such as \"0-3,8\", each "
			     "below %d, not %s",
			     CPUS_MAX, yaml_describe(node, &quoted));
}

static void check_buffers(const struct mapping *session, const struct trace_buffers_config *buffers,
			  const struct report *report)
{
	if (buffers->subbuffer_bytes > buffers->size_bytes / 2)
		report_error(report, mapping_place(session, "buffers"),
			     "a buffer has at least two sub-buffers: size must be twice subbuffer "
			     "or more");
}

/* Which of the three a row is; false: none or several. */
static bool find_kind(const struct mapping *row, enum trace_provider_kind *kind)
{
	static const char *const keys[] = {
		[TRACE_PROVIDER_SYSTEM] = "name",
		[TRACE_PROVIDER_UPROBE] = "uprobe",
		[TRACE_PROVIDER_KPROBE] = "kprobe",
	};
	size_t i, found = 0;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!mapping_value(row, keys[i]))
			continue;
		*kind = (enum trace_provider_kind)i;
		found++;
	}
	return found == 1;
}

static void read_kind(const struct mapping *row, const char *folder,
		      struct trace_provider_config *into, const struct report *report)
{
	if (into->kind == TRACE_PROVIDER_UPROBE)
		probe_reader_uprobe(mapping_value(row, "uprobe"), folder, &into->probe, report);
	else if (into->kind == TRACE_PROVIDER_KPROBE)
		probe_reader_kprobe(mapping_value(row, "kprobe"), &into->probe, report);
	if (into->kind != TRACE_PROVIDER_SYSTEM && mapping_value(row, "events"))
		report_error(report, mapping_place(row, "events"),
			     "events goes with the name of a system: a probe is one event");
}

static void read_provider(const struct yaml_node *node, const char *folder,
			  struct trace_provider_config *into, const struct report *report)
{
	struct mapping row;

	into->place = node->place;
	mapping_open(&row, &trace_provider_keys, node, report);
	mapping_read(&row, into, report);
	check_pids(&into->pids, report);
	if (node->kind != YAML_MAPPING)
		return;
	if (find_kind(&row, &into->kind))
		read_kind(&row, folder, into, report);
	else
		report_error(report, node->place,
			     "a provider needs one of the keys \"name\", \"uprobe\" and "
			     "\"kprobe\", and no two of them");
}

/* All probes of a session are in one group. */
static void check_probe_name(const struct tracefs_config *config, const struct report *report)
{
	const struct trace_provider_config *last = &config->providers[config->provider_count - 1];
	struct quoted quoted;
	size_t i;

	if (!last->probe.name)
		return;
	for (i = 0; i + 1 < config->provider_count; i++) {
		const struct trace_provider_config *other = &config->providers[i];

		if (!other->probe.name || strcmp(other->probe.name, last->probe.name) != 0)
			continue;
		report_error(report, last->place,
			     "two probes have the name %s, the first in line %zu; each needs its "
			     "own",
			     quote(&quoted, last->probe.name), other->place.line);
		return;
	}
}

static void read_providers(const struct yaml_node *node, const char *folder,
			   struct tracefs_config *into, const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 0;
	struct quoted quoted;

	if (node->kind != YAML_LIST) {
		report_error(report, node->place,
			     "providers must be a list, such as [{name: sched}], not %s",
			     yaml_describe(node, &quoted));
		return;
	}
	if (!count || count > TRACE_PROVIDERS_MAX) {
		report_error(report, node->place,
			     "providers must have from 1 to %d entries, not %zu",
			     TRACE_PROVIDERS_MAX, count);
		return;
	}
	into->providers = calloc(count, sizeof(*into->providers));
	if (!into->providers) {
		report_out_of_memory(report);
		return;
	}
	for (node = node->first; node; node = node->next) {
		read_provider(node, folder, &into->providers[into->provider_count++], report);
		check_probe_name(into, report);
	}
}

void tracefs_reader_read(const struct mapping *session, const char *folder,
			 struct tracefs_config *into, const struct report *report)
{
	const struct yaml_node *cpus = mapping_value(session, "cpus");
	const struct yaml_node *providers = mapping_value(session, "providers");

	check_buffers(session, &into->buffers, report);
	check_pids(&into->pids, report);
	if (cpus)
		read_cpus(cpus, &into->cpus, report);
	if (providers)
		read_providers(providers, folder, into, report);
	if (into->children && !into->pids.count)
		report_warning(report, mapping_place(session, "children"),
			       "children has no effect without pids");
}
