#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "exporter/system/privileges.h"
#include "exporter/source/source.h"
#include "exporter/tracefs/trace_mount_linux.h"

static bool is_live(const struct session_config *session)
{
	const struct source_type *type = source_type_find(session->source);

	return type && type->is_live;
}

static bool has_live(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (is_live(&config->sessions[i]))
			return true;
	return false;
}

/* Afterwards nobody may mount. */
static int mount_before(const struct config *config, struct error *error)
{
	char path[PATH_MAX];
	size_t i;
	int fd;

	for (i = 0; i < config->session_count; i++) {
		if (!is_live(&config->sessions[i]) || !config->sessions[i].tracefs.mount)
			continue;
		fd = trace_mount_open(true, path, error);
		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

/* Of this thread; threads that it starts have the same. */
static int keep_capabilities(bool live)
{
	const cap_value_t kept[] = {CAP_DAC_OVERRIDE};
	cap_t capabilities = cap_init();
	int result = capabilities ? 0 : -1;

	if (!result && live)
		result = cap_set_flag(capabilities, CAP_PERMITTED, 1, kept, CAP_SET) ||
			 cap_set_flag(capabilities, CAP_EFFECTIVE, 1, kept, CAP_SET);
	if (!result)
		result = cap_set_proc(capabilities);
	cap_free(capabilities);
	return result ? -1 : 0;
}

static int become(const struct passwd *user)
{
	if (initgroups(user->pw_name, user->pw_gid) || setgid(user->pw_gid) ||
	    cap_setuid(user->pw_uid))
		return -1;
	/* Programs that were to be run could not get any back. */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int privileges_drop(const struct config *config, struct error *error)
{
	const struct passwd *user;

	if (!config->user)
		return 0;
	errno = 0;
	user = getpwnam(config->user);
	if (!user)
		return error_set(error, "cannot run as user %s: %s", config->user,
				 errno ? strerror(errno) : "there is no such user");
	if (geteuid() == user->pw_uid)
		return 0;
	if (mount_before(config, error))
		return -1;
	if (become(user) || keep_capabilities(has_live(config)))
		return error_set(error, "cannot run as user %s: %s; it takes root to begin with",
				 config->user, strerror(errno));
	return 0;
}
