/*
 * privileges: gives up what the program was started with and does not need.
 *
 * Called once, before there is another thread.
 */
#ifndef EXPORTER_PRIVILEGES_H
#define EXPORTER_PRIVILEGES_H

#include "config/config.h"
#include "exporter/base/error.h"

/*
 * Goes on as the configuration's `user:`, with the capabilities alone that its sessions take: live
 * ones CAP_DAC_OVERRIDE, as tracefs is root's. Nothing happens where there is no `user:`. -1: see
 * error.
 */
int privileges_drop(const struct config *config, struct error *error);

#endif
