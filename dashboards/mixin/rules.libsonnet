// Recording rules. Names are LEVEL:METRIC:OPERATIONS; the level says what is told apart, beside the
// target's own labels.

// Latencies of the packs: what is kept of their labels, and what is summed over. Of a pack that is
// not in use there is nothing.
local latencies = [
  { metric: 'etw_disk_operation_seconds', keep: ['disk', 'operation'], drop: [] },
  { metric: 'etw_dns_client_query_seconds', keep: [], drop: ['process', 'qtype'] },
  { metric: 'etw_dotnet_gc_pause_seconds', keep: ['process'], drop: ['reason'] },
  { metric: 'etw_dpc_seconds', keep: ['driver'], drop: ['kind'] },
  { metric: 'etw_http_request_seconds', keep: [], drop: ['code'] },
  { metric: 'etw_isr_seconds', keep: ['driver'], drop: ['kind'] },
  { metric: 'etw_linux_block_request_seconds', keep: ['device', 'operation'], drop: [] },
  { metric: 'etw_linux_reclaim_seconds', keep: ['kind'], drop: ['process'] },
  { metric: 'etw_linux_run_queue_seconds', keep: [], drop: ['process'] },
  { metric: 'etw_linux_softirq_wait_seconds', keep: ['softirq'], drop: [] },
  { metric: 'etw_linux_syscall_seconds', keep: ['syscall'], drop: ['process'] },
  { metric: 'etw_memory_hard_fault_seconds', keep: [], drop: ['process'] },
  { metric: 'etw_registry_operation_seconds', keep: ['operation'], drop: [] },
  { metric: 'etw_thread_ready_seconds', keep: [], drop: ['process'] },
];

local level(latency) = std.join('_', ['instance', 'session'] + latency.keep);
local quantileName(latency) = '%s:%s:quantile_rate5m' % [level(latency), latency.metric];

{
  prometheusRules+:: {
    local config = $._config,
    local e = (import 'expressions.libsonnet')(config),
    local rate(name, matchers='') = 'rate(%s[5m])' % e.series(name, matchers),

    local quantile(latency, quantile) = {
      record: quantileName(latency),
      expr:
        local buckets = rate(latency.metric + '_bucket');
        if latency.drop == [] then 'histogram_quantile(%s, %s)' % [quantile, buckets]
        else |||
          histogram_quantile(
            %s,
            sum without (%s) (%s)
          )
        ||| % [quantile, std.join(', ', latency.drop), buckets],
      labels: { quantile: quantile },
    },

    // Tags are labels; a name belongs to one rule alone, as metrics' own names are taken away.
    local anomaly(name, type, strategy, record, expr) = {
      record: record,
      expr: expr,
      labels: { anomaly_name: name, anomaly_type: type, anomaly_strategy: strategy },
    },

    groups+: [
      {
        name: 'etw_exporter',
        comment:: |||
          Recording rules. The names say what is told apart, beside the target's own labels.

          The ratios know nothing of events in lost buffers (etw_session_buffers_lost_total): how many they
          held is not known.
        |||,
        rules: [
          {
            comment:: 'Since the session was started; it holds for finished replays too.',
            record: 'instance_session:etw_session_completeness:ratio',
            expr: e.completeness(function(series) series),
          },
          {
            comment:: 'Of the last 15 minutes; absent while there are no events.',
            record: 'instance_session:etw_session_completeness:ratio_rate15m',
            expr: e.completeness(function(series) 'rate(%s[15m])' % series),
          },
          {
            record: 'instance_session:etw_session_events:rate5m',
            expr: rate('etw_session_events_total'),
          },
          {
            comment:: 'What the trace session lost, and what the exporter dropped.',
            record: 'instance_session:etw_session_events_lost:rate5m',
            expr: '%s\n+ %s\n' % [
              rate('etw_session_events_lost_total'),
              rate('etw_session_events_dropped_total'),
            ],
          },
          {
            record: 'instance_session:etw_session_queue_used:ratio',
            expr: '%s\n/ %s\n' % [
              e.series('etw_session_queue_depth_bytes'),
              e.series('etw_session_queue_capacity_bytes'),
            ],
          },
          {
            record: 'instance_session_provider:etw_events:rate5m',
            expr: 'sum without (event_id, event) (%s)' % rate('etw_events_total'),
          },
          {
            record: 'instance_session_provider:etw_event_bytes:rate5m',
            expr: 'sum without (event_id, event) (%s)' % rate('etw_event_bytes_total'),
          },
          {
            record: 'instance:etw_exporter_series_used:ratio',
            expr: '%s / %s' % [
              e.series('etw_exporter_series'),
              e.series('etw_exporter_series_limit'),
            ],
          },
        ],
      },
      {
        name: 'etw_exporter_quantiles',
        comment:: "Latencies of the packs. Where a pack is not in use its rules give nothing.",
        rules: [
          quantile(latency, one)
          for latency in latencies
          for one in config.quantiles
        ],
      },
    ] + (if config.anomalies then [{
      name: 'etw_exporter_anomalies',
      comment:: |||
        Series with the tags of https://github.com/grafana/promql-anomaly-detection, whose rules make
        bands and alerts of all that has them. Without these they are but a few more series.
        adaptive: mean and standard deviation, for what varies evenly; robust: median and MAD, for
        what comes in bursts.
      |||,
      rules: [
        anomaly(
          'etw_session_events',
          'requests',
          'adaptive',
          'instance_session:etw_session_events:anomaly_rate5m',
          rate('etw_session_events_total'),
        ),
        anomaly(
          'etw_provider_events',
          'requests',
          'robust',
          'instance_session_provider:etw_events:anomaly_rate5m',
          'sum without (event_id, event) (%s)' % rate('etw_events_total'),
        ),
        anomaly(
          'etw_session_events_lost',
          'errors',
          'robust',
          'instance_session:etw_session_events_lost:anomaly_rate5m',
          '%s\n+ %s\n' % [
            rate('etw_session_events_lost_total'),
            rate('etw_session_events_dropped_total'),
          ],
        ),
        anomaly(
          'etw_decode_errors',
          'errors',
          'robust',
          'instance_session_provider:etw_decode_errors:anomaly_rate5m',
          'sum without (event_id, event, reason) (%s)' % rate('etw_decode_errors_total'),
        ),
        anomaly(
          'etw_session_lag',
          'latency',
          'robust',
          'instance_session:etw_session_lag_seconds:anomaly',
          '%s\nand on (%s) %s' % [e.series('etw_session_lag_seconds'), e.session, e.inTime],
        ),
        anomaly(
          'etw_session_queue_used',
          'resource',
          'adaptive',
          'instance_session:etw_session_queue_used:anomaly_ratio',
          '%s\n/ %s\n' % [
            e.series('etw_session_queue_depth_bytes'),
            e.series('etw_session_queue_capacity_bytes'),
          ],
        ),
        anomaly(
          'etw_http_errors',
          'errors',
          'robust',
          'instance_session:etw_http_responses:anomaly_rate5m',
          'sum without (code, result) (%s)' % rate('etw_http_responses_total', 'code=~"5.."'),
        ),
        anomaly(
          'etw_dns_client_failures',
          'errors',
          'robust',
          'instance_session:etw_dns_client_queries:anomaly_rate5m',
          'sum without (process, qtype, status) (\n  %s\n)\n' % rate(
            'etw_dns_client_queries_total',
            'status!="ERROR_SUCCESS"',
          ),
        ),
      ] + [
        anomaly(
          std.strReplace(latency.metric, '_seconds', ''),
          'latency',
          'robust',
          level(latency) + ':%s:anomaly_quantile_rate5m' % latency.metric,
          '%s{quantile="%s"}' % [quantileName(latency), config.anomalyQuantile],
        )
        for latency in latencies
      ],
    }] else []),
  },
}
