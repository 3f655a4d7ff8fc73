#include "exporter/exporter_metrics.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const build_labels[] = {"version", "revision", "compiler"};
static const char *const hash_labels[] = {"hash"};

static const struct family_info build_info = {"etw_exporter_build_info",
					      "What this exporter was built from.", METRIC_INFO,
					      build_labels, 3};
static const struct family_info config_info = {"etw_exporter_config_info",
					       "Hash of the configuration file that is in use.",
					       METRIC_INFO, hash_labels, 1};
static const struct family_info loaded = {
	"etw_exporter_config_last_reload_successful",
	"Whether the last attempt to load the configuration succeeded.", METRIC_GAUGE, NULL, 0};
static const struct family_info loaded_time = {
	"etw_exporter_config_last_reload_success_timestamp_seconds",
	"When the configuration was last loaded with success, Unix time.", METRIC_GAUGE, NULL, 0};

const char *exporter_version(void)
{
	return ETW_EXPORTER_VERSION;
}

const char *exporter_revision(void)
{
	return ETW_EXPORTER_REVISION;
}

void exporter_metrics_collect(struct exposition *exposition, void *context)
{
	const struct exporter_facts *facts = context;
	char hash[17];

	snprintf(hash, sizeof(hash), "%016" PRIx64, facts->config_hash);
	exposition_family(exposition, &build_info);
	exposition_u64(exposition,
		       (const char *[]){exporter_version(), exporter_revision(), __VERSION__}, 1);
	exposition_family(exposition, &config_info);
	exposition_u64(exposition, (const char *[]){hash}, 1);
	exposition_family(exposition, &loaded);
	exposition_u64(exposition, NULL, facts->config_loaded);
	exposition_family(exposition, &loaded_time);
	exposition_double(exposition, NULL, facts->config_loaded_time);
}
