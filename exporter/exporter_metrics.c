#include "exporter/exporter_metrics.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const build_labels[] = {"version", "revision", "compiler"};
static const char *const hash_labels[] = {"hash"};

static const struct family_info build_info = {
	.name = "etw_exporter_build_info",
	.help = "What this exporter was built from.",
	.type = METRIC_INFO,
	.labels = build_labels,
	.label_count = 3,
};
static const struct family_info config_info = {
	.name = "etw_exporter_config_info",
	.help = "Hash of the configuration file that is in use.",
	.type = METRIC_INFO,
	.labels = hash_labels,
	.label_count = 1,
};
static const struct family_info rules_info = {
	.name = "etw_exporter_rules_info",
	.help = "Hash of the rules and limits that events are counted by, whatever the files are.",
	.type = METRIC_INFO,
	.labels = hash_labels,
	.label_count = 1,
};
static const struct family_info loaded = {
	.name = "etw_exporter_config_last_reload_successful",
	.help = "Whether the last attempt to load the configuration succeeded.",
	.type = METRIC_GAUGE,
};
static const struct family_info loaded_time = {
	.name = "etw_exporter_config_last_reload_success_timestamp_seconds",
	.help = "When the configuration was last loaded with success, Unix time.",
	.type = METRIC_GAUGE,
};
static const struct family_info manifests_flawed_info = {
	.name = "etw_exporter_manifests_flawed",
	.help = "Manifests of the configuration in use of which something is wrong and left out.",
	.type = METRIC_GAUGE,
};

static const struct family_info lines_suppressed = {
	.name = "etw_exporter_log_lines_suppressed_total",
	.help = "Lines of the log that were not written because the same message came too often.",
	.type = METRIC_COUNTER,
};

const char *exporter_version(void)
{
	return ETW_EXPORTER_VERSION;
}

const char *exporter_revision(void)
{
	return ETW_EXPORTER_REVISION;
}

const char *exporter_date(void)
{
	return ETW_EXPORTER_DATE;
}

static void collect_hash(struct exposition *exposition, const struct family_info *family,
			 uint64_t hash)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, hash);
	exposition_family(exposition, family);
	exposition_u64(exposition, (const char *[]){text}, 1);
}

void exporter_metrics_collect(struct exposition *exposition, void *context)
{
	const struct exporter_facts *facts = context;
	exposition_family(exposition, &build_info);
	exposition_u64(exposition,
		       (const char *[]){exporter_version(), exporter_revision(), __VERSION__}, 1);
	collect_hash(exposition, &config_info, facts->config_hash);
	collect_hash(exposition, &rules_info, facts->rules_hash);
	exposition_family(exposition, &loaded);
	exposition_u64(exposition, NULL, facts->config_loaded);
	exposition_family(exposition, &loaded_time);
	exposition_double(exposition, NULL, (double)facts->config_loaded_time);
	exposition_family(exposition, &manifests_flawed_info);
	exposition_u64(exposition, NULL, facts->manifests_flawed);
	exposition_family(exposition, &lines_suppressed);
	exposition_u64(exposition, NULL, log_suppressed(facts->log));
}
