# The program for Windows, cross-compiled by mingw-w64, as part of the Makefile.
#
# `make windows` calls make again with PLATFORM=windows: the same sources and rules, another
# compiler, and objects, libraries, tests and wine's files in a folder of their own. With TLS=0, which
# leaves out GnuTLS, that is another one.

TLS               ?= 1
override TLS      := $(filter-out 0,$(TLS))
WINDOWS_BUILD     := build-windows$(if $(TLS),,-without-tls)
WINDOWS_LIBRARIES := $(WINDOWS_BUILD)/libraries
WINDOWS_HOST      := x86_64-w64-mingw32

WINDOWS_PACKAGES := gcc libc6-dev gcc-mingw-w64-x86-64 dpkg-dev uthash-dev \
		    $(if $(TLS),m4 pkgconf)

# It calls make for files of the other build, which two makes must not make at once.
windows test-windows: | $(filter all,$(MAKECMDGOALS))

windows:
	$(call need,$(WINDOWS_PACKAGES))
	@$(MAKE) -s --no-print-directory build/demo_recording.c build/syscall_names.c
	@exporter/windows/libraries.sh $(WINDOWS_LIBRARIES) $(if $(TLS),tls)
	@$(MAKE) --no-print-directory $(JOBS) PLATFORM=windows etw_exporter.exe

MSI_PACKAGES          := wixl msitools
ZIP_PACKAGES          := zip
# wine's preloader, which wine64 only suggests, keeps KUSER_SHARED_DATA's page (0x7ffe0000) free.
# Without it the heap, which Linux puts anywhere in the GiB above 0x7d000000, is there in one start
# of some 8,000, and wine ends with 1: with WINEDEBUG=-all without a word.
WINDOWS_TEST_PACKAGES := $(WINDOWS_PACKAGES) $(BUILD_PACKAGES) $(MSI_PACKAGES) $(ZIP_PACKAGES) wine \
			 wine64 wine64-preloader python3 openssl

# In a Windows of its own, below the build's folder.
test-windows:
	$(call need,$(WINDOWS_TEST_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all
	@$(MAKE) --no-print-directory zip
	@exporter/windows/libraries.sh $(WINDOWS_LIBRARIES) $(if $(TLS),tls) tests
	@$(MAKE) --no-print-directory PLATFORM=windows run-tests-windows

# Those for editors. The program that runs here prints the same as that for Windows.
WINDOWS_SCHEMAS := $(WINDOWS_BUILD)/schemas
print-schemas    = $(call install-docs,schema,$(WINDOWS_SCHEMAS)/etw_exporter.schema.json) && \
	$(call install-docs,web-schema,$(WINDOWS_SCHEMAS)/web.schema.json) && \
	$(call install-docs,baseline-schema,$(WINDOWS_SCHEMAS)/baseline.schema.json)

# What the program needs to be used: no installer, nothing beside the executable.
ZIP := etw_exporter-$(VERSION)-windows-x86_64

zip: windows
	$(call need,$(ZIP_PACKAGES) $(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all
	@$(print-schemas)
	@rm -rf $(WINDOWS_BUILD)/zip && mkdir -p $(WINDOWS_BUILD)/zip/$(ZIP)
	@exporter/docs/readme.sh >$(WINDOWS_BUILD)/zip/$(ZIP)/README.md
	@cp -r etw_exporter.exe CHANGELOG.md LICENSE config/examples config/packs dashboards \
		$(WINDOWS_LIBRARIES)/licences $(WINDOWS_SCHEMAS) $(WINDOWS_BUILD)/zip/$(ZIP)/
	@cd $(WINDOWS_BUILD)/zip/$(ZIP) && rm -r */linux*.yml dashboards/src dashboards/screenshots
	$(call quiet,ZIP)cd $(WINDOWS_BUILD)/zip && rm -f $(CURDIR)/$(ZIP).zip && \
		zip -q -r $(CURDIR)/$(ZIP).zip $(ZIP)

# Sources of Windows alone: the others are looked at by `make lint`.
WINDOWS_SOURCES := $(sort $(wildcard exporter/*_windows.c exporter/*/*_windows.c metrics/*_windows.c \
			config/*_windows.c))
# Windows 10. Formats are those of C, not those of Windows' C library.
WINDOWS_DEFINES := -std=c17 -D_GNU_SOURCE -D_WIN32_WINNT=0x0A00 -D__USE_MINGW_ANSI_STDIO=1 \
		   -D_FILE_OFFSET_BITS=64 -DYAML_DECLARE_STATIC -DPCRE2_STATIC -DXML_STATIC \
		   -I. -I$(WINDOWS_BUILD)
WINDOWS_LINT_PACKAGES := gcc-mingw-w64-x86-64 clang cppcheck

# The suppressed check takes NULL for a number, which it is in no C library that this is built with.
lint-windows:
	$(call need,$(WINDOWS_LINT_PACKAGES))
	@$(MAKE) --no-print-directory PLATFORM=windows generated-windows
	@printf '%s\n' $(WINDOWS_SOURCES) | xargs -P $$(nproc) -n 1 $(WINDOWS_HOST)-gcc \
		$(WINDOWS_DEFINES) $(WARNINGS) -Werror -O2 -fanalyzer -c -o /dev/null
	@printf '%s\n' $(WINDOWS_SOURCES) | xargs -P $$(nproc) -n 8 clang \
		--target=x86_64-w64-mingw32 $(WINDOWS_DEFINES) --analyze -Xclang \
		-analyzer-output=text -Xclang -analyzer-werror
	@cppcheck --quiet --platform=win64 --library=windows --enable=warning,performance,portability \
		--suppress=varFuncNullUB --error-exitcode=1 $(filter-out -std=%,$(WINDOWS_DEFINES)) $(WINDOWS_SOURCES)

# The package for Windows Installer.
MSI := etw_exporter-$(VERSION).msi

msi: windows
	$(call need,$(MSI_PACKAGES) $(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory $(JOBS) all
	@$(print-schemas)
	$(call quiet,MSI)exporter/windows/msi.sh etw_exporter.exe $(VERSION) $(WINDOWS_LIBRARIES)/licences \
		$(WINDOWS_SCHEMAS) $(WINDOWS_BUILD)/msi $(MSI)

.PHONY: windows msi zip lint-windows test-windows run-tests-windows generated-windows

ifeq ($(PLATFORM),windows)
BUILD := $(WINDOWS_BUILD)
CC    := $(WINDOWS_HOST)-gcc
EXE   := .exe

# The compiler is to check formats as those of C, too.
ALL_CFLAGS := $(WINDOWS_DEFINES) -D__printf__=__gnu_printf__ -isystem $(WINDOWS_LIBRARIES)/include \
	      $(WARNINGS) $(CFLAGS) $(if $(CI),-Werror)
# Threads get the stack that they have on Linux.
LDFLAGS    += -static -Wl,--stack,8388608 -L$(WINDOWS_LIBRARIES)/lib
TLS_LIBS   := -lgnutls -lhogweed -lnettle -lgmp -lcrypt32 -lncrypt
LIBS       := -lmicrohttpd $(if $(TLS),$(TLS_LIBS)) -lxcrypt -lyaml -ldeflate -lzstd -lexpat -lpcre2-8 -ljansson -lpthread \
	      -lws2_32 -lbcrypt -lpsapi -lnetapi32 -lwinhttp
# Libraries that were made anew.
$(BUILD)/%.o $(BUILD)/%.exe: .EXTRA_PREREQS = $(wildcard $(WINDOWS_LIBRARIES)/*.done)

MESSAGES := $(BUILD)/exporter/windows/event_log_messages
$(MESSAGES).h: exporter/windows/event_log_messages.mc
	@mkdir -p $(@D)
	$(call quiet,MC)$(WINDOWS_HOST)-windmc -h $(@D) -r $(@D) $<
$(BUILD)/exporter/log/event_log_windows.o: $(MESSAGES).h
generated-windows: $(MESSAGES).h

# Its version numbers are four.
RESOURCES := $(BUILD)/exporter/windows/etw_exporter.res.o
$(RESOURCES): exporter/windows/etw_exporter.rc exporter/windows/etw_exporter.manifest $(MESSAGES).h \
		$(BUILD)/revision
	$(call quiet,RC)$(WINDOWS_HOST)-windres -I exporter/windows -I $(@D) \
		-DVERSION_NUMBERS=$(subst .,$(comma),$(VERSION)),0 -DVERSION_TEXT='\"$(VERSION)\"' $< $@
$(BUILD)/etw_exporter.exe: $(RESOURCES)

# That of TLS=0 is at the same place.
$(BUILD)/stripped.exe: $(BUILD)/etw_exporter.exe
	$(call quiet,STRIP)$(WINDOWS_HOST)-strip -o $@ $<
etw_exporter.exe: $(BUILD)/stripped.exe ALWAYS
	@cmp -s $< $@ || cp $< $@

# These are made by programs, which run here.
$(BUILD)/demo_recording.c $(BUILD)/syscall_names.c: $(BUILD)/%: build/%
	@mkdir -p $(@D)
	@cp $< $@

run-tests-windows:
	@$(MAKE) --no-print-directory $(JOBS) $(TEST_BINARIES) $(BUILD)/etwrun.exe $(BUILD)/etwmodel.dll
	@WINEPREFIX="$(CURDIR)/$(BUILD)/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" \
		WINDOWS_EXPORTER="$(CURDIR)/etw_exporter.exe" ETW_EXPORTER="$(CURDIR)/etw_exporter" \
		ETW_MODEL="wine $(BUILD)/etwrun.exe $(BUILD)/etwmodel.dll etw_exporter.exe" \
		WINDOWS_TLS="$(TLS)" WINDOWS_ZIP="$(CURDIR)/$(ZIP).zip" BUILD="$(CURDIR)/$(BUILD)" python3 tests/e2e_windows/run.py $(TEST_BINARIES)
endif
