// Package treefd works in a tree of files by a descriptor of its root. Nothing
// below the root is ever reached through a symbolic link or on another mount,
// whoever else writes there.
package treefd
