/*
 * console: the command line and the standard streams, which are UTF-8 and have their bytes as they
 * are everywhere in this program.
 */
#ifndef EXPORTER_CONSOLE_H
#define EXPORTER_CONSOLE_H

/*
 * Called once, by main(). Puts the program's words in the place of main()'s, where the system has
 * better ones; they live as long as the program. -1: out of memory.
 */
int console_begin(int *argument_count, char ***arguments);

/*
 * Any thread: says a line, given without its end, to whom has started the program: on standard
 * error; of a service, which has none, in the Event Log, as an error.
 */
void console_say(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

#endif
