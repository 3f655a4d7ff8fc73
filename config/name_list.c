#include "config/name_list.h"

#include <stdio.h>

const char *list_names(struct name_list *list, const char *(*known)(size_t i, const void *context),
		       const void *context)
{
	const char *name;
	size_t i, used = 0;

	list->text[0] = '\0';
	for (i = 0; (name = known(i, context)) && used < sizeof(list->text); i++)
		used += (size_t)snprintf(list->text + used, sizeof(list->text) - used, "%s%s",
					 i == 0			 ? ""
					 : known(i + 1, context) ? ", "
								 : " and ",
					 name);
	return list->text;
}
