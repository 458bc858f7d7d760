# musl: without that file, /lib, /usr/local/lib and /usr/lib.
#main bin/app
#needs musl
#oracle chroot
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so libc0.so libd.so
lib lib/liba.so
lib usr/local/lib/libb.so
lib usr/lib/libc0.so
