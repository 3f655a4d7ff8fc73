/*
 * problems: what is wrong with a configuration, each with its place, in the order of the files.
 *
 * Owned and used by one thread.
 */
#ifndef CONFIG_PROBLEMS_H
#define CONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

struct problem {
	char *file;
	size_t line;   /* from 1; 0 where the whole file is meant */
	size_t column; /* from 1, in characters */
	bool warning;  /* worth saying, but the configuration can be used */
	char *text;    /* what is wrong, and what would be right */
	size_t order;  /* of its file */
};

struct problems {
	struct problem *list;
	size_t count;
	size_t errors; /* of these, not warnings; more than PROBLEMS_MAX are counted but not kept */
	bool no_warnings; /* those that come now are left out */
	char **files;	  /* in their order */
	size_t file_count;
};

#define PROBLEMS_MAX 100

/* Where in a file: line and column of a problem. */
struct place {
	size_t line;
	size_t column;
};

void problems_init(struct problems *problems);
void problems_done(struct problems *problems);

/*
 * Puts a file behind those known so far, so that its problems come behind theirs. A file that is
 * not known is put there with its first problem. Copies `file`.
 */
void problems_know(struct problems *problems, const char *file);

/*
 * Adds a problem behind those of the same place or before; copies `file` and `text`. Of errors and
 * of warnings the first PROBLEMS_MAX by place are kept. Out of memory it is counted only.
 */
void problems_add(struct problems *problems, const char *file, struct place place, bool warning,
		  const char *text);

#endif
