# So it does in DT_RUNPATH; slashes at an element's end do not count.
#main bin/app
#cwd $OUT/work
. "$RULES/lib.sh"
exe bin/app liba.so libb.so libc0.so "$(runpath "sub:$OUT/lib//::..")"
lib work/sub/liba.so
lib work/libb.so
lib lib/libc0.so
