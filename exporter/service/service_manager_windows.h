/*
 * service_manager: makes, removes, starts and stops the service by Windows' service control
 * manager.
 *
 * Called by commands, which takes an administrator.
 */
#ifndef EXPORTER_SERVICE_MANAGER_WINDOWS_H
#define EXPORTER_SERVICE_MANAGER_WINDOWS_H

#include "exporter/base/error.h"

/*
 * Makes the service, which starts with the system, and its source in the Event Log. `command_line`
 * is what it is started by; the account must take no password. -1: see error, which says what was
 * made nevertheless.
 */
int service_manager_install(const char *command_line, const char *account, struct error *error);

/*
 * What a package's installer cannot do for the service that it has made: starts it again where it
 * ends by itself, and lets its account trace. -1: see error.
 */
int service_manager_configure(struct error *error);

/* Undoes what configure did outside of the service. -1: see error. */
int service_manager_unconfigure(struct error *error);

/* Stops it, too. -1: see error. */
int service_manager_uninstall(struct error *error);

/* Returns when it runs, or has stopped. -1: see error. */
int service_manager_start(struct error *error);
int service_manager_stop(struct error *error);

#endif
