# An empty or relative element means the working directory.
#main bin/app
#LD_LIBRARY_PATH $OUT/none::sub
#cwd $OUT/work
. "$RULES/lib.sh"
exe bin/app liba.so libb.so
lib work/liba.so
lib work/sub/libb.so
