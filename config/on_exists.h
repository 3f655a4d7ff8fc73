/*
 * on_exists: what becomes of a trace session of the system's that is there already, left by an
 * earlier run.
 */
#ifndef CONFIG_ON_EXISTS_H
#define CONFIG_ON_EXISTS_H

enum on_exists {
	ON_EXISTS_REPLACE,
	ON_EXISTS_REUSE, /* with what is in it */
	ON_EXISTS_FAIL,
};

#endif
