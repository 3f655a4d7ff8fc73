// Folds the series of many hosts into those of a cluster, beside the recording rules of each.
{
  fleetRules+:: {
    local config = $._config,
    local e = (import 'expressions.libsonnet')(config),
    local rate(name, matchers='') = 'rate(%s[5m])' % e.series(name, matchers),
    local up = 'up{%s}' % config.fleetSelector,

    // Without the instance, the session, and what more is given.
    local sum(name, more=[]) = 'sum without (%s) (%s)' % [
      std.join(', ', ['instance', 'session'] + more),
      rate(name),
    ],

    groups+: [{
      name: 'etw_exporter_fleet',
      comment:: |||
        Folds the series of many hosts into those of a cluster, which are few: nothing here has an
        instance. They stand on the recording rules in ../etw_exporter.rules.yml; sums are of rates, so
        that a host that restarts takes nothing away.
      |||,
      rules: [
        {
          record: 'cluster:etw_exporters:up',
          expr: 'sum without (instance) (%s)' % up,
        },
        {
          record: 'cluster:etw_exporters:count',
          expr: 'count without (instance) (%s)' % up,
        },
        {
          record: 'cluster:etw_sessions:down',
          expr: 'count without (instance, session) (%s == 0)' % e.series('etw_session_up'),
        },
        {
          record: 'cluster_provider:etw_events:rate5m',
          expr: 'sum without (instance, session) (instance_session_provider:etw_events:rate5m)',
        },
        {
          record: 'cluster:etw_session_events_lost:rate5m',
          expr: 'sum without (instance, session) (instance_session:etw_session_events_lost:rate5m)',
        },
        {
          comment:: 'Of all events of the cluster, how many were counted.',
          record: 'cluster:etw_session_completeness:ratio_rate5m',
          expr: |||
            %(counted)s
            /
            (
              %(counted)s
              + cluster:etw_session_events_lost:rate5m
              > 0
            )
          ||| % { counted: sum('etw_session_events_total') },
        },
        {
          comment:: |||
            Latencies, by what few labels they have then. Quantiles of such are right, those of averages
            are not: histogram_quantile(0.99, cluster_le:...).
          |||,
          record: 'cluster_le:etw_linux_run_queue_seconds_bucket:rate5m',
          expr: sum('etw_linux_run_queue_seconds_bucket', ['process']),
        },
        {
          record: 'cluster_device_operation_le:etw_linux_block_request_seconds_bucket:rate5m',
          expr: sum('etw_linux_block_request_seconds_bucket'),
        },
        {
          record: 'cluster_syscall:etw_linux_syscall_seconds_sum:rate5m',
          expr: sum('etw_linux_syscall_seconds_sum', ['process']),
        },
        {
          record: 'cluster_disk_operation_le:etw_disk_operation_seconds_bucket:rate5m',
          expr: sum('etw_disk_operation_seconds_bucket'),
        },
        {
          record: 'cluster_le:etw_dns_client_query_seconds_bucket:rate5m',
          expr: sum('etw_dns_client_query_seconds_bucket', ['process', 'qtype']),
        },
        {
          record: 'cluster_code_le:etw_http_request_seconds_bucket:rate5m',
          expr: sum('etw_http_request_seconds_bucket'),
        },
      ],
    }],
  },
}
