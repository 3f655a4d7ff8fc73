#!/bin/sh
# Prints README.md and the documents beside this file as one text, whose links stay within, for
# packages that have no such folders, nor pictures.
set -eu

cd "$(dirname "$0")/../.."
{
	cat README.md
	for document in serving rules linux windows baselines; do
		echo
		sed 1,2d "exporter/docs/$document.md"
	done
} | sed -e '/^!\[/,/^$/d' -e 's!](\([a-z./]*/\)\{0,1\}\(README\|serving\|rules\|linux\|windows\|baselines\)\.md#!](#!g' \
	-e 's!](\.\./\.\./!](!g'
