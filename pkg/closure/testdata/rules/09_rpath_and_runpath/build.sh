# DT_RPATH beside DT_RUNPATH in the same object is dropped.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/new")"
# The entry of the dynamic section that is DT_DEBUG becomes DT_RPATH with the
# offset that DT_RUNPATH has.
lib new/liba.so libb.so "$(runpath "$OUT/second")"
lib second/libb.so libc0.so
lib new/libc0.so
