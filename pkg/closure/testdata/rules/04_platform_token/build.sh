# $PLATFORM is AT_PLATFORM; x86-64 loaders up to 2.36 may have another name for
# it, so that every such directory counts.
#main bin/app
#needs amd64 legacy
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(runpath '$ORIGIN/$PLATFORM:$ORIGIN/${PLATFORM}/more')"
for p in x86_64 haswell xeon_phi; do
	lib bin/$p/liba.so
	lib bin/$p/more/libb.so
done
