#include <stddef.h>

#include "exporter/command/command.h"

const struct command *const system_commands[] = {NULL};
