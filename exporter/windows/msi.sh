#!/bin/sh
# Makes the package for Windows Installer:
#
#     exporter/windows/msi.sh PROGRAM VERSION LICENCES SCHEMAS FOLDER PACKAGE
#
# LICENCES is the folder of those of the libraries, SCHEMAS that of those for editors, FOLDER is for what
# the package is made of. wixl makes most of it; what that does not know is put right in
# the package's tables.
set -eu

here=$(dirname "$0")
root=$here/../..
program=$1 version=$2 licences=$3 schemas=$4 folder=$5 package=$6

rm -rf "$folder"
mkdir -p "$folder"

# add_files NAME FOLDER ENDING: what is in a folder, for the component of that name, but for Linux.
add_files() {
	mkdir -p "$folder/$1"
	cp "$2"/*."$3" "$folder/$1/"
	rm -f "$folder/$1"/linux*."$3"
	{
		echo '<Include>'
		for file in "$folder/$1"/*."$3"; do
			name=$(basename "$file")
			echo "<File Id=\"$1.$(echo "$name" | tr - _)\" Name=\"$name\" Source=\"$1/$name\"/>"
		done
		echo '</Include>'
	} >"$folder/$1.wxi"
}

cp "$program" "$folder/etw_exporter.exe"
cp "$here/etw_exporter.wxs" "$here/etw_exporter.yml" "$folder/"
"$root/exporter/docs/readme.sh" >"$folder/README.md"
cp "$root/LICENSE" "$folder/LICENSE.txt"
add_files packs "$root/config/packs" yml
add_files examples "$root/config/examples" yml
add_files licences "$licences" txt
add_files schemas "$schemas" json

(cd "$folder" && wixl --arch x64 -D Version="$version" -o package.msi etw_exporter.wxs) \
	2>"$folder/wixl.log" || { cat "$folder/wixl.log" >&2; exit 1; }

change() { msibuild "$folder/package.msi" -q "$1"; }

# 64-bit, never overwritten, permanent.
change "UPDATE Component SET Attributes=400 WHERE Component='configuration'"
# The version's own maximum is within the range, so that another build of it replaces it, too.
msiinfo export "$folder/package.msi" Upgrade | sed '/OLDER_FOUND/s/\t256\t/\t768\t/' >"$folder/Upgrade.idt"
msibuild "$folder/package.msi" -i "$folder/Upgrade.idt"
# Programs of 64 bits have a registry of their own.
change "UPDATE RegLocator SET Type=18 WHERE Type=2"
# What an administrator gives is to reach the part that runs with the system's rights.
given='LISTEN_ADDR;LISTEN_PORT;EXTRA_FLAGS;SERVICE_ACCOUNT'
saved='SAVED_LISTEN_ADDR;SAVED_LISTEN_PORT;SAVED_EXTRA_FLAGS;SAVED_SERVICE_ACCOUNT'
found='OLDER_FOUND;NEWER_FOUND'
change "UPDATE Property SET Value='$found;$given;$saved' WHERE Property='SecureCustomProperties'"
# Between StopServices and DeleteServices, InstallServices and StartServices.
change "UPDATE InstallExecuteSequence SET Sequence=1950 WHERE Action='Unconfigure'"
change "UPDATE InstallExecuteSequence SET Sequence=5850 WHERE Action='Configure'"
# Properties are set here and now.
for action in KeepListenAddr KeepListenPort KeepExtraFlags KeepAccount DefaultListenPort \
	DefaultAccount; do
	change "UPDATE CustomAction SET Type=51 WHERE Action='$action'"
done
mv "$folder/package.msi" "$package"
