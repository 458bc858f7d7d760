# A position-independent executable is no library.
#main bin/app
. "$RULES/lib.sh"
exe bin/app libtool "$(runpath "$OUT/one:$OUT/two")"
exe one/libtool -pie
lib two/libtool
