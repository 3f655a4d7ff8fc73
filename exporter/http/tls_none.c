/* Of a build without TLS. */
#include <stddef.h>

#include "exporter/http/tls.h"

struct tls_settings *tls_settings_new(const struct web_tls_config *config,
				      const struct report *report)
{
	report_error(report, config->cert.place,
		     "tls_server_config: this build, of TLS=0, has no TLS");
	return NULL;
}

void tls_settings_free(struct tls_settings *settings)
{
	(void)settings;
}

time_t tls_settings_expiry(const struct tls_settings *settings)
{
	(void)settings;
	return 0;
}

int tls_connection_begin(struct tls_connection *connection, void *session)
{
	(void)connection;
	(void)session;
	return -1;
}

int tls_no_certificate(void)
{
	return -1;
}
