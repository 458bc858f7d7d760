# In a root, an absolute link leads to the root's own file.
#main bin/app
#oracle chroot
. "$RULES/lib.sh"
loader
exe bin/app liba.so "$(runpath /lib/links)"
lib opt/liba.so
mkdir -p "$OUT/lib/links"
ln -s /opt/liba.so "$OUT/lib/links/liba.so"
