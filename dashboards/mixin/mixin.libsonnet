// Alert rules, recording rules and dashboards of etw_exporter, as a monitoring mixin:
//
//     (import 'mixin.libsonnet') + { _config+:: { selector: 'job="etw"' } }
//
// What may be set is in config.libsonnet. `make rules` writes the plain files beside this folder of
// the same source, with everything as it is there.
(import 'config.libsonnet') +
(import 'dashboards.libsonnet') +
(import 'rules.libsonnet') +
(import 'fleet.libsonnet') +
{
  prometheusAlerts+:: {
    groups+: [{
      name: 'etw_exporter',
      comment:: importstr 'alerts/README',
      local config = $._config,
      rules: [
        rule
        for file in [
          (import 'alerts/exporter.libsonnet'),
          (import 'alerts/sessions.libsonnet'),
          (import 'alerts/losses.libsonnet'),
          (import 'alerts/pace.libsonnet'),
          (import 'alerts/data.libsonnet'),
          (import 'alerts/limits.libsonnet'),
          (import 'alerts/baseline.libsonnet'),
        ]
        for rule in file(config)
        if !std.member(config.leftOut, rule.alert)
      ],
    }],
  },
}
