# LD_LIBRARY_PATH is separated by ":" and ";", and expands tokens as if the
# executable had it.
#main bin/app
#LD_LIBRARY_PATH $OUT/one;$OUT/two/:$ORIGIN/three
. "$RULES/lib.sh"
exe bin/app liba.so libb.so libc0.so
lib one/liba.so
lib two/libb.so
lib bin/three/libc0.so
