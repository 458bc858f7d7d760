# With DF_1_NODEFLIB entries inside default directories do not count.
#main bin/app
#oracle chroot
#needs root
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so -Wl,-z,nodefaultlib
lib opt/lib/libb.so
lib "$DEFAULT/liba.so"
mkdir -p "$OUT/etc"
echo /opt/lib >"$OUT/etc/ld.so.conf"
/sbin/ldconfig -r "$OUT" 2>/dev/null
