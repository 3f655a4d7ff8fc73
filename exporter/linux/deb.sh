#!/bin/sh
# Makes the package for Debian, by dpkg-buildpackage, of this system's suite; its date is
# SOURCE_DATE_EPOCH's:
#
#     exporter/linux/deb.sh VERSION FOLDER 'BUILD_PACKAGE...'
#
# It is put into the folder that this is called in; FOLDER is for what it is made of.
set -eu

here=$(dirname "$0")
version=$1 folder=$2 packages=$3
sources=$folder/etw-exporter-$version

rm -rf "$folder"
"$here/sources.sh" "$sources"
mv "$sources/exporter/linux/debian" "$sources/debian"
sed -i "s/@BUILD_PACKAGES@/$(echo $packages | sed 's/ /, /g')/" "$sources/debian/control"
sed -i -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date -u -R -d @"$SOURCE_DATE_EPOCH")/" \
	"$sources/debian/changelog"

# Files keep their dates in the package.
find "$sources" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

# What this was started with is not the package's.
(cd "$sources" && env -i PATH="$PATH" HOME="$HOME" LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
	DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-}" \
	dpkg-buildpackage -us -uc -b -J"$(nproc)") >"$folder/log" 2>&1 ||
	{ tail -n 60 "$folder/log" >&2; exit 1; }
cp "$folder/etw-exporter_$version"_*.deb .
