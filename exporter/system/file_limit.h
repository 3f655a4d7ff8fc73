/*
 * file_limit: how many files the process may have open. Called once, before there are threads.
 */
#ifndef EXPORTER_FILE_LIMIT_H
#define EXPORTER_FILE_LIMIT_H

/* As many as the process may allow itself; where that fails it stays as it is. */
void file_limit_raise(void);

#endif
