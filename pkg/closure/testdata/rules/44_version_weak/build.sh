# A weak version may be missing: a warning.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
versioned() { link "$1" -nostdlib -shared -fPIC -Wl,-soname,libv.so "-Wl,--version-script,$RULES/$2.map" "$RULES/f.c"; }
versioned one/libv.so v1
versioned two/libv.so v2
link bin/app -DWEAK "$RULES/maps.c" "$RULES/callf.c" "-L$OUT/two" -l:libv.so "$(runpath "$OUT/one:$OUT/two")"
