# Nor does a static PIE, which has a dynamic section.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app -static-pie
