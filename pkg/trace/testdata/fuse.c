// Serves a file system at DIR/sub to a child and opens DIR/top for each lookup,
// as file systems that show another directory do: fuse DIR
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int dev;

static void answer(const struct fuse_in_header *in, int error, const void *body, size_t size) {
	struct fuse_out_header out = {sizeof out + size, -error, in->unique};
	struct iovec v[] = {{&out, sizeof out}, {(void *)body, size}};
	(void)!writev(dev, v, 2);
}

static struct fuse_attr attributes(uint64_t node) {
	struct fuse_attr a = {.ino = node, .nlink = 1, .mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644};
	return a;
}

static void serve(const struct fuse_in_header *in, const void *body) {
	switch (in->opcode) {
	case FUSE_INIT: {
		const struct fuse_init_in *i = body;
		struct fuse_init_out o = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
		o.max_readahead = i->max_readahead;
		answer(in, 0, &o, sizeof o);
		return;
	}
	case FUSE_LOOKUP: {
		struct fuse_entry_out o = {.nodeid = 2, .attr = attributes(2)};
		close(open("top", O_RDONLY));
		answer(in, strcmp(body, "served") ? ENOENT : 0, &o, strcmp(body, "served") ? 0 : sizeof o);
		return;
	}
	case FUSE_GETATTR: {
		struct fuse_attr_out o = {.attr = attributes(in->nodeid)};
		answer(in, 0, &o, sizeof o);
		return;
	}
	case FUSE_OPEN: {
		struct fuse_open_out o = {.fh = 1};
		answer(in, 0, &o, sizeof o);
		return;
	}
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(in, 0, NULL, 0);
		return;
	}
	answer(in, ENOSYS, NULL, 0);
}

int main(int argc, char **argv) {
	char options[128];
	static char buffer[1 << 17];
	ssize_t n;
	int st;
	if (argc != 2 || chdir(argv[1]))
		return 90;
	if ((dev = open("/dev/fuse", O_RDWR)) < 0)
		return 3;
	sprintf(options, "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
	if (mount("none", "sub", "fuse", 0, options))
		return 3;
	if (fork() == 0) {
		close(dev);
		int direct = open("sub/served", O_RDONLY), linked = open("link/served", O_RDONLY), none = open("sub/none", O_RDONLY);
		_exit(umount2("sub", MNT_DETACH) || direct < 0 || linked < 0 || none >= 0);
	}
	while ((n = read(dev, buffer, sizeof buffer)) > 0)
		serve((void *)buffer, buffer + sizeof(struct fuse_in_header));
	wait(&st);
	return st ? 91 : 0;
}
