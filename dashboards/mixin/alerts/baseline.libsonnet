// What is unlike what was recorded as the baseline.
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  [
    alert({
      alert: 'EtwBaselineDeviation',
      expr: |||
        abs(%s) > %g
        and
        abs(%s - 1) > %g
      ||| % [
        e.series('etw_baseline_deviation'),
        config.baselineDeviations,
        e.series('etw_baseline_ratio'),
        config.baselineChange,
      ],
      'for': '15m',
      severity: 'info',
      summary: '{{ $labels.metric }} is not as in the baseline',
      description: |||
        For 15 minutes {{ $labels.metric }}{{ with $labels.session }} of session {{ . }}{{ end }}
        has been {{ $value | printf "%.1f" }} robust deviations away from the baseline's median.
        etw_baseline_ratio says how many times the baseline it is. Either the machine does
        something else than it did then, or the baseline is out of date.
      |||,
    }),
  ]
