// What was lost, by whom, and why.
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);

  // By reason, and without one where no reason is known.
  local countedBy(total, parts) = |||
    (
      %(parts)s
    )
    or
    (
      (
        %(total)s
      )
      unless on (%(session)s) (%(known)s > 0)
    )
  ||| % {
    parts: e.indent(e.counted(parts), 2),
    total: e.indent(e.counted(total), 4),
    session: e.session,
    known: e.series(parts),
  };

  local others = 'trace_session!~"(?i)etw_exporter_.+"';

  [
    alert({
      alert: 'EtwEventsLost',
      expr: countedBy('etw_session_events_lost_total', 'etw_session_ring_events_lost_total'),
      severity: 'warning',
      summary: 'session {{ $labels.session }} lost events',
      description: |||
        Events lost by the trace session, by its own account: about
        {{ $value | printf "%.0f" }}{{ with $labels.reason }}, reason {{ . }}{{ end }}. It had no
        free buffer when they were written, so all counts of this session are too low. Give the
        trace session more or larger buffers (buffers: in the configuration, -nb and -bs of
        logman), or enable fewer providers, keywords or levels.
      |||,
    }),

    alert({
      alert: 'EtwBuffersLost',
      expr: countedBy('etw_session_buffers_lost_total', 'etw_session_trace_buffers_lost_total'),
      severity: 'warning',
      summary: 'session {{ $labels.session }} lost buffers',
      description: |||
        Buffers lost by the trace session, by its own account: about
        {{ $value | printf "%.0f" }}{{ with $labels.target }} for {{ . }}{{ end }}, each full of
        events. They could not be written to the file or taken by the consumer in time. Look at
        the disk that the recording is written to (space, speed, size limit of the file), then at
        the number of buffers.
      |||,
    }),

    alert({
      comment: 'Where the number of lost events is known too, EtwEventsLost says it.',
      alert: 'EtwLossSigns',
      expr: |||
        (
          %s
        )
        unless on (%s) (%s > 0)
      ||| % [
        e.indent(e.counted('etw_session_loss_signs_total'), 2),
        e.session,
        e.series('etw_session_events_lost_total'),
      ],
      severity: 'warning',
      summary: 'session {{ $labels.session }} shows signs of loss',
      description: |||
        The trace data says that something is missing ({{ $labels.sign }}), but not how much.
        Counts of this session are too low. The remedies are those of lost events: more or
        larger buffers for the trace session, or fewer events.
      |||,
    }),

    alert({
      alert: 'EtwEventsDropped',
      expr: e.counted('etw_session_events_dropped_total'),
      severity: 'warning',
      summary: 'events of session {{ $labels.session }} were dropped',
      description: |||
        Events that the exporter dropped because its own queue was full: about
        {{ $value | printf "%.0f" }}. Counting did not keep up. Raise the session's queue if
        it comes in bursts; if it lasts, give the exporter more CPU or the session fewer
        events.
      |||,
    }),

    alert({
      comment: |||
        Losing goes on, and is more than numbers can bear. What was lost before the first scrape
        has no rate.
      |||,
      alert: 'EtwCompletenessLow',
      expr: |||
        (
          %s
        ) < %g
      ||| % [
        e.indent(e.completeness(function(series) 'rate(%s[15m])' % series), 2),
        config.completeness,
      ],
      'for': '15m',
      severity: 'critical',
      summary: 'session {{ $labels.session }} misses many of its events',
      description: |||
        Of the events of the last 15 minutes {{ $value | humanizePercentage }} were counted; the
        others were lost by the trace session or dropped by the exporter. Do not trust rates,
        sums and latencies of this session. EtwEventsLost or EtwEventsDropped tells which of the
        two it is.
      |||,
    }),

    alert({
      comment: |||
        Of others' sessions: ours have EtwEventsLost and EtwBuffersLost. What they lost before the
        exporter was started is in these counters from the first sample on, and no news.
      |||,
      alert: 'EtwSystemSessionEventsLost',
      expr: 'increase(%s[15m]) > 0' % e.series('etw_system_session_events_lost_total', others),
      severity: 'info',
      summary: 'trace session {{ $labels.trace_session }} lost events',
      description: |||
        A trace session of this machine that is not the exporter's lost about
        {{ $value | printf "%.0f" }} events in 15 minutes, by its own account. What is made of
        it (an event log, a recording) is not complete. Give it more or larger buffers, or
        fewer events.
      |||,
    }),

    alert({
      alert: 'EtwSystemSessionBuffersLost',
      expr: 'increase(%s[15m]) > 0' % e.series('etw_system_session_buffers_lost_total', others),
      severity: 'info',
      summary: 'trace session {{ $labels.trace_session }} lost buffers',
      description: |||
        A trace session of this machine that is not the exporter's lost about
        {{ $value | printf "%.0f" }} buffers for {{ $labels.target }} in 15 minutes, each full
        of events. For log_file look at the disk that it writes to; for real_time at the
        program that takes its events, which does not keep up.
      |||,
    }),
  ]
