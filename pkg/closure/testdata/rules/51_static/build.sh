# A static program loads nothing.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app -static
