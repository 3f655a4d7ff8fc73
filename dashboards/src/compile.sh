#!/bin/sh
# Compiles the dashboards, by what npm has for that:
#
#     dashboards/src/compile.sh WORK FOLDER
#
# WORK is for what npm fetches, and stays; the dashboards are written into FOLDER. Exit code 3: there
# is no npm, or nowhere to fetch from.
set -eu

here=$(dirname "$0")
work=$1
folder=$(realpath "$2")

command -v npm >/dev/null || { echo "There is no npm: it is Debian's package of that name." >&2; exit 3; }
mkdir -p "$work"
rm -rf "$work"/*.ts "$work/compiled"
cp "$here"/*.ts "$here"/*.json "$work/"
cd "$work"
# What was fetched last is that of the same list.
if ! cmp -s package-lock.json node_modules/fetched; then
	npm ci --no-audit --no-fund --loglevel=error >npm.log 2>&1 ||
		{ echo "npm could not fetch what compiles the dashboards:" >&2; cat npm.log >&2; exit 3; }
	cp package-lock.json node_modules/fetched
fi
node_modules/.bin/tsc
node compiled/main.js "$folder"
