# Tokens count in every name, also in one without a slash; where the token
# brings the slash, the name is opened as it is.
#main bin/app
#cwd $OUT
. "$RULES/lib.sh"
exe bin/app 'lib${LIB}.so' "$(runpath "$OUT")"
lib "lib$LIB.so"
