// What a site may want to be different. Durations are PromQL's.
{
  _config+:: {
    // Matchers that every selector of a metric gets, as 'job="etw"'. Without any the metrics' own
    // names tell what is meant, whatever jobs are called.
    selector: '',
    // Exporters that were never seen are known by their job's name.
    downSelector: 'job=~"(?i).*etw.*"',
    // What tells targets apart: add 'cluster' where several clusters are in one store.
    targetLabels: ['job', 'instance'],

    // Where RUNBOOK.md can be read, with %s for the name of an alert, as
    // 'https://wiki.example/etw/RUNBOOK.md#%s': alerts get a runbook_url then.
    runbookUrl: '',
    // Alert rules that are not wanted, by name; and severities other than those given here.
    leftOut: [],
    severities: {},

    // How long what was counted (losses, damage, failures) is told after it was.
    countedFor: '15m',
    restarts: 3,
    silentFor: '30m',
    // Of all events of a session, how many must have been counted.
    completeness: 0.95,
    lagSeconds: 60,
    queueUsed: 0.8,
    seriesUsed: 0.9,
    // Of the events that a rule took, how many it may fail to read.
    ruleErrors: 0.01,
    // Of the trace sessions that Windows can have, and of the files that the process can open.
    systemSessionsUsed: 0.9,
    filesUsed: 0.8,
    // Of the last quarter of an hour's scrapes, how many must have succeeded.
    scrapesSucceeded: 0.9,
    // Of the scrape's time-out, where Prometheus tells it (--enable-feature=extra-scrape-metrics);
    // seconds where not.
    scrapeTimeUsed: 0.5,
    scrapeSeconds: 5,
    passwordsRefused: 20,
    // Less than what is left where a certificate is renewed in time.
    certificateDays: 7,
    // How many deviations from the baseline's median, and how far from it at least: where a
    // baseline hardly varies, small changes are many deviations.
    baselineDeviations: 5,
    baselineChange: 0.2,
    // How far from a baseline that did not vary at all.
    baselineEvenChange: 0.5,

    // The quantiles that are recorded of the packs' histograms, and the one that anomalies are
    // looked for in.
    quantiles: ['0.5', '0.99'],
    anomalyQuantile: '0.99',
    // Series for https://github.com/grafana/promql-anomaly-detection, which takes what has these tags.
    anomalies: true,
    // Exporters of a fleet, in fleet/aggregation.rules.yml.
    fleetSelector: 'job="etw_exporter"',
  },
}
