#include "exporter/record/log_file_mode.h"

const struct log_file_mode log_file_modes[] = {
	{LOG_FILE_MODE_SEQUENTIAL, "sequential_file"},
	{LOG_FILE_MODE_CIRCULAR, "circular_file"},
	{LOG_FILE_MODE_APPEND, "append"},
	{LOG_FILE_MODE_NEW_FILE, "new_file"},
	{LOG_FILE_MODE_FLUSH_IN_MS, "flush_in_ms"},
	{LOG_FILE_MODE_PREALLOCATE, "preallocate"},
	{LOG_FILE_MODE_SECURE, "secure"},
	{LOG_FILE_MODE_REAL_TIME, "real_time"},
	{LOG_FILE_MODE_BUFFERING, "buffering"},
	{LOG_FILE_MODE_PRIVATE, "private"},
	{LOG_FILE_MODE_PRIVATE_IN_PROCESS, "private_in_process"},
	{LOG_FILE_MODE_STOP_ON_HYBRID_SHUTDOWN, "stop_on_hybrid_shutdown"},
	{LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN, "persist_on_hybrid_shutdown"},
	{LOG_FILE_MODE_PAGED_MEMORY, "paged_memory"},
	{LOG_FILE_MODE_SYSTEM_LOGGER, "system_logger"},
	{LOG_FILE_MODE_COMPRESSED, "compressed"},
	{LOG_FILE_MODE_INDEPENDENT, "independent"},
	{LOG_FILE_MODE_NO_CPU_BUFFERS, "no_per_processor_buffering"},
	{0, NULL},
};

const char *log_file_mode_name(uint32_t bit)
{
	const struct log_file_mode *mode;

	for (mode = log_file_modes; mode->name; mode++)
		if (mode->bit == bit)
			break;
	return mode->name;
}
