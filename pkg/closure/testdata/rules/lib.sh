# Sourced by every build.sh. OUT is the directory to fill, RULES the one of
# this file, CC a compiler, STUBS a scratch directory.

# stub SONAME makes an empty library that the linker may be given in the place
# of the real one, and prints its path.
stub() {
	f=$STUBS/$(printf %s "$1" | tr / _)
	[ -e "$f" ] || $CC -nostdlib -shared -o "$f" "-Wl,-soname,$1" "$RULES/empty.c"
	printf %s "$f"
}

# link FILE OPTION|NEEDED... links FILE. Words that begin with - or end in .c
# go to the compiler, the others are DT_NEEDED entries in order.
link() {
	out=$OUT/$1
	shift
	mkdir -p "$(dirname "$out")"
	words=
	for w; do
		case $w in
		-* | *.c) words="$words $w" ;;
		*) words="$words $(stub "$w")" ;;
		esac
	done
	# shellcheck disable=SC2086 # the words are words
	$CC -o "$out" -Wl,--no-as-needed,--allow-shlib-undefined $words
}

# lib FILE OPTION|NEEDED... links a shared library whose DT_SONAME is its name.
lib() {
	f=$1
	shift
	link "$f" "-Wl,-soname,${f##*/}" -nostdlib -shared -fPIC "$RULES/empty.c" "$@"
}

# anon is lib without a DT_SONAME.
anon() {
	f=$1
	shift
	link "$f" -nostdlib -shared -fPIC "$RULES/empty.c" "$@"
}

# exe FILE OPTION|NEEDED... links an executable that has an interpreter but
# does nothing: enough for a loader that is asked what it would load.
exe() {
	f=$1
	shift
	link "$f" -nostdlib "$RULES/start.c" "$@"
}

# prog FILE OPTION|NEEDED... links an executable that prints /proc/self/maps.
prog() {
	f=$1
	shift
	link "$f" "$RULES/maps.c" "$@"
}

rpath() { printf %s "-Wl,--disable-new-dtags,-rpath,$1"; }
runpath() { printf %s "-Wl,--enable-new-dtags,-rpath,$1"; }

# loader copies the machine's loader to where the executable FILE of the root
# OUT expects it.
loader() {
	mkdir -p "$OUT${INTERP%/*}"
	cp -L "$INTERP" "$OUT$INTERP"
}
