/* What a test may want of a program: without arguments, cat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "cat";
	const char *arg = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "cat")) {
		for (int c; (c = getchar()) != EOF;)
			putchar(c);
	} else if (!strcmp(what, "exit")) {
		fputs("about to fail\n", stderr);
		return atoi(arg);
	} else if (!strcmp(what, "env")) {
		puts(getenv(arg) ? getenv(arg) : "(unset)");
	} else if (!strcmp(what, "id")) {
		printf("%d:%d\n", getuid(), getgid());
	} else if (!strcmp(what, "name")) {
		puts(argv[0]);
	} else if (!strcmp(what, "write")) {
		FILE *f = fopen(arg, "w");
		if (!f || fputs("written\n", f) < 0 || fclose(f))
			return 1;
	} else if (!strcmp(what, "wait")) {
		for (;;)
			pause();
	} else if (!strcmp(what, "abort")) {
		abort();
	} else if (!strcmp(what, "sh")) {
		execl("/bin/sh", "sh", "-c", arg, (char *)0);
		return 1;
	} else {
		return 99;
	}
	return 0;
}
