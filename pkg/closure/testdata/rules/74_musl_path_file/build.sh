# musl: /etc/ld-musl-ARCH.path replaces the default directories.
#main bin/app
#needs musl
#oracle chroot
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so libc0.so
mkdir "$OUT/etc"
printf '/opt/one\n/opt/two:/opt/three' >"$OUT/etc/$(basename "$INTERP" .so.1).path"
lib opt/one/liba.so
lib opt/three/libb.so
lib lib/libc0.so
