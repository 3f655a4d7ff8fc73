/*
 * web_keys: the keys of the web configuration file, as the tables of keys.h. Read-only, any thread.
 */
#ifndef CONFIG_WEB_KEYS_H
#define CONFIG_WEB_KEYS_H

#include "config/keys.h"

extern const struct key_table web_keys;		   /* of struct web_config */
extern const struct key_table web_tls_keys;	   /* of struct web_tls_config */
extern const struct key_table web_http_keys;	   /* of struct web_http_config */
extern const struct key_table web_header_keys;	   /* of struct web_http_config */
extern const struct key_table web_rate_limit_keys; /* of struct web_rate_limit */

#endif
