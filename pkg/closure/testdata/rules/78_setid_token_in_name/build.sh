# In the names that a set-id program needs they are an error.
#main bin/app
#oracle maps-as-nobody
#needs root
. "$RULES/lib.sh"
prog bin/app '$ORIGIN/../lib/liba.so'
lib lib/liba.so
chmod 4755 "$OUT/bin/app"
