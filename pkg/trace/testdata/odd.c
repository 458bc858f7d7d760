// Rare ways to open, execute and confine: odd CASE DIR
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *dir;

static void check(int ok, const char *what) {
	if (ok)
		return;
	perror(what);
	exit(99);
}

static void openclose(const char *name) {
	int fd = open(name, O_RDONLY);
	check(fd >= 0, name);
	close(fd);
}

// Executes /bin/cat by descriptor.
static int fexec(void) {
	char *argv[] = {"cat", "top", NULL}, *env[] = {NULL};
	int fd = open("/bin/cat", O_PATH | O_CLOEXEC);
	syscall(SYS_execveat, fd, "", argv, env, AT_EMPTY_PATH);
	return 99;
}

// Executes a copy of /bin/cat that has no name.
static int memfd(void) {
	char *argv[] = {"cat", "top", NULL}, *env[] = {NULL}, b[65536];
	int from = open("/bin/cat", O_RDONLY), to = memfd_create("nameless", MFD_CLOEXEC);
	ssize_t n;
	while ((n = read(from, b, sizeof b)) > 0)
		check(write(to, b, n) == n, "write");
	fexecve(to, argv, env);
	return 99;
}

static int handle(void) {
	struct { struct file_handle h; char space[128]; } u = {.h.handle_bytes = 128};
	int mount;
	check(name_to_handle_at(AT_FDCWD, "top", &u.h, &mount, 0) == 0, "name_to_handle_at");
	int at = open(".", O_RDONLY);
	check(open_by_handle_at(at, &u.h, O_RDONLY) >= 0, "open_by_handle_at");
	return 0;
}

// What io_uring_setup(2) fails with; EFAULT is the kernel's own answer to NULL.
static int uring(void) {
	check(syscall(425, 8, NULL) < 0, "io_uring_setup");
	openclose("top");
	return errno == EFAULT ? 1 : errno == ENOSYS ? 2 : 99;
}

static struct sock_filter program[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static int install(unsigned flags) {
	struct sock_fprog p = {sizeof program / sizeof *program, program};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p);
}

static pthread_barrier_t both;

static void *other(void *x) {
	pthread_barrier_wait(&both);
	pthread_barrier_wait(&both); // the filter is there
	openclose("sub/file");
	return x;
}

static int filtered(unsigned flags) {
	pthread_t t;
	pthread_barrier_init(&both, NULL, 2);
	check(pthread_create(&t, NULL, other, NULL) == 0, "thread");
	pthread_barrier_wait(&both);
	check(install(flags) == 0, "seccomp");
	pthread_barrier_wait(&both);
	pthread_join(t, NULL);
	check(syscall(SYS_ptrace, 0, 0, 0, 0) < 0 && errno == EPERM, "ptrace");
	openclose("top");
	return 0;
}

static int filter(void) { return filtered(0); }
static int tsync(void) { return filtered(SECCOMP_FILTER_FLAG_TSYNC); }

static int listener(void) {
	int fd = install(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	int busy = fd < 0 && errno == EBUSY;
	openclose("top");
	return fd >= 0 ? 0 : busy ? 16 : 99;
}

// A background process that changes the terminal is stopped, as in a shell with
// job control.
static int tty(void) {
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	check(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "pty");
	pid_t session = fork();
	if (session == 0) {
		check(setsid() > 0, "setsid");
		int fd = open(ptsname(master), O_RDWR);
		check(fd >= 0, "terminal");
		pid_t job = fork();
		if (job == 0) {
			struct termios t;
			setpgid(0, 0);
			check(tcgetattr(fd, &t) == 0 && tcsetattr(fd, TCSANOW, &t) == 0, "termios");
			openclose("top");
			_exit(7);
		}
		setpgid(job, job);
		int st;
		check(waitpid(job, &st, WUNTRACED) == job && WIFSTOPPED(st) && WSTOPSIG(st) == SIGTTOU, "SIGTTOU");
		check(tcsetpgrp(fd, job) == 0, "tcsetpgrp");
		kill(job, SIGCONT);
		check(waitpid(job, &st, 0) == job && WEXITSTATUS(st) == 7, "job");
		_exit(0);
	}
	int st;
	check(waitpid(session, &st, 0) == session && st == 0, "session");
	return 0;
}

static int clones(void) {
	struct clone_args a = {.exit_signal = SIGCHLD};
	pid_t p = syscall(SYS_clone3, &a, sizeof a);
	if (p == 0) {
		openclose("top");
		_exit(0);
	}
	int st;
	check(p > 0 && waitpid(p, &st, 0) == p && st == 0, "clone3");
	return 0;
}

// Hides DIR/sub behind another file system, for itself only. All else stays what
// it is for others.
static int hides(void) {
	check(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "unshare");
	check(mount("none", "sub", "tmpfs", 0, NULL) == 0, "mount");
	close(open("sub/file", O_CREAT | O_WRONLY, 0600));
	openclose("sub/file");
	openclose("top");
	close(open("made", O_CREAT | O_WRONLY, 0600));
	return unlink("made");
}

static int bindto(int family, const void *address, size_t length) {
	int fd = socket(family, SOCK_STREAM, 0);
	check(fd >= 0, "socket");
	return bind(fd, address, length);
}

// Sockets with a name, and without.
static int sockets(void) {
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "sub/socket!"};
	struct sockaddr_in in = {.sin_family = AF_INET};
	size_t length = offsetof(struct sockaddr_un, sun_path) + strlen("sub/socket");
	check(bindto(AF_UNIX, &un, length) == 0, "bind"); // the name ends with the address
	check(bindto(AF_UNIX, &un, length) == -1 && errno == EADDRINUSE, "bind again");
	memcpy(un.sun_path, "\0hidden", 7);
	check(bindto(AF_UNIX, &un, sizeof un) == 0, "bind an abstract name");
	check(bindto(AF_UNIX, &un, sizeof un.sun_family) == 0, "bind no name");
	check(bindto(AF_INET, &in, sizeof in) == 0, "bind a port");
	check(bindto(AF_UNIX, NULL, sizeof un) == -1 && errno == EFAULT, "bind nothing");
	return unlink("sub/socket");
}

static int identity(void) {
	openclose("top");
	return geteuid() == 0 ? 0 : 1;
}

#ifdef __x86_64__
// An i386 system call of a 64-bit program.
static int int80(void) {
	char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long r;
	strcpy(name, "top");
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(5), "b"(name), "c"(0), "d"(0) : "memory");
	errno = -r;
	check(r >= 0, "int 0x80");
	return 0;
}
#endif

int main(int argc, char **argv) {
	static const struct { const char *name; int (*run)(void); } cases[] = {
		{"fexec", fexec}, {"memfd", memfd}, {"handle", handle}, {"uring", uring}, {"filter", filter}, {"tsync", tsync},
		{"listener", listener}, {"tty", tty}, {"clones", clones}, {"hides", hides}, {"identity", identity},
		{"sockets", sockets},
#ifdef __x86_64__
		{"int80", int80},
#endif
	};
	if (argc != 3)
		return 95;
	dir = argv[2];
	check(chdir(dir) == 0, "chdir");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run();
	return 94;
}
