# $ORIGIN is the directory of the object that has the search list.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath '$ORIGIN/../lib')"
lib lib/liba.so libb.so "$(runpath '$ORIGIN/deep')"
lib lib/deep/libb.so
