/*
 * yaml_said: a part of a document in one form: the same text says the same, whatever comments,
 * spaces, anchors and places there are.
 */
#ifndef CONFIG_YAML_SAID_H
#define CONFIG_YAML_SAID_H

#include "config/yaml.h"

/* The caller's to free. NULL: no memory. */
char *yaml_said(const struct yaml_node *node);

#endif
