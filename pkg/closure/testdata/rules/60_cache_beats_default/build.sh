# An entry of ld.so.cache wins over the default directories.
#main bin/app
#oracle chroot
#needs root
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so
lib opt/lib/liba.so
lib "$DEFAULT/liba.so"
lib usr/lib/libb.so
mkdir -p "$OUT/etc"
echo /opt/lib >"$OUT/etc/ld.so.conf"
/sbin/ldconfig -r "$OUT" 2>/dev/null
