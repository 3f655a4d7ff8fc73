#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exporter/http/sockets.h"
#include "exporter/http/unix_socket.h"

#define MODE 0660

static int refuse(const char *path, const char *why, struct error *error)
{
	return error_set(error, "cannot listen on unix:%s: %s", path, why);
}

/* Nobody takes connections, though the file is there. */
static bool is_stale(const struct sockaddr_un *address)
{
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused = client >= 0 &&
		       connect(client, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
		       errno == ECONNREFUSED;

	if (client >= 0)
		socket_close(client);
	return refused;
}

static int make_way(const struct sockaddr_un *address, struct error *error)
{
	const char *path = address->sun_path;
	struct stat status;

	if (lstat(path, &status))
		return errno == ENOENT ? 0 : refuse(path, strerror(errno), error);
	if (!S_ISSOCK(status.st_mode))
		return refuse(path, "there is a file that is no socket", error);
	if (!is_stale(address))
		return refuse(path, "Address already in use", error);
	return unlink(path) ? refuse(path, strerror(errno), error) : 0;
}

/* Nobody connects before the mode is what it is to be. */
static int bind_privately(int listener, const struct sockaddr_un *address)
{
	return fchmod(listener, 0) ||
	       bind(listener, (const struct sockaddr *)address, sizeof(*address)) ||
	       chmod(address->sun_path, MODE);
}

int unix_socket_listen(const char *path, int backlog, struct unix_socket *made, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct file_status status;
	int listener;

	*made = (struct unix_socket){.path = ""};
	if (!path[0] || strlen(path) >= sizeof(address.sun_path))
		return error_set(error,
				 "cannot listen on unix:%s: a path has from 1 to %zu bytes here",
				 path, sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, path);
	if (make_way(&address, error))
		return -1;
	listener = socket_open(AF_UNIX);
	if (listener < 0 || bind_privately(listener, &address) || listen(listener, backlog) ||
	    file_status(path, &status)) {
		refuse(path, strerror(errno), error);
		if (listener >= 0)
			socket_close(listener);
		return -1;
	}
	snprintf(made->path, sizeof(made->path), "%s", path);
	made->identity = status.identity;
	return listener;
}

void unix_socket_remove(const struct unix_socket *made)
{
	struct file_status status;

	if (made->path[0] && !file_status(made->path, &status) &&
	    file_identity_equal(&status.identity, &made->identity))
		unlink(made->path);
}
