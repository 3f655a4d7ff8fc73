#!/bin/sh
# Builds the libraries that the Windows program and its tests link, from Debian's source packages:
#
#     exporter/windows/libraries.sh FOLDER [tls] [tests]
#
# They end up in FOLDER/include and FOLDER/lib, their licences in FOLDER/licences; with `tls` there is
# GnuTLS, too, and libmicrohttpd has it; with `tests` what only these need. Sources are fetched by an apt configuration of our own, which
# leaves the machine's lists and sources as they are. Apt takes only files that have the hashes of
# the lists, and only lists that the distribution has signed.
#
# FOLDER/NAME.done says by what a library was made; where that has changed it is made anew.
set -eu

host=x86_64-w64-mingw32
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
tls='' tests=''
for word; do
	case $word in
	tls) tls=tls ;;
	tests) tests=tests ;;
	*) echo "what is $word? tls or tests" >&2 && exit 2 ;;
	esac
done
jobs=$(nproc)
cflags='-O2 -g -w'
export APT_CONFIG="$folder/apt/apt.conf"
mkdir -p "$folder/apt/lists/partial" "$folder/include" "$folder/lib" "$folder/licences" \
	"$folder/source"

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
}

# Debian's patches make sources newer than what was made of them, which is not to be made again.
even_times() {
	find "$1" -type f -exec touch -d @0 {} +
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
			grep -qx "Version: $version" ./*.dsc &&
			dpkg-source --no-check -x ./*.dsc "../$1") >"$folder/source/$1.log" 2>&1 &&
			even_times "$folder/source/$1" && return
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

# configure NAME FLAGS...: what a library finds out of the compiler takes a minute or more, and
# differs from version to version.
configure() {
	log="$folder/source/$1.log"
	cd "$folder/source/$1"
	shift
	PKG_CONFIG_LIBDIR="$folder/lib/pkgconfig" ./configure --host=$host --prefix="$folder" \
		--disable-shared --enable-static "$@" CFLAGS="$cflags" CPPFLAGS="-I$folder/include" \
		LDFLAGS="-L$folder/lib" >>"$log" 2>&1
}

# Its documentation is asked for, but not in Debian's source.
make_gmp() (
	mkdir -p "$folder/source/gmp/doc"
	: >"$folder/source/gmp/doc/Makefile.in"
	configure gmp
	make -j"$jobs" SUBDIRS='mpn mpz mpq mpf printf scanf rand' install >>"$log" 2>&1
)

make_nettle() (
	configure nettle --libdir="$folder/lib" --disable-documentation --disable-openssl
	make -j"$jobs" install-headers install-static install-pkgconfig >>"$log" 2>&1
)

# Of what it can do, what a server of HTTPS takes. Debian 12 has patched in files that automake would
# have to be told of once more.
make_gnutls28() (
	grep -q gl_linkedhash_list "$folder/source/gnutls28/gl/Makefile.in" ||
		sed -i 's/^am_libgnu_la_OBJECTS = /&gl_list.lo gl_linkedhash_list.lo /' \
			"$folder/source/gnutls28/gl/Makefile.in"
	configure gnutls28 --disable-doc --disable-tools --disable-tests --disable-cxx --disable-nls \
		--disable-guile --disable-libdane --disable-srp-authentication \
		--disable-heartbeat-support --disable-dtls-srtp-support --disable-openssl-compatibility \
		--without-p11-kit --without-idn --without-unbound --without-tpm --without-tpm2 \
		--without-zlib --without-brotli --without-zstd --with-included-libtasn1 \
		--with-included-unistring
	make -j"$jobs" install >>"$log" 2>&1
	sed -i 's/__declspec(dllimport)//' "$folder/include/gnutls/gnutls.h"
)

make_libmicrohttpd() (
	https=--disable-https
	if [ "$tls" ]; then
		https=--enable-https
		export GNUTLS_CFLAGS="-I$folder/include"
		export GNUTLS_LIBS="-lgnutls -lhogweed -lnettle -lgmp -lcrypt32 -lncrypt -lbcrypt \
			-lws2_32 -lpthread"
		# It would be this system's.
		export ac_cv_path_LIBGCRYPT_CONFIG=no
	fi
	configure libmicrohttpd $https --disable-doc --disable-examples --disable-curl \
		--disable-tools --disable-dauth --disable-bauth --disable-postprocessor \
		--disable-httpupgrade
	make -j"$jobs" -C src/microhttpd libmicrohttpd.la >>"$log" 2>&1
	cp src/microhttpd/.libs/libmicrohttpd.a "$folder/lib/"
	cp src/include/microhttpd.h "$folder/include/"
)

# Of libxcrypt bcrypt alone, which tests itself each time that it is used. Debian makes its account of
# copyright when it builds the package.
make_libxcrypt() (
	cd "$folder/source/libxcrypt/lib"
	{
		cat ../LICENSING
		sed '/\*\//q' crypt-bcrypt.c
	} >../debian/copyright
	printf '#define HAVE_MAX_ALIGN_T 1\n#define ENDIANNESS_IS_LITTLE 1\n' >config.h
	echo '#define INCLUDE_bcrypt 1' >crypt-hashes.h
	sed 's/@[A-Z_]*@//' crypt.h.in >crypt.h
	compile xcrypt "-DHAVE_CONFIG_H -I." crypt-bcrypt.c
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

make_libdeflate() (
	cd "$folder/source/libdeflate"
	compile deflate "-I." lib/*.c lib/x86/*.c
	cp libdeflate.h "$folder/include/"
)

make_libzstd() (
	cd "$folder/source/libzstd/lib"
	compile zstd "-DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0 -DXXH_NAMESPACE=ZSTD_ -I." \
		common/*.c compress/*.c decompress/*.c
	cp zstd.h zstd_errors.h "$folder/include/"
)

# The program has functions of these names, too.
make_jansson() (
	cd "$folder/source/jansson"
	sed 's/@json_inline@/inline/; s/@json_have_[a-z_]*@/1/' src/jansson_config.h.in \
		>src/jansson_config.h
	: >src/jansson_private_config.h
	compile jansson "-DHAVE_STDINT_H -DHAVE_LOCALE_H -DHAVE_LOCALECONV -DHAVE_ATOMIC_BUILTINS \
		-DUSE_WINDOWS_CRYPTOAPI -DINITIAL_HASHTABLE_ORDER=3 \
		-Djson_string=jansson_string -Dutf8_encode=jansson_utf8_encode -Isrc" src/*.c
	cp src/jansson.h src/jansson_config.h "$folder/include/"
)

make_cmocka() (
	cd "$folder/source/cmocka"
	compile cmocka "-DHAVE_MALLOC_H -DHAVE_INTTYPES_H -DHAVE_STDINT_H -DHAVE_STRING_H \
		-DHAVE_STRUCT_TIMESPEC -DHAVE_IO_H -DHAVE_SETJMP_H -DHAVE_SIGNAL_H -Iinclude" \
		src/cmocka.c
	cp include/*.h "$folder/include/"
)

# The package's account of who has the copyright, and by which licence; the program has no cmocka.
keep_licence() {
	[ "$1" = cmocka ] || cp "$folder/source/$1/debian/copyright" "$folder/licences/$1.txt"
}

# Of what Debian has built for Windows; and the texts that the accounts find in Debian's own place.
keep_other_licences() {
	for package in mingw-w64-x86-64-dev gcc-mingw-w64-base uthash-dev; do
		cp "/usr/share/doc/$package/copyright" "$folder/licences/$package.txt"
	done
	grep -oh '/usr/share/common-licenses/[A-Za-z]*-[0-9.]*[0-9]' "$folder"/licences/*.txt |
		sort -u | while read -r text; do
		cp "$text" "$folder/licences/$(basename "$text").txt"
	done
}

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

# made_by NAME: what it is to be made by: the functions here that make it, and the compiler.
compiler=$($host-gcc --version | head -n 1)
made_by() {
	echo "$tls $compiler $cflags"
	sed -n "/^configure()/,/^}/p; /^compile()/,/^}/p; /^make_$1()/,/^)/p" "$script" | sha256sum
}
is_made() {
	[ -f "$folder/$1.done" ] && [ "$(cat "$folder/$1.done")" = "$(made_by "$1")" ]
}

is_listed=
update_lists() {
	configure_apt
	apt-get -qq update || {
		echo "cannot fetch the lists of Debian's source packages" >&2
		exit 1
	}
	is_listed=yes
}

cp /usr/include/uthash.h "$folder/include/"
for library in ${tls:+gmp nettle gnutls28} libmicrohttpd libxcrypt libyaml libdeflate libzstd expat pcre2 jansson ${tests:+cmocka}; do
	is_made "$library" && continue
	rm -f "$folder/$library.done"
	echo "  LIB  $library"
	[ "$is_listed" ] || update_lists
	fetch "$library"
	"make_$library"
	keep_licence "$library"
	rm -rf "$folder/source/$library" "$folder/source/$library.package"
	made_by "$library" >"$folder/$library.done"
done
library=
keep_other_licences
