/*
 * go_values: numbers and durations of the web configuration as Go reads them, whose programs share
 * that file. Any thread; nothing is kept.
 *
 * Source: resolve.go and decode.go of go.yaml.in/yaml/v2, into int and time.Duration;
 * time.ParseDuration of Go.
 */
#ifndef CONFIG_GO_VALUES_H
#define CONFIG_GO_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/yaml.h"

/*
 * A number that is not quoted: 10, 1_000, 0x10, 0o17 and 017, 0b11; one with a point or an
 * exponent, of which the fraction is left away. False: none, or none of 64 bits with sign.
 */
bool go_integer(const struct yaml_node *node, int64_t *value);

enum go_duration {
	GO_DURATION_OK,
	GO_DURATION_NONE,
	GO_DURATION_TOO_LONG, /* for 64 bits with sign, of nanoseconds */
};

/* Nanoseconds: 1m30s, .5s, 5µs, -1s, 0; or a go_integer(). */
enum go_duration go_duration(const struct yaml_node *node, int64_t *ns);

#endif
