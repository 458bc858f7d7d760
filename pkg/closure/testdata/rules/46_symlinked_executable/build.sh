# The executable's $ORIGIN is its real directory, whatever link it is started
# by.
#main links/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath '$ORIGIN/../lib')"
lib lib/liba.so
mkdir -p "$OUT/links/../links"
ln -s ../bin/app "$OUT/links/app"
