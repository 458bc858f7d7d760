# musl: DT_RUNPATH is DT_RPATH, and is inherited.
#main bin/app
#needs musl
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath '$ORIGIN/../lib')"
lib lib/liba.so libb.so "$(rpath '${ORIGIN}/deep')"
lib lib/deep/libb.so libc0.so libd.so
lib lib/deep/libc0.so
lib lib/libd.so
