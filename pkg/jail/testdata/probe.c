/* A program that does what its first argument says, for the tests. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* Two generations that ignore SIGTERM and leave the process group. */
static void stubborn(void)
{
	for (int i = 0; i < 2; i++) {
		if (fork() == 0) {
			setsid();
			signal(SIGTERM, SIG_IGN);
			if (fork() == 0)
				for (;;)
					pause();
			for (;;)
				pause();
		}
	}
	puts("ready");
	fflush(stdout);
}

static void damage(void)
{
	FILE *f = fopen("/data/file", "a");
	if (!f || fputs("damage", f) < 0 || fclose(f))
		exit(10);
	if (chmod("/data/file", 0600) || unlink("/data/gone") || rename("/data/old", "/data/new"))
		exit(11);
	if (mkdir("/made", 0) || chmod("/data", 0) || rmdir("/empty"))
		exit(12);
	puts("done");
}

static void try_open(const char *name, int flags)
{
	int fd = open(name, flags);
	printf("%s %s\n", name, fd < 0 ? strerror(errno) : "ok");
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *arg = argc > 2 ? argv[2] : "";
	static char buf[65536];
	ssize_t n;

	if (is(what, ""))
		puts("hello");
	else if (is(what, "exit"))
		return atoi(arg);
	else if (is(what, "signal"))
		kill(getpid(), atoi(arg));
	else if (is(what, "cat"))
		while ((n = read(0, buf, sizeof buf)) > 0)
			fwrite(buf, 1, n, stdout);
	else if (is(what, "big")) {
		memset(buf, 'x', sizeof buf);
		for (long left = atol(arg); left > 0; left -= n)
			if ((n = write(1, buf, left < (long)sizeof buf ? left : (long)sizeof buf)) <= 0)
				return 1;
	} else if (is(what, "system"))
		return system(arg) != 0;
	else if (is(what, "say"))
		for (int i = 2; i < argc; i++)
			puts(argv[i]);
	else if (is(what, "environment"))
		for (char **e = environ; *e; e++)
			puts(*e);
	else if (is(what, "ids"))
		printf("%d %d %d\n", getuid(), getgid(), getgroups(0, 0));
	else if (is(what, "exe"))
		puts((n = readlink("/proc/self/exe", buf, sizeof buf - 1)) < 0 ? "none" : buf);
	else if (is(what, "pid"))
		puts(getpid() == 1 ? "first" : "not first");
	else if (is(what, "open"))
		for (int i = 2; i < argc; i++)
			try_open(argv[i], O_RDWR);
	else if (is(what, "damage"))
		damage();
	else if (is(what, "stubborn")) {
		stubborn();
		for (;;)
			pause();
	} else if (is(what, "leave"))
		stubborn();
	else
		return 99;
	return 0;
}
