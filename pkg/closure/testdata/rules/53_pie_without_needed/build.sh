# A PIE that needs no library still needs its interpreter.
#main bin/app
. "$RULES/lib.sh"
exe bin/app -pie
