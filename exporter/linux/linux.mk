# What a Linux has of the program beside it: the service, the package for Debian, the sources as one file.

DEB_PACKAGES := build-essential debhelper
# With those that are essential to builds, and so are named by no package.
DEB_BUILD_PACKAGES := $(filter-out gcc libc6-dev,$(BUILD_PACKAGES))

# The sources' date is that of all that is made of them.
SOURCE_DATE_EPOCH ?= $(shell [ -e .git ] && git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)

deb:
	$(call need,$(BUILD_PACKAGES) $(DEB_PACKAGES))
	$(call quiet,DEB)SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) exporter/linux/deb.sh \
		$(VERSION) $(BUILD)/deb "$(DEB_BUILD_PACKAGES)"

# Where the tests keep the Debian that they boot.
CONTAINER         ?= $(BUILD)/container
DEB_TEST_PACKAGES := $(BUILD_PACKAGES) $(DEB_PACKAGES) debootstrap lintian python3

test-deb:
	$(call need,$(DEB_TEST_PACKAGES))
	@$(MAKE) --no-print-directory deb tarball $(BUILD)/tests/tool_demo_recording
	@failed=; for test in tests/e2e_deb/test_*.py; do \
		DEB="$$(ls etw-exporter_$(VERSION)_*.deb)" TARBALL=$(TARBALL).tar.gz \
			CONTAINER="$(CONTAINER)" BUILD="$(CURDIR)/$(BUILD)" python3 $$test || failed=1; \
	done; [ -z "$$failed" ]

# What systemd runs, and its configuration, which stays as it is where there is one.
UNITS      := $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc
install-of-prefix = mkdir -p $(dir $(2)) && \
	sed -e 's,/usr/\(bin\|share\),$(PREFIX)/\1,g' -e 's,/etc/\(etw_exporter\|default\),$(SYSCONFDIR)/\1,g' \
	$(1) >$(2) && chmod 644 $(2)
install-configuration = [ -e $(2) ] || { $(call install-of-prefix,$(1),$(2)); }

install-service:
	$(call install-of-prefix,exporter/linux/etw_exporter.service,$(UNITS)/etw_exporter.service)
	$(call install-of-prefix,exporter/linux/live.conf,$(SHARE)/etw_exporter/live.conf)
	$(call install-configuration,exporter/linux/etw_exporter.yml,$(DESTDIR)$(SYSCONFDIR)/etw_exporter/etw_exporter.yml)
	$(call install-configuration,exporter/linux/etw_exporter.default,$(DESTDIR)$(SYSCONFDIR)/default/etw_exporter)
	install -d $(DESTDIR)/var/lib/etw_exporter

TARBALL := etw_exporter-$(VERSION)

tarball:
	@exporter/linux/sources.sh $(BUILD)/tarball/$(TARBALL)
	$(call quiet,TAR)tar -C $(BUILD)/tarball --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime=@$(SOURCE_DATE_EPOCH) -c $(TARBALL) | gzip -n -9 >$(TARBALL).tar.gz

.PHONY: deb test-deb install-service tarball
