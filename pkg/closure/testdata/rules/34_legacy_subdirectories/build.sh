# Loaders up to 2.36 search tls/x86_64/, tls/ and x86_64/ first.
#main bin/app
#needs amd64 legacy
. "$RULES/lib.sh"
exe bin/app liba.so libb.so libc0.so libd.so "$(runpath "$OUT/lib")"
for l in liba libb libc0 libd; do lib lib/$l.so; done
lib lib/tls/x86_64/liba.so
lib lib/tls/liba.so
lib lib/tls/libb.so
lib lib/x86_64/libb.so
lib lib/x86_64/libc0.so
