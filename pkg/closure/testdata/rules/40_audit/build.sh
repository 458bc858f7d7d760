# DT_AUDIT and DT_DEPAUDIT of the executable are loaded, those of a library are
# not; a missing one is a message.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "$OUT/lib")" "-Wl,--audit,$OUT/audit/liblook.so:libnone.so" "-Wl,--depaudit,$OUT/audit/libdep.so"
lib lib/liba.so -Wl,--audit,$OUT/audit/libnever.so
for a in look dep never; do
	link audit/lib$a.so -shared -fPIC -Wl,-soname,lib$a.so "$RULES/audit.c"
done
