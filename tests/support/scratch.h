/*
 * scratch: a directory of a test's own, which goes away with all that is in it. One thread.
 *
 * What cannot be done ends the program: a test can do nothing about it.
 */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

struct scratch {
	char directory[256];
	char path[4096]; /* what scratch_path() returned last */
};

/* Where they are made. */
const char *scratch_root(void);

void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);

/* The path of something in it; valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

/* Makes a file; returns its path as scratch_path() does. */
const char *scratch_file(struct scratch *scratch, const char *name, const char *text);
const char *scratch_directory(struct scratch *scratch, const char *name);

/*
 * Makes something in it unreadable, and the program one that cannot read it: the superuser's rights
 * are put aside until scratch_open().
 */
void scratch_close(struct scratch *scratch, const char *name);
void scratch_open(struct scratch *scratch, const char *name);

#endif
