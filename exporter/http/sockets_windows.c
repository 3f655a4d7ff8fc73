/* Source: Microsoft's "Windows Sockets Error Codes" and "Using SO_REUSEADDR and
 * SO_EXCLUSIVEADDRUSE". */
#include "exporter/http/sockets.h"

#include <stddef.h>

void sockets_begin(void)
{
	WSADATA data;

	WSAStartup(MAKEWORD(2, 2), &data);
}

/* SO_REUSEADDR would let two processes listen on one address; restarts do not need it here. */
int socket_open(int family)
{
	SOCKET opened = WSASocketW(family, SOCK_STREAM, 0, NULL, 0,
				   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
	BOOL on = TRUE;

	if (opened != INVALID_SOCKET)
		setsockopt(opened, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof(on));
	return (int)opened;
}

static const char *text_of(int code)
{
	static const struct {
		int code;
		const char *text;
	} table[] = {
		{WSAEACCES, "Permission denied"},
		{WSAEADDRINUSE, "Address already in use"},
		{WSAEADDRNOTAVAIL, "Cannot assign requested address"},
		{WSAEAFNOSUPPORT, "Address family not supported by protocol"},
		{WSAEMFILE, "Too many open files"},
		{WSAENOBUFS, "No buffer space available"},
		{WSAHOST_NOT_FOUND, "Name or service not known"},
		{WSATRY_AGAIN, "Temporary failure in name resolution"},
		{WSANO_DATA, "No address associated with hostname"},
		{WSATYPE_NOT_FOUND, "Name or service not known"},
		{WSAENETDOWN, "Network is down"},
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return table[i].text;
	return "Windows does not say more";
}

const char *socket_error_text(void)
{
	return text_of(WSAGetLastError());
}

const char *socket_lookup_error_text(int code)
{
	return text_of(code);
}

bool socket_has_no_address(void)
{
	int code = WSAGetLastError();

	return code == WSAEAFNOSUPPORT || code == WSAEADDRNOTAVAIL;
}

void socket_end(int socket_fd)
{
	shutdown((SOCKET)socket_fd, SD_BOTH);
}

void socket_close(int socket_fd)
{
	int saved = WSAGetLastError();

	closesocket((SOCKET)socket_fd);
	WSASetLastError(saved);
}
