# A version wanted weakly (VER_FLG_WEAK) may be missing: a warning.
#main bin/app
#oracle maps
#patch bin/app 920500000000 920500000200
# That is the hash of "V2" and vna_flags.
. "$RULES/lib.sh"
versioned() { link "$1" -nostdlib -shared -fPIC -Wl,-soname,libv.so "-Wl,--version-script,$RULES/$2.map" "$RULES/f.c"; }
versioned one/libv.so v1
versioned two/libv.so v2
link bin/app -DWEAK "$RULES/maps.c" "$RULES/callf.c" "-L$OUT/two" -l:libv.so "$(runpath "$OUT/one:$OUT/two")"
