#!/bin/sh
# Copies the project's sources into a new folder: those that git knows, or, where there is no git, all but
# what was built.
#
#     exporter/linux/sources.sh FOLDER
set -eu

here=$(dirname "$0")
root=$(realpath "$here/../..")
folder=$(realpath -m "$1")

rm -rf "$folder"
mkdir -p "$folder"
cd "$root"
if [ -e .git ] && revision=$(git rev-parse --short=12 HEAD); then
	echo "$revision" >"$folder/.revision"
	git ls-files -z | tar --null --files-from=- -c
else
	tar --exclude='./build*' --exclude='./etw_exporter*' --exclude='./*.deb' --exclude=__pycache__ -c .
fi | tar -C "$folder" -x
