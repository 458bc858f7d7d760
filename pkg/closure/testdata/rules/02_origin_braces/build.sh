# ${ORIGIN} is $ORIGIN.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath '${ORIGIN}/../lib')"
lib lib/liba.so
