// What grows has a limit, and what goes beyond is left out or put together.
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      comment: 'Stays until the limits are raised, which takes a restart.',
      alert: 'EtwFilesLeftOut',
      expr: '%s > 0\nor\n%s > 0\n' % [
        e.series('etw_session_files_refused_total'),
        e.series('etw_exporter_sessions_refused_total'),
      ],
      severity: 'warning',
      summary: 'recordings are left out because of a limit',
      description: |||
        {{ with $labels.session }}Session {{ . }} matches more files than limits.files
        allows{{ else }}There are more files than limits.sessions allows sessions{{ end }}.
        What is in the others is not counted. Raise the limit, or narrow the session's path,
        and start the exporter again.
      |||,
    }),

    alert({
      comment: "Rules that have reached a limit of their own have EtwRuleSeriesLimitReached.",
      alert: 'EtwSeriesLimitReached',
      expr: |||
        max without (family) (
          (
            %s
          )
          unless on (%s)
          label_replace(
            %s >= %s,
            "family", "$1", "rule", "(.*)"
          )
        )
        or
        %s >= %s
      ||| % [
        e.indent(e.counted('etw_exporter_series_overflow_total'), 4),
        e.with(['family']),
        e.series('etw_rule_series'),
        e.series('etw_rule_series_limit'),
        e.series('etw_exporter_series'),
        e.series('etw_exporter_series_limit'),
      ],
      severity: 'warning',
      summary: 'the limit of series is reached',
      description: |||
        New event types find no room and are counted in the series with all labels "other".
        Totals stay right, but are no longer told apart. Raise limits.series (or
        limits.event_types, if etw_exporter_series is below its limit), or trace fewer
        providers.
      |||,
    }),

    alert({
      alert: 'EtwSeriesNearLimit',
      expr: |||
        %(series)s / %(limit)s > %(used)g
        and %(series)s < %(limit)s
      ||| % {
        series: e.series('etw_exporter_series'),
        limit: e.series('etw_exporter_series_limit'),
        used: config.seriesUsed,
      },
      'for': '15m',
      severity: 'info',
      summary: 'the limit of series is near',
      description: |||
        {{ $value | humanizePercentage }} of the series that limits.series allows on
        {{ $labels.instance }} are in use. What comes beyond it is no longer told apart. Raise the
        limit, let series of processes expire, or find the label with many values.
      |||,
    }),

    alert({
      alert: 'EtwRuleSeriesLimitReached',
      expr: '%s >= %s' % [e.series('etw_rule_series'), e.series('etw_rule_series_limit')],
      severity: 'warning',
      summary: 'rule {{ $labels.rule }} has as many series as it may',
      description: |||
        The rule has made {{ $value | printf "%.0f" }} series, which is its limit: further values
        of its labels are counted in the series with all labels "other". Totals stay right. Raise
        the rule's limit, give it expire, or leave out a label with many values.
      |||,
    }),

    alert({
      alert: 'EtwStateTableFull',
      expr: e.counted('etw_session_state_refused_total'),
      severity: 'info',
      summary: 'session {{ $labels.session }} forgets {{ $labels.table }}',
      description: |||
        Entries of the table of {{ $labels.table }} that were pushed out, or not taken, because
        it was full: about {{ $value | printf "%.0f" }}. Labels that name what was in them are
        unknown, or stay numbers.
      |||,
    }),

    alert({
      alert: 'EtwSystemSessionsNearLimit',
      expr: '%s\n/ %s\n> %g\n' % [
        e.series('etw_system_sessions'),
        e.series('etw_system_sessions_limit'),
        config.systemSessionsUsed,
      ],
      'for': '15m',
      severity: 'warning',
      summary: 'Windows can hardly have more trace sessions',
      description: |||
        {{ $value | humanizePercentage }} of the trace sessions that Windows can have on
        {{ $labels.instance }} run. At the limit none can be started, neither the exporter's nor
        anybody else's. etw_exporter sessions lists them; some may have been left behind.
      |||,
    }),
  ]
