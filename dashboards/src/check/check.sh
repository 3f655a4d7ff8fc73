#!/bin/sh
# Holds dashboards against what Grafana's versions publish of themselves, by what npm has of that:
#
#     dashboards/src/check/check.sh WORK DASHBOARD...
#
# Of each minor version the types; of the first of each major version, and the newest, the library of
# data, too. What npm fetches is some 570 MB; it stays in WORK.
set -eu

here=$(dirname "$0")
work=$1
shift
dashboards=$(realpath "$@")

mkdir -p "$work"
cp "$here"/*.ts "$here"/*.json "$work/"
cd "$work"
if ! cmp -s package-lock.json node_modules/fetched; then
	# Its libraries want others that are not used here.
	npm ci --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json node_modules/fetched
fi
bundle() {
	node_modules/.bin/esbuild "$@" --bundle --log-level=error --define:process.env.NODE_ENV='"production"'
}
failed=0
bundle types.ts --platform=node --packages=external --outfile=types.cjs
# shellcheck disable=SC2086  # the paths that realpath printed have no spaces
node types.cjs $dashboards || failed=1
for library in node_modules/data-*; do
	# The library is a browser's; of that it takes no more than this.
	bundle libraries.ts --platform=browser --format=cjs --external:node:fs --external:node:path \
		--alias:grafana-data="./$library" --outfile=libraries.cjs --banner:js='globalThis.window = globalThis;
Object.defineProperty(globalThis, "navigator", {value: {language: "en-US", languages: ["en-US"]}});'
	# shellcheck disable=SC2086
	GRAFANA=${library#*-} node libraries.cjs $dashboards || failed=1
done
exit $failed
