#!/bin/sh
# Builds the libraries that the Windows program and its tests link, from Debian's source packages:
#
#     exporter/windows/libraries.sh FOLDER
#
# They end up in FOLDER/include and FOLDER/lib. Sources are fetched by an apt configuration of our
# own, which leaves the machine's lists and sources as they are.
set -eu

host=x86_64-w64-mingw32
mkdir -p "$1"
folder=$(cd "$1" && pwd)
jobs=$(nproc)
cflags='-O2 -g -w'
export APT_CONFIG="$folder/apt/apt.conf"
mkdir -p "$folder/apt/lists/partial" "$folder/include" "$folder/lib" "$folder/source"

# The machine's own Debian, in either form of its list of sources.
write_sources() {
	if [ -f /etc/apt/sources.list.d/debian.sources ]; then
		sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources \
			>"$folder/apt/debian.sources"
		echo "$folder/apt/debian.sources"
	else
		sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$folder/apt/debian.list"
		echo "$folder/apt/debian.list"
	fi
}

configure_apt() {
	sources=$(write_sources)
	cat >"$APT_CONFIG" <<-END
		Dir::Etc::sourcelist "$sources";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::Lists "$folder/apt/lists";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		APT::Sandbox::User "root";
	END
	apt-get -qq update
}

# Mirrors do not always hold the newest version any more, or not yet: then the one before it is
# taken.
fetch() {
	versions=$(apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -rVu)
	for version in $versions; do
		rm -rf "$folder/source/$1" "$folder/source/$1.package"
		mkdir "$folder/source/$1.package"
		(cd "$folder/source/$1.package" &&
			apt-get -qq source --download-only --only-source "$1=$version" &&
			dpkg-source --no-check -x ./*.dsc "../$1") >"$folder/source/$1.log" 2>&1 &&
			return
	done
	echo "cannot fetch the source of Debian's package $1" >>"$folder/source/$1.log"
	return 1
}

# compile NAME 'FLAGS' FILES...: makes lib/libNAME.a
compile() {
	name=$1 flags=$2
	shift 2
	mkdir -p "$folder/objects/$name"
	printf '%s\n' "$@" | xargs -P "$jobs" -I SOURCE sh -c \
		"$host-gcc $cflags $flags -c -o $folder/objects/$name/\$(basename SOURCE).o SOURCE"
	rm -f "$folder/lib/lib$name.a"
	"$host-ar" rcs "$folder/lib/lib$name.a" "$folder/objects/$name"/*.o
}

# What it finds out of the compiler takes a minute, and differs from version to version.
make_libmicrohttpd() (
	cd "$folder/source/libmicrohttpd"
	./configure --host=$host --prefix="$folder" --disable-shared --enable-static \
		--disable-https --disable-doc --disable-examples --disable-curl --disable-tools \
		--disable-dauth --disable-bauth --disable-postprocessor --disable-httpupgrade \
		CFLAGS="$cflags" >"$folder/source/libmicrohttpd.log" 2>&1
	make -j"$jobs" -C src/microhttpd libmicrohttpd.la >>"$folder/source/libmicrohttpd.log" 2>&1
	cp src/microhttpd/.libs/libmicrohttpd.a "$folder/lib/"
	cp src/include/microhttpd.h "$folder/include/"
)

make_libyaml() (
	cd "$folder/source/libyaml"
	compile yaml "-DYAML_DECLARE_STATIC -DYAML_VERSION_STRING='\"\"' -DYAML_VERSION_MAJOR=0 \
		-DYAML_VERSION_MINOR=0 -DYAML_VERSION_PATCH=0 -Iinclude" src/*.c
	cp include/yaml.h "$folder/include/"
)

make_expat() (
	cd "$folder/source/expat/expat/lib" 2>/dev/null || cd "$folder/source/expat/lib"
	: >"$folder/source/expat/expat_config.h"
	compile expat "-DXML_STATIC -DXML_DTD -DXML_NS -DXML_GE=1 -DXML_CONTEXT_BYTES=1024 \
		-DBYTEORDER=1234 -I$folder/source/expat" xmlparse.c xmlrole.c xmltok.c
	cp expat.h expat_external.h "$folder/include/"
)

# Files without pcre2_ in front, and those here, belong to its programs or are included by others.
make_pcre2() (
	cd "$folder/source/pcre2/src"
	cp config.h.generic config.h
	cp pcre2.h.generic pcre2.h
	cp pcre2_chartables.c.dist pcre2_chartables.c
	files=$(ls pcre2_*.c | grep -v -e dftables -e fuzzsupport -e jit_match -e jit_misc \
		-e jit_test -e printint -e ucptables)
	compile pcre2-8 "-DHAVE_CONFIG_H -DPCRE2_CODE_UNIT_WIDTH=8 -DPCRE2_STATIC -DSUPPORT_UNICODE \
		-DSUPPORT_JIT -DHAVE_STDINT_H -DHAVE_INTTYPES_H -I." $files
	cp pcre2.h "$folder/include/"
)

make_libzstd() (
	cd "$folder/source/libzstd/lib"
	compile zstd "-DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0 -DXXH_NAMESPACE=ZSTD_ -I." \
		common/*.c compress/*.c decompress/*.c
	cp zstd.h zstd_errors.h "$folder/include/"
)

make_cmocka() (
	cd "$folder/source/cmocka"
	compile cmocka "-DHAVE_MALLOC_H -DHAVE_INTTYPES_H -DHAVE_STDINT_H -DHAVE_STRING_H \
		-DHAVE_STRUCT_TIMESPEC -DHAVE_IO_H -DHAVE_SETJMP_H -DHAVE_SIGNAL_H -Iinclude" \
		src/cmocka.c
	cp include/*.h "$folder/include/"
)

# What went wrong is in the log of the library at hand.
library=
explain() {
	code=$?
	[ "$code" = 0 ] || [ ! -f "$folder/source/$library.log" ] || {
		tail -n 30 "$folder/source/$library.log"
		echo "cannot build Debian's $library for Windows; all of its log is $folder/source/$library.log"
	} >&2
	exit "$code"
}
trap explain EXIT

cp /usr/include/uthash.h "$folder/include/"
[ -f "$APT_CONFIG" ] || configure_apt
for library in libmicrohttpd libyaml libzstd expat pcre2 cmocka; do
	[ -f "$folder/$library.done" ] && continue
	echo "  LIB  $library"
	fetch "$library"
	"make_$library"
	rm -rf "$folder/source/$library" "$folder/source/$library.package"
	touch "$folder/$library.done"
done
