# etw_exporter: trace sessions to Prometheus metrics.
#
#   make run       install what the build needs, build, serve the demo
#   make run-live  the same with what this Linux machine does: scheduler, system calls, block I/O
#   make demo      the demo, and a Prometheus with the rules that scrapes it; says what to open
#   make test      install what the tests need, build and run all of them
#   make test-browser     install a browser and run the status page's tests in it
#   make           build ./etw_exporter with what is installed
#   make check SANITIZE=address,undefined     the tests, under sanitizers (or thread)
#   make lint      formatting, static analysis, the include rule between folders
#   make bench     throughput, memory, scrape time, and what clients cost counting
#   make bench-live    live sessions of Linux beside bpftrace, perf and trace-cmd, as root;
#                  SECONDS of the long run, ARGS=--help
#   make bench-etw     live sessions of Windows, against the model: the callback, the whole path
#   make soak-live     a thousand starts and stops of a live session, as root (some minutes)
#   make soak-http     loads of many clients while events are counted, SECONDS each
#   make rules     writes the files of rules in dashboards/, of dashboards/mixin
#   make damage    the long damage test (half an hour); make fuzz: the fuzzers, SECONDS each
#   make dashboards    compiles dashboards/etw-*.json of dashboards/src, by what npm has for that
#   make test-dashboards   holds them against what Grafana 10 to 13 publish of themselves in npm
#   make screenshots   draws them with Grafana's own libraries into dashboards/screenshots
#   make install   PREFIX=/usr/local DESTDIR=; make install-service: what systemd runs
#   make deb       a package for Debian, with the service; make tarball: the sources as one file
#   make test-deb  that package's tests, in a container with systemd, as root
#
#   make windows       etw_exporter.exe, by mingw-w64: see exporter/windows/windows.mk; TLS=0
#                      without GnuTLS
#   make test-windows  its tests, under wine
#   make lint-windows  static analysis of what only Windows has
#   make zip           the program for Windows with all that belongs to it
#   make msi           a package for Windows Installer, with the service

VERSION  := 0.1.0
# Of sources without git it is in a file.
REVISION := $(shell cat .revision 2>/dev/null || git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

comma    := ,
PREFIX   ?= /usr/local
# linux or windows: sources that end in _linux.c and _windows.c belong to that one alone.
PLATFORM ?= linux
SANITIZE ?=
BUILD    ?= build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
SECONDS  ?= 60

BUILD_PACKAGES := gcc libc6-dev libmicrohttpd-dev libyaml-dev libdeflate-dev libzstd-dev uthash-dev \
		  libexpat1-dev libpcre2-dev libtraceevent-dev libcap-dev libsystemd-dev \
		  libgnutls28-dev libcrypt-dev libjansson-dev libcurl4-gnutls-dev
TEST_PACKAGES  := $(BUILD_PACKAGES) libcmocka-dev python3 python3-yaml python3-jsonschema mandoc zsh \
		  openssl curl wrk jsonnet
LINT_PACKAGES  := $(TEST_PACKAGES) clang-format clang-tidy
# For the status page; `make test` does without where they are not there, as they are large.
BROWSER_PACKAGES := $(TEST_PACKAGES) chromium chromium-driver
FUZZ_PACKAGES  := $(BUILD_PACKAGES) clang libclang-rt-dev
LIVE_PACKAGES  := $(BUILD_PACKAGES) python3
# What the benchmark of live sessions compares with; it does without those that are not there.
PEER_PACKAGES  := bpftrace linux-perf trace-cmd

# Left out: style, and checks that are wrong about va_list, uthash, arrays of and casts between pointers.
TIDY := -*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,\
-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,-bugprone-sizeof-expression,\
-bugprone-not-null-terminated-result,-bugprone-multi-level-implicit-pointer-conversion,\
-bugprone-casting-through-void,-clang-analyzer-security.insecureAPI.*,\
-clang-analyzer-valist.Uninitialized,-clang-analyzer-unix.Malloc

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	    -Wcast-qual -Wvla -Wundef -Wformat=2
CFLAGS   ?= -O3 -g
# What is called as a library's functions is not to take their places in it: json_string().
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -I. -pthread -fvisibility=hidden $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(if $(CI),-Werror) \
	      $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LIBS     := -lmicrohttpd -lgnutls -lcrypt -lyaml -ldeflate -lzstd -lexpat -lpcre2-8 -ltraceevent -lcap \
	    -lsystemd -ljansson -lm
.DEFAULT_GOAL := all
include exporter/linux/linux.mk
include exporter/windows/windows.mk

# Of the sources, not of the build: builds of the same sources are the same.
SOURCE_DATE := $(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%d)

HAS_TLS   := $(if $(filter linux,$(PLATFORM)),1,$(TLS))
ELSEWHERE := $(foreach system,$(filter-out $(PLATFORM),linux windows),%_$(system).c) \
	     $(if $(HAS_TLS),exporter/http/tls_none.c,exporter/http/tls_gnutls.c exporter/http/tls_priorities.c \
			exporter/http/tls_pem.c exporter/http/tls_trial.c tests/test_tls_priorities_linux.c)
here = $(filter-out $(ELSEWHERE),$(sort $(wildcard $(1))))

SOURCES := $(call here,exporter/*.c exporter/*/*.c metrics/*.c config/*.c)
# Live sessions of Windows, built for this system with a shim of Windows' headers, and run against a
# model of it.
ETW     := $(sort $(wildcard exporter/etw/*_windows.c)) exporter/source/etw_windows.c \
	   exporter/decoder/tdh_windows.c \
	   exporter/command/providers_windows.c exporter/command/sessions_windows.c \
	   exporter/command/live_events_windows.c
MODEL   := $(filter-out %_windows.c,$(sort $(wildcard tests/windows/model/*.c))) \
	   tests/windows/shim/shim.c
MODEL_TESTS := $(if $(filter linux,$(PLATFORM)),$(sort $(wildcard tests/windows/test_*.c)))
BENCH   := tests/support/bench_measure.c
SUPPORT := $(filter-out $(BENCH),$(call here,tests/support/*.c))
TESTS   := $(call here,tests/test_*.c)
TOOLS   := $(sort $(wildcard tests/tool_*.c))
HEADERS := $(sort $(wildcard exporter/*.h exporter/*/*.h metrics/*.h config/*.h tests/support/*.h))

# The demo recording is made by the tests' writer and compiled in.
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/demo_recording.o $(BUILD)/syscall_names.o \
	   $(BUILD)/status_files.o
LIBRARY := $(filter-out $(BUILD)/exporter/main.o,$(OBJECTS))
SUPPORT_OBJECTS := $(SUPPORT:%.c=$(BUILD)/%.o)
# The writer shares no code with the program, so it can make what is compiled into that.
WRITER := $(wildcard tests/support/*_writer*.c tests/support/*_recording.c tests/support/demo_*.c) \
	  $(wildcard tests/support/pack_*.c) tests/support/payload.c tests/support/event_info.c
WRITER_OBJECTS := $(sort $(WRITER:%.c=$(BUILD)/%.o))
MODEL_OBJECTS   := $(ETW:%.c=$(BUILD)/model/%.o) $(MODEL:%.c=$(BUILD)/model/%.o)
# In the places of what this system has.
MODEL_LIBRARY   := $(MODEL_OBJECTS) $(filter-out $(BUILD)/exporter/source/sources_linux.o \
		   $(ETW:%_windows.c=$(BUILD)/%_linux.o),$(LIBRARY))
TEST_BINARIES   := $(TESTS:%.c=$(BUILD)/%$(EXE)) $(MODEL_TESTS:%.c=$(BUILD)/%)
TOOL_BINARIES   := $(TOOLS:%.c=$(BUILD)/%)

all: etw_exporter

ifeq ($(BUILD),build)
etw_exporter: $(BUILD)/etw_exporter
	@cp $< $@
else
etw_exporter: $(BUILD)/etw_exporter
endif

# make V=1 shows the whole commands.
quiet = $(if $(V),,@echo "  $(1)  $@"; )

$(BUILD)/etw_exporter$(EXE): $(OBJECTS)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/exporter/exporter_metrics.o: ALL_CFLAGS += \
	-DETW_EXPORTER_VERSION='"$(VERSION)"' -DETW_EXPORTER_REVISION='"$(REVISION)"' \
	-DETW_EXPORTER_DATE='"$(SOURCE_DATE)"'
$(BUILD)/exporter/exporter_metrics.o: $(BUILD)/revision
$(BUILD)/revision: ALWAYS
	@mkdir -p $(@D); echo '$(VERSION) $(REVISION) $(SOURCE_DATE)' | cmp -s - $@ || \
		echo '$(VERSION) $(REVISION) $(SOURCE_DATE)' >$@

ifeq ($(PLATFORM),linux)
$(BUILD)/demo_recording.c: $(BUILD)/tests/tool_demo_recording
	$(call quiet,GEN)$< --c-source $@
endif
$(BUILD)/demo_recording.o: $(BUILD)/demo_recording.c
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<
# Some numbers have two names on some machines: either is right.
ifeq ($(PLATFORM),linux)
$(BUILD)/syscall_names.c: Makefile
	@mkdir -p $(@D)
	$(call quiet,GEN){ echo '#include "exporter/machine/kernel_numbers.h"'; \
		echo 'const char *const syscall_names[] = {'; \
		{ echo '#include <asm/unistd.h>'; echo '#include <asm/unistd.h>' | \
			$(CC) -E -dM -x c - | \
			sed -n 's/^#define __NR_\([a-z_][a-z0-9_]*\) .*/\t[__NR_\1] = "\1",/p' | \
			grep -v -e '"syscalls"' -e '"arch_specific_syscall"' | sort; } | \
			$(CC) -E -P -x c -; \
		echo '};'; \
		echo 'const size_t syscall_names_count ='; \
		echo '	sizeof(syscall_names) / sizeof(syscall_names[0]);'; } >$@
endif
$(BUILD)/syscall_names.o: ALL_CFLAGS += -Wno-override-init
$(BUILD)/syscall_names.o: $(BUILD)/syscall_names.c
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<
# The status page, and a policy that allows its style and its script by their hashes.
STATUS_PAGE := exporter/status/page
policy-hash = $$(env printf "$$(sha256sum $(1) | sed 's/ .*//; s/../\\x&/g')" | base64 -w 0)
$(BUILD)/status_files.c: $(STATUS_PAGE).html $(STATUS_PAGE).css $(STATUS_PAGE).js Makefile
	@mkdir -p $(@D)
	$(call quiet,GEN){ echo '#include "exporter/status/status_files.h"'; \
		for type in html css js; do \
			echo "const char status_$$type[] = {"; \
			od -An -v -tx1 $(STATUS_PAGE).$$type | sed 's/ \(..\)/0x\1,/g'; \
			echo "0};"; \
		done; \
		echo "const char status_policy[] ="; \
		echo "\"default-src 'none'; connect-src 'self'; img-src data:; \""; \
		echo "\"style-src 'sha256-$(call policy-hash,$(STATUS_PAGE).css)'; \""; \
		echo "\"script-src 'sha256-$(call policy-hash,$(STATUS_PAGE).js)'; \""; \
		echo "\"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\";"; } >$@
$(BUILD)/status_files.o: $(BUILD)/status_files.c
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(TOOL_BINARIES): $(BUILD)/tests/tool_%: $(BUILD)/tests/tool_%.o $(WRITER_OBJECTS)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

$(BUILD)/model/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(ALL_CFLAGS) -isystem tests/windows/shim -MMD -MP -c -o $@ $<

ifeq ($(PLATFORM),windows)
# The model of Windows' tracing as a library, and what puts it into a program.
MODEL_DLL_SOURCES := $(filter-out %/model_sources.c,$(sort $(wildcard tests/windows/model/*.c)))
$(BUILD)/program.a: $(LIBRARY)
	$(call quiet,AR)rm -f $@ && $(WINDOWS_HOST)-ar rcs $@ $^
$(BUILD)/etwmodel.dll: $(MODEL_DLL_SOURCES:%.c=$(BUILD)/%.o) tests/windows/model/etwmodel.def \
		$(BUILD)/program.a
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) -shared $(LDFLAGS) -o $@ $^ -lpthread
$(BUILD)/etwrun.exe: $(BUILD)/tests/windows/etwrun/etwrun.o
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) -municode $(LDFLAGS) -o $@ $^
endif
$(BUILD)/tests/windows/test_%: $(BUILD)/model/tests/windows/test_%.o $(BUILD)/model/tests/windows/etw_rig.o \
		$(SUPPORT_OBJECTS) $(MODEL_LIBRARY)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka -lm
$(BUILD)/tests/windows/bench_%: $(BUILD)/model/tests/windows/bench_%.o \
		$(BUILD)/model/tests/windows/etw_rig.o $(BENCH:%.c=$(BUILD)/%.o) $(SUPPORT_OBJECTS) \
		$(MODEL_LIBRARY)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) \
		-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -o $@ $^ $(LIBS) -lcmocka -lm
# The whole program, of which the live sessions of Windows are the model's.
$(BUILD)/model/etw_exporter: $(BUILD)/exporter/main.o $(MODEL_LIBRARY)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/test_%$(EXE): $(BUILD)/tests/test_%.o $(SUPPORT_OBJECTS) $(LIBRARY)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka -lm
# Benchmarks count the allocations of the program's own code.
$(BUILD)/tests/bench_%: $(BUILD)/tests/bench_%.o $(BENCH:%.c=$(BUILD)/%.o) $(WRITER_OBJECTS) $(LIBRARY)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) \
		-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -o $@ $^ $(LIBS) -lm

$(BUILD)/tests/bench_live_load: $(BUILD)/tests/bench_live_load.o
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

# It cuts a recording while that is read.
$(BUILD)/tests/test_damage_linux$(EXE): LDFLAGS += -Wl,--wrap=input_read
# They count what is called.
$(BUILD)/tests/test_password_users$(EXE): LDFLAGS += -Wl,--wrap=bcrypt_make \
	-Wl,--wrap=equal_in_constant_time
$(BUILD)/tests/test_web_config$(EXE): LDFLAGS += -Wl,--wrap=strcmp
$(BUILD)/tests/test_web_settings$(EXE): LDFLAGS += -Wl,--wrap=web_config_load
# It says that a CPU has not been online.
$(BUILD)/tests/test_ring_reader_linux$(EXE): LDFLAGS += -Wl,--wrap=poll

-include $(OBJECTS:.o=.d) $(SUPPORT_OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*.d $(BUILD)/tests/*/*.d $(BUILD)/tests/*/*/*.d) \
	$(MODEL_OBJECTS:.o=.d) $(wildcard $(BUILD)/model/tests/windows/*.d)

# $(call need,PACKAGES): installs those that are missing, or says how to.
define need
@missing=; for package in $(1); do \
	dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q '^install ok installed' || \
		missing="$$missing $$package"; \
done; \
if [ -z "$$missing" ]; then :; \
elif ! command -v apt-get >/dev/null; then \
	echo "This is no Debian; needed are what Debian calls:$$missing"; \
elif [ "$$(id -u)" = 0 ]; then \
	echo "Installing:$$missing"; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
else \
	echo "Packages are missing. Run: sudo apt-get update &&" \
		"sudo apt-get install --no-install-recommends$$missing"; \
	exit 1; \
fi
endef

# What builds, and nothing else, does so with all processors, unless -j is given.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

run:
	$(call need,$(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all
	./etw_exporter serve

run-live:
	@[ "$$(uname -s)" = Linux ] || { echo "Live sessions of tracefs take Linux."; exit 1; }
	@[ "$$(id -u)" = 0 ] || { echo "Live sessions take root: sudo make run-live" \
		"(or what exporter/docs/linux.md says of live sessions)"; exit 1; }
	$(call need,$(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all
	./etw_exporter serve --config.file=config/examples/linux.yml

# The plain files are committed, for those who have no jsonnet.
rules:
	$(call need,jsonnet python3)
	jsonnet dashboards/mixin/files.jsonnet | dashboards/mixin/plain_files.py dashboards
.PHONY: rules

PROMETHEUS := $(BUILD)/prometheus
$(PROMETHEUS)/usr/bin/promtool:
	@tests/fetch_prometheus $(PROMETHEUS)

demo:
	$(call need,$(BUILD_PACKAGES) python3)
	@$(MAKE) --no-print-directory $(JOBS) all $(PROMETHEUS)/usr/bin/promtool
	@PATH="$(CURDIR)/$(PROMETHEUS)/usr/bin:$$PATH" ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" \
		tests/demo
.PHONY: demo

test:
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) build-tests
	@$(MAKE) --no-print-directory run-tests

build-tests: all $(TEST_BINARIES) $(TOOL_BINARIES) $(BUILD)/model/etw_exporter $(PROMETHEUS)/usr/bin/promtool

run-tests: build-tests
	@PATH="$(CURDIR)/$(PROMETHEUS)/usr/bin:$$PATH" ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" \
		BUILD="$(CURDIR)/$(BUILD)" SANITIZE="$(SANITIZE)" tests/run $(TEST_BINARIES)

check: test

test-browser:
	$(call need,$(BROWSER_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all $(TOOL_BINARIES)
	@ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" BUILD="$(CURDIR)/$(BUILD)" \
		python3 tests/e2e/test_status_page.py
	@echo "Pictures are in $(BUILD)/screenshots."

# npm comes with nodejs where that is not Debian's.
dashboards:
	$(call need,$(if $(shell command -v npm),,nodejs npm))
	@dashboards/src/compile.sh $(BUILD)/dashboards dashboards

test-dashboards: dashboards
	@dashboards/src/check/check.sh $(BUILD)/dashboards-check dashboards/etw-*.json

# Live sessions of Linux are in them as root.
screenshots:
	$(call need,$(BROWSER_PACKAGES) $(if $(shell command -v npm),,nodejs npm))
	@$(MAKE) --no-print-directory $(JOBS) all $(TOOL_BINARIES) $(BUILD)/model/etw_exporter \
		$(PROMETHEUS)/usr/bin/promtool
	@dashboards/src/render/compile.sh $(BUILD)/render
	@PATH="$(CURDIR)/$(PROMETHEUS)/usr/bin:$$PATH" ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" \
		BUILD="$(CURDIR)/$(BUILD)" python3 tests/e2e/screenshots.py $(BUILD)/render dashboards/screenshots
.PHONY: dashboards test-dashboards screenshots

lint:
	$(call need,$(LINT_PACKAGES))
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS) $(wildcard tests/*.c tests/*/*.c) \
		$(WINDOWS_SOURCES) $(wildcard tests/windows/*.h tests/windows/*/*.[ch])
	@! grep -n '^#include "' metrics/*.[ch] | grep -v '"metrics/' || \
		{ echo "metrics/ includes only metrics/"; exit 1; }
	@! grep -n '^#include "' config/*.[ch] | grep -v '"config/' || \
		{ echo "config/ includes only config/"; exit 1; }
	@! grep -n '^#include "' $(wildcard exporter/*.[ch] exporter/*/*.[ch]) | \
		grep -v '"\(exporter\|metrics\|config\)/' || \
		{ echo "exporter/ includes only exporter/, metrics/, config/"; exit 1; }
	@! grep -ln '<yaml.h>' $(SOURCES) $(HEADERS) | grep -v '^config/yaml.c$$' || \
		{ echo "only config/yaml.c sees libyaml"; exit 1; }
	printf '%s\n' $(SOURCES) | xargs -P $$(nproc) -n 12 sh -c 'clang-tidy --quiet \
		--warnings-as-errors="*" --checks="$(TIDY)" "$$@" -- -std=c17 -D_GNU_SOURCE -I. \
		-DETW_EXPORTER_VERSION="\"\"" -DETW_EXPORTER_REVISION="\"\"" \
		-DETW_EXPORTER_DATE="\"\""' sh

BENCHMARKS := $(addprefix $(BUILD)/tests/bench_,pipeline rules scrape memory baseline)

bench:
	$(call need,$(BUILD_PACKAGES) python3 openssl)
	@$(MAKE) --no-print-directory $(JOBS) all $(BENCHMARKS) $(BUILD)/tests/tool_rules_recording
	@for benchmark in $(BENCHMARKS); do echo "--- $${benchmark##*/}"; $$benchmark || exit 1; done
	@for benchmark in idle http; do echo "--- bench_$$benchmark"; \
		ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" BUILD="$(CURDIR)/$(BUILD)" \
		python3 tests/e2e/bench_$$benchmark.py || exit 1; done

bench-etw:
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/tests/windows/bench_etw
	@$(BUILD)/tests/windows/bench_etw

bench-live:
	$(call need,$(LIVE_PACKAGES))
	-$(call need,$(PEER_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all $(BUILD)/tests/bench_live_load
	@ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" BUILD="$(CURDIR)/$(BUILD)" \
		python3 tests/e2e/bench_live.py --seconds=$(SECONDS) $(ARGS)

soak-live:
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/tests/test_live_starts_linux
	STARTS=1000 $(BUILD)/tests/test_live_starts_linux

soak-http:
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all $(TOOL_BINARIES)
	@ETW_EXPORTER="$(CURDIR)/$(BUILD)/etw_exporter" BUILD="$(CURDIR)/$(BUILD)" \
		LOAD_SECONDS=$(SECONDS) python3 tests/e2e/test_load.py

# Every cut and every mutation, under sanitizers.
damage:
	$(call need,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) SANITIZE=address,undefined \
		build-address-undefined/tests/test_damage_linux
	DAMAGE=all build-address-undefined/tests/test_damage_linux

# Objects and programs are in $(BUILD)-fuzz; what was found to be worth a try is kept in $(BUILD).
FUZZERS     := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_CORPUS := $(BUILD)/corpus

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(WRITER_OBJECTS) $(LIBRARY)
	$(call quiet,LD)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS) -lm

fuzz:
	$(call need,$(FUZZ_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) CC=clang CFLAGS='-g -O1 -DPAYLOAD_ELEMENTS_MAX=256' \
		BUILD=$(BUILD)-fuzz \
		SANITIZE=fuzzer-no-link$(comma)address$(comma)undefined \
		$(FUZZERS:%=$(BUILD)-fuzz/tests/fuzz/%)
	@for fuzzer in $(FUZZERS); do \
		mkdir -p $(FUZZ_CORPUS)/$$fuzzer; \
		ASAN_OPTIONS=quarantine_size_mb=16 \
			$(BUILD)-fuzz/tests/fuzz/$$fuzzer -max_total_time=$(SECONDS) -timeout=20 \
			-print_final_stats=1 -artifact_prefix=$(FUZZ_CORPUS)/$$fuzzer- \
			$(FUZZ_CORPUS)/$$fuzzer >$(FUZZ_CORPUS)/$$fuzzer.log 2>&1 || \
			{ tail -n 60 $(FUZZ_CORPUS)/$$fuzzer.log; exit 1; }; \
		sed -n "s/^stat::number_of_executed_units: *\(.*\)/$$fuzzer: nothing in \1 runs/p" \
			$(FUZZ_CORPUS)/$$fuzzer.log; \
	done

# What `docs` prints, and where who reads it looks for it.
SHARE := $(DESTDIR)$(PREFIX)/share
# Of packages another folder than of what an administrator installs.
ZSH_FOLDER := $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
install-docs = mkdir -p $(dir $(2)) && ./etw_exporter docs $(1) >$(2) && chmod 644 $(2)

install: all
	install -D -m 755 etw_exporter $(DESTDIR)$(PREFIX)/bin/etw_exporter
	$(call install-docs,man,$(SHARE)/man/man1/etw_exporter.1)
	$(call install-docs,config-man,$(SHARE)/man/man5/etw_exporter.yml.5)
	$(call install-docs,schema,$(SHARE)/etw_exporter/etw_exporter.schema.json)
	$(call install-docs,web-schema,$(SHARE)/etw_exporter/web.schema.json)
	$(call install-docs,baseline-schema,$(SHARE)/etw_exporter/baseline.schema.json)
	$(call install-docs,compare-schema,$(SHARE)/etw_exporter/compare.schema.json)
	$(call install-docs,bash,$(SHARE)/bash-completion/completions/etw_exporter)
	$(call install-docs,zsh,$(SHARE)/zsh/$(ZSH_FOLDER)/_etw_exporter)
	install -d $(SHARE)/etw_exporter/examples $(SHARE)/etw_exporter/packs \
		$(SHARE)/etw_exporter/dashboards
	install -m 644 config/examples/*.yml $(SHARE)/etw_exporter/examples
	install -m 644 config/packs/*.yml $(SHARE)/etw_exporter/packs
	install -m 644 dashboards/etw-*.json dashboards/*.yml dashboards/RUNBOOK.md $(SHARE)/etw_exporter/dashboards

clean:
	rm -rf build build-* etw_exporter etw_exporter.exe etw_exporter-*.msi etw_exporter-*.zip \
		etw-exporter_*.deb etw_exporter-*.tar.gz

ALWAYS:
# Objects of tests are not thrown away.
.SECONDARY:
.PHONY: all run run-live test test-browser build-tests run-tests check lint bench bench-etw bench-live soak-live soak-http fuzz damage install clean ALWAYS
