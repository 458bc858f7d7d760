# An entry whose file has gone is passed over.
#main bin/app
#oracle chroot
#needs root
. "$RULES/lib.sh"
loader
exe bin/app liba.so
lib opt/lib/liba.so
mkdir -p "$OUT/etc"
echo /opt/lib >"$OUT/etc/ld.so.conf"
/sbin/ldconfig -r "$OUT" 2>/dev/null
rm "$OUT/opt/lib/liba.so"
lib usr/lib/liba.so
