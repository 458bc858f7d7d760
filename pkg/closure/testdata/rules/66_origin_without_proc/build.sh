# Where /proc is not mounted the executable's $ORIGIN is not known; a library's
# is.
#main opt/bin/app
#oracle chroot
#noproc
. "$RULES/lib.sh"
loader
exe opt/bin/app liba.so "$(runpath '$ORIGIN/../lib:/opt/second')"
lib opt/lib/liba.so
lib opt/second/liba.so libb.so "$(runpath '$ORIGIN/more')"
lib opt/second/more/libb.so
