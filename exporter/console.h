/*
 * console: the command line and the standard streams, which are UTF-8 and have their bytes as they
 * are everywhere in this program. Called once, by main().
 */
#ifndef EXPORTER_CONSOLE_H
#define EXPORTER_CONSOLE_H

/*
 * Puts the program's words in the place of main()'s, where the system has better ones; they live as
 * long as the program. -1: out of memory.
 */
int console_begin(int *argument_count, char ***arguments);

#endif
