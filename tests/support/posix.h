/*
 * posix: what tests use of POSIX and the C library of Windows does not have; elsewhere nothing.
 *
 * What Windows cannot do at all skips the test that asks for it, and says so.
 */
#ifndef TESTS_SUPPORT_POSIX_H
#define TESTS_SUPPORT_POSIX_H

#ifdef _WIN32

#include <io.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <winsock2.h>

#define NOWHERE		    "NUL"
#define F_GETFD		    1
#define SHUT_WR		    SD_SEND
#define WEXITSTATUS(status) (status)
#define WIFSIGNALED(status) 0
#define WTERMSIG(status)    (status)
#define MSG_NOSIGNAL	    0 /* nothing signals there */
#define SIGUSR1		    10

struct mallinfo2 {
	size_t uordblks; /* bytes that are in use */
};

struct sigaction {
	void (*sa_handler)(int signal);
};

char *stpcpy(char *to, const char *from);
char *strndup(const char *text, size_t length);
char *mkdtemp(char *pattern);
int setenv(const char *name, const char *value, int replace);
struct mallinfo2 mallinfo2(void);
int pipe(int fds[2]);
int fcntl(int fd, int command);
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at);
int mkfifo(const char *path, mode_t mode);
int symlink(const char *target, const char *path);
int sigaction(int number, const struct sigaction *action, struct sigaction *before);
pid_t fork(void);
pid_t waitpid(pid_t child, int *status, int options);

/* With paths in UTF-8, and in the place of a file that is there. */
int posix_rename(const char *from, const char *to);
int posix_mkdir(const char *path);
FILE *posix_fopen(const char *path, const char *mode);

/* What was written to it is seen after fflush() and fclose() of the test. */
FILE *open_memstream(char **text, size_t *length);
int posix_fflush(FILE *file);
int posix_fclose(FILE *file);

FILE *posix_popen(const char *command, const char *mode);

#undef popen
#define popen(command, mode) posix_popen(command, mode)
#define rename(from, to)     posix_rename(from, to)
#define mkdir(path, mode)    posix_mkdir(path)
#define fopen(path, mode)    posix_fopen(path, mode)
#define fflush(file)	     posix_fflush(file)
#define fclose(file)	     posix_fclose(file)

/* Skips the test on Windows, which has nothing of that name. */
void posix_needs(const char *what);

#else
#include <sys/wait.h>

static inline void posix_needs(const char *what)
{
	(void)what;
}

#define NOWHERE "/dev/null"
#endif

#endif
