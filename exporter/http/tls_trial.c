#include "exporter/http/tls_trial.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

/* Of certificates clients take 100 KB (OpenSSL's) or 256 KiB (Go's), if they are lenient. */
#define CERTIFICATES_BYTES_MAX 262144
/* All that one side sends. */
#define PIPE_BYTES ((size_t)CERTIFICATES_BYTES_MAX + 65536)
/* Either side has its turn as often; a handshake takes three. */
#define TURNS_MAX 32

/* As lenient as clients can be, also of what the certificate's key is for, which is %COMPAT's; whom
 * it trusts does not matter. */
#define CLIENT_PRIORITIES "NORMAL:+GROUP-ALL:-VERS-ALL:%COMPAT:%VERIFY_ALLOW_BROKEN"

struct pipe {
	unsigned char bytes[PIPE_BYTES];
	size_t begin, end;
};

struct side {
	gnutls_session_t session;
	struct pipe *to, *from;
	bool is_done;
};

struct trial {
	struct pipe pipes[2];
	struct side server, client;
	gnutls_certificate_credentials_t nothing;
	struct tls_connection connection;
	atomic_uint_fast64_t refused;
};

static ssize_t push(gnutls_transport_ptr_t context, const void *bytes, size_t count)
{
	struct side *side = context;
	size_t room = PIPE_BYTES - side->to->end;

	if (count > room)
		count = room;
	if (!count) {
		gnutls_transport_set_errno(side->session, EIO);
		return -1;
	}
	memcpy(side->to->bytes + side->to->end, bytes, count);
	side->to->end += count;
	return (ssize_t)count;
}

static ssize_t pull(gnutls_transport_ptr_t context, void *bytes, size_t count)
{
	struct side *side = context;
	struct pipe *from = side->from;

	if (count > from->end - from->begin)
		count = from->end - from->begin;
	if (!count) {
		gnutls_transport_set_errno(side->session, EAGAIN);
		return -1;
	}
	memcpy(bytes, from->bytes + from->begin, count);
	from->begin += count;
	return (ssize_t)count;
}

/* Nobody is waited for: what is not there does not come. */
static int pull_timeout(gnutls_transport_ptr_t context, unsigned int ms)
{
	const struct side *side = context;

	(void)ms;
	return side->from->begin < side->from->end;
}

static int open_side(struct side *side, unsigned int flags, struct pipe *to, struct pipe *from)
{
	int code = gnutls_init(&side->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);

	if (code < 0)
		return code;
	side->to = to;
	side->from = from;
	gnutls_transport_set_ptr(side->session, side);
	gnutls_transport_set_push_function(side->session, push);
	gnutls_transport_set_pull_function(side->session, pull);
	gnutls_transport_set_pull_timeout_function(side->session, pull_timeout);
	return 0;
}

static int begin_server(struct trial *trial, const struct tls_settings *settings)
{
	int code = open_side(&trial->server, GNUTLS_SERVER, &trial->pipes[0], &trial->pipes[1]);

	if (code < 0)
		return code;
	trial->connection = (struct tls_connection){settings, &trial->refused};
	if (tls_connection_begin(&trial->connection, trial->server.session))
		return GNUTLS_E_MEMORY_ERROR;
	gnutls_certificate_server_set_request(trial->server.session, GNUTLS_CERT_IGNORE);
	return 0;
}

static int begin_client(struct trial *trial, enum tls_trial versions)
{
	static const char *const priorities[] = {
		[TLS_TRIAL_OLD] = CLIENT_PRIORITIES ":+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0",
		[TLS_TRIAL_NEW] = CLIENT_PRIORITIES ":+VERS-TLS1.3",
	};
	struct side *client = &trial->client;
	int code = open_side(client, GNUTLS_CLIENT, &trial->pipes[1], &trial->pipes[0]);

	if (code < 0)
		return code;
	gnutls_handshake_set_max_packet_length(client->session, CERTIFICATES_BYTES_MAX);
	code = gnutls_certificate_allocate_credentials(&trial->nothing);
	if (code >= 0)
		code = gnutls_priority_set_direct(client->session, priorities[versions], NULL);
	if (code >= 0)
		code = gnutls_credentials_set(client->session, GNUTLS_CRD_CERTIFICATE,
					      trial->nothing);
	return code;
}

/* As far as it comes with what is there. */
static int take_turn(struct side *side)
{
	int code = side->is_done ? 0 : gnutls_handshake(side->session);

	side->is_done = !code;
	return gnutls_error_is_fatal(code) ? code : 0;
}

/* Where both give up the server's reason counts, which goes first. */
static int shake_hands(struct trial *trial)
{
	int turn, code;

	for (turn = 0; turn < TURNS_MAX; turn++) {
		code = take_turn(&trial->server);
		if (!code)
			code = take_turn(&trial->client);
		if (code || (trial->server.is_done && trial->client.is_done))
			return code;
	}
	return GNUTLS_E_TIMEDOUT;
}

static void end(struct trial *trial)
{
	if (trial->server.session)
		gnutls_deinit(trial->server.session);
	if (trial->client.session)
		gnutls_deinit(trial->client.session);
	if (trial->nothing)
		gnutls_certificate_free_credentials(trial->nothing);
	free(trial);
}

int tls_trial(const struct tls_settings *settings, enum tls_trial versions)
{
	struct trial *trial = calloc(1, sizeof(*trial));
	int code;

	if (!trial)
		return GNUTLS_E_MEMORY_ERROR;
	code = begin_server(trial, settings);
	if (code >= 0)
		code = begin_client(trial, versions);
	if (code >= 0)
		code = shake_hands(trial);
	end(trial);
	return code;
}
