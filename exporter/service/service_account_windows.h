/*
 * service_account: what the service's own account, "NT SERVICE\etw_exporter", may do. Windows makes
 * the account with the service; for trace sessions it has to be in the group Performance Log Users.
 *
 * Called by commands, which takes an administrator.
 */
#ifndef EXPORTER_SERVICE_ACCOUNT_WINDOWS_H
#define EXPORTER_SERVICE_ACCOUNT_WINDOWS_H

#include "exporter/base/error.h"
#include "exporter/service/service.h"

#define SERVICE_ACCOUNT "NT SERVICE\\" SERVICE_NAME

/* Puts the account into the group, where it may be already. -1: see error. */
int service_account_admit(struct error *error);

/* Takes it out again, if it is there. -1: see error. */
int service_account_dismiss(struct error *error);

#endif
