// What programs do that tracers get wrong: probe CASE DIR
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *dir;

static void check(int ok, const char *what) {
	if (ok)
		return;
	perror(what);
	exit(99);
}

static void enter(void) { check(chdir(dir) == 0, "chdir"); }

static void openclose(const char *name) {
	int fd = open(name, O_RDONLY);
	if (fd >= 0)
		close(fd);
}

static int relative(void) {
	enter();
	check(chdir("sub") == 0, "chdir");
	int fd = open("file", O_RDONLY);
	check(fd >= 0, "open");
	fd = open("../top", O_RDONLY);
	check(fd >= 0, "open");
	return 0;
}

static int dirfd_(void) {
	int d = open(dir, O_RDONLY | O_DIRECTORY);
	int fd = openat(d, "sub/file", O_RDONLY);
	check(fd >= 0, "openat");
	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};
	fd = syscall(SYS_openat2, d, "top", &how, sizeof how);
	check(fd >= 0, "openat2");
	int s = openat(d, "sub", O_PATH);
	how.resolve = RESOLVE_IN_ROOT;
	fd = syscall(SYS_openat2, s, "/../../file", &how, sizeof how);
	check(fd >= 0, "openat2 in root");
	return 0;
}

static char *pageend(const char *name) {
	char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(munmap(p + 4096, 4096) == 0, "munmap");
	p += 4096 - strlen(name) - 1;
	return strcpy(p, name);
}

static int edges(void) {
	enter();
	check(open(pageend("top"), O_RDONLY) >= 0, "page end");
	static char across[8192] __attribute__((aligned(4096)));
	strcpy(across + 4094, "sub/file");
	check(open(across + 4094, O_RDONLY) >= 0, "across pages");
	static char longest[4096]; // ./././top, 4095 bytes
	size_t n = 4095 - 3;
	memset(longest, '/', n);
	longest[0] = '.';
	strcpy(longest + n, "top");
	check(open(longest, O_RDONLY) >= 0, "longest");
	check(syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY) < 0 && errno == EFAULT, "null");
	check(syscall(SYS_openat, AT_FDCWD, (void *)-1L, O_RDONLY) < 0 && errno == EFAULT, "kernel address");
	check(open("", O_RDONLY) < 0, "empty");
	static char toolong[5000];
	memset(toolong, 'a', sizeof toolong - 1);
	check(open(toolong, O_RDONLY) < 0 && errno == ENAMETOOLONG, "too long");
	check(openat(1000, "top", O_RDONLY) < 0 && errno == EBADF, "bad descriptor");
	return 0;
}

static int forks(void) {
	enter();
	for (int i = 0; i < 500; i++) {
		pid_t p = fork();
		check(p >= 0, "fork");
		if (p == 0) {
			char name[32];
			sprintf(name, "many/%d", i);
			openclose(name);
			_exit(0);
		}
		if (i % 8 == 7)
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static int spawn(void) {
	for (int i = 0; i < 20; i++) {
		pid_t p = vfork();
		if (p == 0) {
			execl("/bin/cat", "cat", "/dev/null", NULL);
			_exit(1);
		}
		int st;
		check(waitpid(p, &st, 0) == p && st == 0, "wait");
	}
	return 0;
}

static void *execs(void *name) {
	execl("/bin/cat", "cat", name, NULL);
	exit(98);
}

static void *waits(void *x) {
	for (;;)
		pause();
	return x;
}

static int threadexec(void) {
	enter();
	pthread_t t;
	for (int i = 0; i < 8; i++)
		check(pthread_create(&t, NULL, waits, NULL) == 0, "thread");
	check(pthread_create(&t, NULL, execs, "top") == 0, "thread");
	waits(NULL);
	return 0;
}

static void *opens(void *number) {
	for (int i = (int)(intptr_t)number; i < 10000; i += 64) {
		char name[32];
		sprintf(name, "many/%d", i);
		openclose(name);
	}
	return NULL;
}

static int threads(void) {
	enter();
	pthread_t t[64];
	for (intptr_t i = 0; i < 64; i++)
		check(pthread_create(&t[i], NULL, opens, (void *)i) == 0, "thread");
	for (int i = 0; i < 64; i++)
		pthread_join(t[i], NULL);
	return 0;
}

static volatile sig_atomic_t caught;
static void catch(int s) { caught++; (void)s; }

// Each signal sent is caught once although calls are traced all the time.
static int signals(void) {
	enter();
	struct sigaction a = {.sa_handler = catch};
	sigaction(SIGUSR1, &a, NULL);
	pid_t parent = getpid(), p = fork();
	if (p == 0) {
		for (int i = 0; i < 200; i++) {
			int before = i;
			union sigval v = {.sival_int = before};
			check(sigqueue(parent, SIGRTMIN, v) == 0, "sigqueue");
			openclose("top");
		}
		_exit(0);
	}
	sigaction(SIGRTMIN, &a, NULL);
	int st;
	pid_t r;
	do {
		openclose("sub/file");
		r = waitpid(p, &st, WNOHANG);
	} while (r == 0 || (r < 0 && errno == EINTR) || caught < 200);
	kill(getpid(), SIGUSR1);
	return caught == 201 ? 0 : 97;
}

static int stops(void) {
	enter();
	int gate[2];
	char c = 0;
	check(pipe(gate) == 0, "pipe");
	pid_t p = fork();
	if (p == 0) {
		setpgid(0, 0); // SIGTSTP does not stop an orphaned process group
		raise(SIGSTOP);
		check(read(gate[0], &c, 1) == 1, "gate"); // until the parent has seen it go on
		openclose("top");
		raise(SIGTSTP);
		check(read(gate[0], &c, 1) == 1, "gate");
		openclose("sub/file");
		_exit(7);
	}
	for (int i = 0; i < 2; i++) {
		int st;
		check(waitpid(p, &st, WUNTRACED) == p && WIFSTOPPED(st), "stopped");
		kill(p, SIGCONT);
		check(waitpid(p, &st, WCONTINUED) == p && WIFCONTINUED(st), "continued");
		check(write(gate[1], &c, 1) == 1, "gate");
	}
	int st;
	check(waitpid(p, &st, 0) == p && WEXITSTATUS(st) == 7, "exit");
	return 0;
}

static int daemon_(void) {
	enter();
	int gate[2];
	check(pipe(gate) == 0, "pipe");
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			char c;
			close(gate[1]);
			(void)!read(gate[0], &c, 1); // until the first process is gone
			openclose("top");
			_exit(0);
		}
		_exit(0);
	}
	wait(NULL);
	return 5;
}

static int made(void) {
	enter();
	int fd = open("new", O_CREAT | O_WRONLY | O_EXCL, 0600);
	check(fd >= 0, "create");
	close(fd);
	openclose("new");
	fd = open("new", O_RDONLY);
	check(unlink("new") == 0, "unlink");
	close(fd);
	check(mkdir("newdir", 0700) == 0, "mkdir");
	close(open("newdir/a", O_CREAT | O_WRONLY, 0600));
	check(rename("newdir", "otherdir") == 0, "rename");
	openclose("otherdir/a");
	check(link("otherdir/a", "hard") == 0, "link");
	check(symlink("top", "soft") == 0, "symlink");
	openclose("hard");
	openclose("soft");
	close(open("top", O_RDWR));
	close(open("top", O_WRONLY | O_TRUNC));
	return 0;
}

static int jailed(void) {
	enter();
	check(chroot(".") == 0, "chroot");
	openclose("sub/file");
	openclose("/../top");
	openclose("/abs"); // -> /top
	return 0;
}

static int killed(void) {
	enter();
	for (int i = 0; i < 50; i++) {
		pid_t p = fork();
		if (p == 0)
			for (;;)
				openclose("top");
		kill(p, SIGKILL);
		waitpid(p, NULL, 0);
	}
	raise(SIGKILL);
	return 0;
}

static int copies(void) {
	static char b[65536];
	ssize_t n;
	size_t total = 0;
	while ((n = read(0, b, sizeof b)) > 0) {
		total += n;
		check(write(1, b, n) == n && write(2, b, n) == n, "write");
	}
	return total == 10 << 20 ? 0 : 96;
}

static int looks(void) {
	enter();
	struct stat st;
	check(stat("top", &st) == 0 && access("sub/file", R_OK) == 0, "stat");
	return 0;
}

int main(int argc, char **argv) {
	static const struct { const char *name; int (*run)(void); } cases[] = {
		{"relative", relative}, {"dirfd", dirfd_}, {"edges", edges}, {"forks", forks}, {"spawn", spawn},
		{"threadexec", threadexec}, {"threads", threads}, {"signals", signals}, {"stops", stops}, {"daemon", daemon_},
		{"made", made}, {"jailed", jailed}, {"killed", killed}, {"copies", copies}, {"looks", looks},
	};
	if (argc != 3)
		return 95;
	dir = argv[2];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run();
	return 94;
}
