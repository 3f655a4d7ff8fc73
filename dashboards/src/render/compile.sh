#!/bin/sh
# Compiles what draws the dashboards, by what npm has for that, into WORK/render.js and .css:
#
#     dashboards/src/render/compile.sh WORK
#
# What npm fetches is some 400 MB; it stays in WORK.
set -eu

here=$(dirname "$0")
work=$1

mkdir -p "$work"
cp "$here"/*.tsx "$here"/*.cjs "$here"/*.json "$work/"
cd "$work"
if ! cmp -s package-lock.json node_modules/fetched; then
	# Its libraries want others that are not used here.
	npm ci --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json node_modules/fetched
fi
node_modules/.bin/esbuild render.tsx --bundle --minify --outfile=render.js --log-level=error \
	--loader:.svg=dataurl --loader:.ttf=empty --alias:react-custom-scrollbars-2=./scrollbars.cjs \
	--define:process.env.NODE_ENV='"production"'
