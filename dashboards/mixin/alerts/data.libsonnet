// Trace data that is damaged, or that schemas and rules do not fit.
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      alert: 'EtwMalformedTraceData',
      expr: e.counted('etw_session_malformed_total'),
      severity: 'warning',
      summary: 'malformed trace data in session {{ $labels.session }}',
      description: |||
        Pieces of trace data that could not be used: about {{ $value | printf "%.0f" }},
        reason {{ $labels.reason }}. buffer_truncated and buffer_zeros at the end of a
        recording mean that it was not closed properly, or is still being written: follow it
        then. Other reasons mean damage: run etw_exporter inspect on the file, and copy it
        again if it was copied.
      |||,
    }),

    alert({
      alert: 'EtwDecodeErrors',
      expr: e.counted('etw_decode_errors_total', 'reason!="leftover"'),
      severity: 'info',
      summary: 'events of {{ $labels.provider }} do not fit their schema',
      description: |||
        Payloads of event {{ $labels.event_id }} {{ $labels.event }} in session
        {{ $labels.session }} that are not as their schema says: about
        {{ $value | printf "%.0f" }}, reason {{ $labels.reason }}. The events are counted, but
        rules may lack their fields. Most often the manifest is of another version of the
        program: look at etw_exporter dump.
      |||,
    }),

    alert({
      alert: 'EtwManifestsFlawed',
      expr: e.series('etw_exporter_manifests_flawed') + ' > 0',
      'for': '5m',
      severity: 'info',
      summary: 'manifests are wrong in part',
      description: |||
        {{ $value | printf "%.0f" }} of the manifests that the exporter on {{ $labels.instance }}
        was given have something wrong, which was left out: events that are described there have no
        names and fields. Run etw_exporter check on the configuration: it says file, line and column.
      |||,
    }),

    alert({
      alert: 'EtwFilesFailed',
      expr: e.counted('etw_session_files_failed_total'),
      severity: 'warning',
      summary: 'session {{ $labels.session }} cannot read a recording',
      description: |||
        Files that could not be read: about {{ $value | printf "%.0f" }}. Their events are not
        counted. The exporter's log names each file and the reason: permissions, a lock, or a
        file that is no recording.
      |||,
    }),

    alert({
      comment: 'Lately, and of all that the rule took more than a few.',
      alert: 'EtwRuleErrors',
      expr: |||
        (
          %s
        )
        and
        %s
        > on (%s) group_left
        %g * %s
      ||| % [
        e.indent(e.counted('etw_rule_errors_total'), 2),
        e.series('etw_rule_errors_total'),
        e.with(['session', 'rule']),
        config.ruleErrors,
        e.series('etw_rule_events_matched_total'),
      ],
      severity: 'info',
      summary: 'rule {{ $labels.rule }} cannot read its events',
      description: |||
        Events of session {{ $labels.session }} that the rule took, but could not read: about
        {{ $value | printf "%.0f" }}, reason {{ $labels.reason }}. They are missing from its
        metric, or have the default in a label. Run etw_exporter check --against a recording: it
        says what each rule could not read.
      |||,
    }),

    alert({
      alert: 'EtwRulePairsUnmatched',
      expr: |||
        sum without (side) (increase(%s[1h]))
        + increase(%s[1h])
        > increase(%s[1h])
      ||| % [
        e.series('etw_rule_pairs_unmatched_total'),
        e.series('etw_rule_pairs_expired_total'),
        e.series('etw_rule_pairs_matched_total'),
      ],
      'for': '15m',
      severity: 'info',
      summary: 'rule {{ $labels.rule }} finds few pairs',
      description: |||
        In session {{ $labels.session }} about {{ $value | printf "%.0f" }} starts and ends were
        given up within an hour without the other side, more than found it: the times that the
        rule measures are those of a minority. One of the two events may not be traced, or be
        lost, or the key does not fit.
      |||,
    }),

    alert({
      alert: 'EtwEventsUnordered',
      expr: e.counted('etw_session_unordered_events_total'),
      severity: 'info',
      summary: 'events of session {{ $labels.session }} come out of order',
      description: |||
        Events that came behind later ones though rules want them in order: about
        {{ $value | printf "%.0f" }}. Pairs of them may be missed, and gauges may show a value
        that is not the last. Read the recordings with neither follow nor pace: recorded, or give
        the trace session a shorter flush timer.
      |||,
    }),
  ]
