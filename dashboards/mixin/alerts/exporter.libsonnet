// The exporter itself: is it there, does it answer, has it the configuration that is wanted?
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      comment: "By the job's name, or because it was one of ours within the last day.",
      alert: 'EtwExporterDown',
      expr: |||
        up{%s} == 0
        or
        (up == 0 and %s)
      ||| % [config.downSelector, e.isExporter],
      'for': '5m',
      severity: 'critical',
      summary: 'etw_exporter cannot be scraped',
      description: |||
        Prometheus has got no metrics from {{ $labels.instance }} (job {{ $labels.job }}) for
        5 minutes, so all other alerts about it are silent. Look at the target's error on
        Prometheus' page of targets, whether the process runs, and at the end of its log.
      |||,
    }),

    alert({
      comment: 'A target that is no longer there is not down: it has no series of any kind.',
      alert: 'EtwExporterDisappeared',
      expr: |||
        group by (%s) (%s offset 30m)
        unless on (%s) up
      ||| % [e.target, e.series('etw_exporter_build_info'), e.target],
      'for': '5m',
      severity: 'info',
      summary: 'etw_exporter is no longer scraped',
      description: |||
        Prometheus scraped {{ $labels.instance }} (job {{ $labels.job }}) half an hour ago, and no
        longer has it as a target. If the machine was not taken away, look at what finds Prometheus'
        targets: its scrape configuration, or the service discovery. This resolves by itself.
      |||,
    }),

    alert({
      comment: 'Some scrapes succeed: a time-out that is too short, a limit that is too low.',
      alert: 'EtwScrapesFail',
      expr: |||
        avg_over_time(up[15m]) < %g
        and %s
        and max_over_time(up[5m]) == 1
      ||| % [config.scrapesSucceeded, e.isExporter],
      'for': '15m',
      severity: 'warning',
      summary: 'some scrapes of etw_exporter fail',
      description: |||
        {{ $value | humanizePercentage }} of the scrapes of {{ $labels.instance }}
        (job {{ $labels.job }}) in the last 15 minutes succeeded; in the others rates have holes.
        Prometheus' page of targets has the last error: the time-out, a limit of samples or bytes,
        or a status that the exporter answered with.
      |||,
    }),

    alert({
      alert: 'EtwScrapeSlow',
      expr: |||
        (
          scrape_duration_seconds > %g * scrape_timeout_seconds
          or
          (scrape_duration_seconds > %g unless scrape_timeout_seconds)
        )
        and on (%s) %s
      ||| % [
        config.scrapeTimeUsed,
        config.scrapeSeconds,
        e.target,
        e.series('etw_exporter_build_info'),
      ],
      'for': '10m',
      severity: 'warning',
      summary: 'scrapes of etw_exporter take long',
      description: |||
        A scrape of {{ $labels.instance }} (job {{ $labels.job }}) takes
        {{ $value | humanizeDuration }}, and fails if it takes the whole time-out. Look at the
        number of its series, at etw_exporter_scrape_duration_seconds, which is the exporter's
        own part of it, and at the network in between.
      |||,
    }),

    alert({
      comment: 'One that is started again at once is hardly ever seen to be down.',
      alert: 'EtwExporterRestarting',
      expr: |||
        changes(process_start_time_seconds[1h]) > %g
        and %s
      ||| % [config.restarts, e.isExporter],
      severity: 'warning',
      summary: 'etw_exporter is started again and again',
      description: |||
        The process on {{ $labels.instance }} (job {{ $labels.job }}) began anew
        {{ $value | printf "%.0f" }} times within an hour. What live sessions would have traced in
        between is not counted. The end of its log before each start says why it ended.
      |||,
    }),

    alert({
      comment: 'Refused because of a limit, which is no fault of the client.',
      alert: 'EtwRequestsRefused',
      expr: 'sum without (reason) (\n  increase(%s[15m])\n) > 0\n' % e.series(
        'etw_exporter_http_refused_total',
        'reason!~"slow|tls|password|client_certificate"',
      ),
      severity: 'warning',
      summary: 'etw_exporter refuses requests',
      description: |||
        About {{ $value | printf "%.0f" }} connections or requests to {{ $labels.instance }} were
        refused in 15 minutes because a limit was reached; scrapes may be among them. The label
        reason of etw_exporter_http_refused_total says which limit.
      |||,
    }),

    alert({
      alert: 'EtwAccessRefused',
      expr: 'sum without (reason) (\n  increase(%s[15m])\n) > %g\n' % [
        e.series('etw_exporter_http_refused_total', 'reason=~"password|client_certificate"'),
        config.passwordsRefused,
      ],
      severity: 'info',
      summary: 'clients of etw_exporter fail to authenticate',
      description: |||
        About {{ $value | printf "%.0f" }} requests to {{ $labels.instance }} in 15 minutes had no
        password, a wrong one, or no client certificate that is accepted. Either a client was
        forgotten when a password or certificate changed, or somebody tries passwords.
      |||,
    }),

    alert({
      alert: 'EtwConfigReloadFailed',
      expr: e.series('etw_exporter_config_last_reload_successful') + ' == 0',
      'for': '5m',
      severity: 'warning',
      summary: 'the configuration could not be loaded',
      description: |||
        The exporter on {{ $labels.instance }} still runs with the configuration that it loaded
        last. Run etw_exporter check on the file: it names line and column of each problem.
      |||,
    }),

    alert({
      alert: 'EtwWebConfigReloadFailed',
      expr: e.series('etw_exporter_web_config_last_reload_successful') + ' == 0',
      'for': '5m',
      severity: 'warning',
      summary: 'the web configuration could not be loaded',
      description: |||
        The exporter on {{ $labels.instance }} still serves with the certificates and passwords
        that it loaded last: a certificate that was renewed is not in use. Run etw_exporter check
        --web.config.file=FILE; the log says what is wrong, too.
      |||,
    }),

    alert({
      comment: 'The first of the chain that is served; without it no client connects.',
      alert: 'EtwCertificateExpiresSoon',
      expr: '%s - time() < %g * 86400' % [
        e.series('etw_exporter_web_certificate_expiry_timestamp_seconds'),
        config.certificateDays,
      ],
      'for': '15m',
      severity: 'warning',
      summary: "etw_exporter's certificate expires soon",
      description: |||
        {{ $value | humanizeDuration }} are left of the certificate that {{ $labels.instance }}
        serves, or of one between it and its root; after that scrapes fail. Renew the file: it is
        taken up without a restart.
      |||,
    }),

    alert({
      alert: 'EtwFileDescriptorsNearLimit',
      expr: |||
        process_open_fds / process_max_fds > %g
        and on (%s) %s
      ||| % [config.filesUsed, e.target, e.series('etw_exporter_build_info')],
      'for': '10m',
      severity: 'warning',
      summary: 'etw_exporter has nearly as many files open as it may',
      description: |||
        {{ $value | humanizePercentage }} of the file descriptors that the process on
        {{ $labels.instance }} may have are in use. Without a free one it reads no further
        recordings and takes no connections. Raise the limit (LimitNOFILE= of systemd), or follow
        fewer files at once.
      |||,
    }),
  ]
