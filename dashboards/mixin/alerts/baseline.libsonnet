// What is unlike what was recorded as the baseline.
function(config)
  local e = (import '../expressions.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);

  // Single intervals vary.
  local lately(name) = 'quantile_over_time(0.5, %s[5m])' % e.series(name);

  local which = '{{ $labels.metric }}' +
                '{{ with $labels.event_id }}, event {{ . }} of {{ $labels.provider }}{{ end }}' +
                '{{ with $labels.session }}, session {{ . }},{{ end }}';

  [
    alert({
      comment: 'There is no ratio to a median of 0.',
      alert: 'EtwBaselineDeviation',
      expr: |||
        abs(%(deviation)s) > %(deviations)g
        unless
        abs(%(ratio)s - 1) <= %(change)g
      ||| % {
        deviation: lately('etw_baseline_deviation'),
        deviations: config.baselineDeviations,
        ratio: lately('etw_baseline_ratio'),
        change: config.baselineChange,
      },
      'for': '10m',
      severity: 'info',
      summary: '{{ $labels.metric }} is not as in the baseline',
      description: |||
        For 10 minutes %s
        has been {{ $value | printf "%%.1f" }} robust deviations away from the baseline's median.
        etw_baseline_ratio says how many times the baseline it is. Either the machine does
        something else than it did then, or the baseline is out of date.
      ||| % which,
    }),

    alert({
      comment: 'Where all intervals of the baseline were the same there is no deviation.',
      alert: 'EtwBaselineChanged',
      expr: |||
        abs(%s - 1) > %g
        unless %s
      ||| % [
        lately('etw_baseline_ratio'),
        config.baselineEvenChange,
        e.series('etw_baseline_deviation'),
      ],
      'for': '10m',
      severity: 'info',
      summary: '{{ $labels.metric }} is no longer even as in the baseline',
      description: |||
        For 10 minutes %s
        has been {{ $value | humanizePercentage }} away from the baseline, in which it was the
        same at all times.
      ||| % which,
    }),
  ]
