# The longest identifier counts, and a token nobody knows stays as it is.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so libb.so libc0.so "$(runpath '$ORIGIN/$PLATFORMX:$ORIGIN/$ORIGINAL:$ORIGIN/${LIBS}:$ORIGIN/a$:$ORIGINAL')"
lib 'bin/$PLATFORMX/liba.so'
lib 'bin/$ORIGINAL/libb.so'
lib 'bin/${LIBS}/libc0.so'
