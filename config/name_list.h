/*
 * name_list: known words, as a sentence lists them. Any thread.
 */
#ifndef CONFIG_NAME_LIST_H
#define CONFIG_NAME_LIST_H

#include <stddef.h>

/* Longer lists are cut. */
struct name_list {
	char text[1024];
};

/* `name, path and poll`. `known` is as that of nearest(). Returns list->text. */
const char *list_names(struct name_list *list, const char *(*known)(size_t i, const void *context),
		       const void *context);

#endif
