# Every missing library is reported, each with every place, not only the first.
#main bin/app
#LD_LIBRARY_PATH $OUT/env
. "$RULES/lib.sh"
exe bin/app libgone1.so liba.so "$(rpath "$OUT/lib:$OUT/nodir")"
lib lib/liba.so libgone2.so "$(runpath '$ORIGIN/more')"
mkdir "$OUT/env"
