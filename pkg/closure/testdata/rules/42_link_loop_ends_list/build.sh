# A file that cannot be opened for another reason than being absent or
# forbidden, as a loop of links, ends its list, not the search.
#main bin/app
#LD_LIBRARY_PATH $OUT/loop:$OUT/last
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/found")"
mkdir "$OUT/loop"
ln -s liba.so "$OUT/loop/liba.so"
lib last/liba.so
lib found/liba.so
