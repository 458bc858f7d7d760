# A set-id program expands $ORIGIN where that leads below a default directory.
#main lib/app
#oracle none: needs /proc and a set-id start inside the root
#root
. "$RULES/lib.sh"
loader
exe lib/app liba.so "$(runpath '$ORIGIN/own')"
lib lib/own/liba.so
chmod 4755 "$OUT/lib/app"
