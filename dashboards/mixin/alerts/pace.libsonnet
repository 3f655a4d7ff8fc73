// Does counting keep up with the events?
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      comment: 'A session that follows and has nothing new keeps its last lag: it must have counted lately.',
      alert: 'EtwSessionLagging',
      expr: |||
        %s > %g
        and on (%s) %s
        and on (%s) increase(%s[5m]) > 0
      ||| % [
        e.series('etw_session_lag_seconds'),
        config.lagSeconds,
        e.session,
        e.indent(e.inTime, 0),
        e.session,
        e.series('etw_session_events_total'),
      ],
      'for': '10m',
      severity: 'warning',
      summary: 'session {{ $labels.session }} lags behind',
      description: |||
        Events are counted {{ $value | humanizeDuration }} after they happened, for 10 minutes
        now. Either the exporter still reads a backlog (watch whether the lag shrinks), or it
        does not keep up (CPU, queue), or the trace session hands its buffers on late (set its
        flush timer).
      |||,
    }),

    alert({
      alert: 'EtwQueueNearFull',
      expr: |||
        %s
        / %s
        > %g
        and on (%s) %s
      ||| % [
        e.series('etw_session_queue_depth_bytes'),
        e.series('etw_session_queue_capacity_bytes'),
        config.queueUsed,
        e.session,
        e.indent(e.inTime, 0),
      ],
      'for': '10m',
      severity: 'warning',
      summary: 'queue of session {{ $labels.session }} is nearly full',
      description: |||
        {{ $value | humanizePercentage }} of the queue between reading and counting are in
        use, for 10 minutes now: counting does not keep up with the events. Files are then
        read later, live sessions drop events. Give the exporter more CPU, or the session
        fewer events.
      |||,
    }),
  ]
