# Entries of glibc-hwcaps go with the plain one.
#main bin/app
#oracle chroot
#needs amd64 root
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so
lib opt/lib/liba.so
lib opt/lib/glibc-hwcaps/x86-64-v2/liba.so
lib opt/lib/glibc-hwcaps/x86-64-v2/libb.so
mkdir -p "$OUT/etc"
echo /opt/lib >"$OUT/etc/ld.so.conf"
/sbin/ldconfig -r "$OUT" 2>/dev/null
