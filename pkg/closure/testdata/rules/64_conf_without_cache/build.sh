# A root with an ld.so.conf but no cache: its directories come last, with a
# warning, because somebody is going to run ldconfig.
#main bin/app
#oracle none: the loader itself does not read ld.so.conf
#root
. "$RULES/lib.sh"
loader
exe bin/app liba.so libb.so
lib opt/lib/liba.so
lib opt/lib/libb.so
lib usr/lib/libb.so
mkdir -p "$OUT/etc/ld.so.conf.d"
echo 'include ld.so.conf.d/*.conf' >"$OUT/etc/ld.so.conf"
echo /opt/lib >"$OUT/etc/ld.so.conf.d/opt.conf"
