# musl: where the loader is missing, the reserved names are not searched.
#main bin/app
#needs musl
#root
#oracle none: the kernel cannot start it
. "$RULES/lib.sh"
exe bin/app libc.so libm.so liba.so "$(rpath /lib)"
lib lib/liba.so
lib lib/libm.so
