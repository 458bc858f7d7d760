# A library without any version information is taken, with a warning.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
link two/libv.so -nostdlib -shared -fPIC -Wl,-soname,libv.so "-Wl,--version-script,$RULES/v2.map" "$RULES/f.c"
link one/libv.so -nostdlib -shared -fPIC -Wl,-soname,libv.so "$RULES/f.c"
link bin/app "$RULES/maps.c" "$RULES/callf.c" "-L$OUT/two" -l:libv.so "$(runpath "$OUT/one:$OUT/two")"
