// Sessions: do they run, and do events come?
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      alert: 'EtwSessionDown',
      expr: e.series('etw_session_up') + ' == 0',
      'for': '5m',
      severity: 'critical',
      summary: 'session {{ $labels.session }} is down',
      description: |||
        The session neither runs nor has run to its end, so its events are not counted. The
        metric etw_session_state says whether it is tried again (waiting) or not (failed); the
        exporter's log says why. A failed session starts again only with the exporter.
      |||,
    }),

    alert({
      comment: 'A session that comes up for a moment at each try is not down for 5 minutes on end.',
      alert: 'EtwSessionRestarting',
      expr: 'increase(%s[15m]) > %g' % [e.series('etw_session_restarts_total'), config.restarts],
      severity: 'warning',
      summary: 'session {{ $labels.session }} keeps failing',
      description: |||
        The session was started again about {{ $value | printf "%.0f" }} times in 15 minutes.
        The exporter's log says why it fails: most often a folder or share that comes and
        goes, or that the exporter may not read.
      |||,
    }),

    alert({
      comment: 'Sessions of single files, NAME/FILE, come and go with their files.',
      alert: 'EtwSessionDisappeared',
      expr: |||
        %s offset 30m
        unless on (%s) %s
        and on (%s) (up == 1)
      ||| % [
        e.series('etw_session_up', 'session!~".+/.+"'),
        e.session,
        e.series('etw_session_up'),
        e.target,
      ],
      'for': '5m',
      severity: 'info',
      summary: 'session {{ $labels.session }} is gone',
      description: |||
        The exporter runs, but no longer has this session, which it had half an hour ago. If
        nobody took it out of the configuration or renamed it, compare the configuration file
        that is in use. This resolves by itself.
      |||,
    }),

    alert({
      comment: 'It counted at the same time yesterday, so that quiet nights stay quiet.',
      alert: 'EtwSessionSilent',
      expr: |||
        increase(%(events)s[%(long)s]) == 0
        and increase(%(events)s[%(long)s] offset 1d) > 0
        and on (%(session)s) (%(up)s == 1)
        and on (%(session)s) (
          %(live)s
          or %(follows)s
        )
      ||| % {
        events: e.series('etw_session_events_total'),
        long: config.silentFor,
        session: e.session,
        up: e.series('etw_session_up'),
        live: e.series('etw_session_info', 'source!="etl"'),
        follows: e.series('etw_session_info', 'follow="true"'),
      },
      'for': '10m',
      severity: 'info',
      summary: 'no events come from session {{ $labels.session }}',
      description: |||
        The session is up, but has counted nothing for %s; at the same time yesterday it had
        events. Its providers may have been disabled, the program that writes its recordings may
        have stopped, or there is nothing to trace.
      ||| % config.silentFor,
    }),

    alert({
      alert: 'EtwSessionStoppedByOthers',
      expr: e.counted('etw_session_stopped_by_others_total'),
      severity: 'warning',
      summary: 'session {{ $labels.session }} was stopped by another process',
      description: |||
        Another process stopped the trace session about {{ $value | printf "%.0f" }} times
        (process {{ $labels.pid }}; 0: it is not known which). The exporter starts it again,
        and what happened in between is not counted. If two programs want the one session "NT
        Kernel Logger", use a session of kind: system.
      |||,
    }),
  ]
