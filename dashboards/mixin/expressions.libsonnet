// What expressions are made of.
function(config) {
  local this = self,
  local join(matchers) = std.join(',', [matcher for matcher in matchers if matcher != '']),

  // A selector, with the site's matchers.
  series(name, matchers='')::
    local all = join([config.selector, matchers]);
    if all == '' then name else '%s{%s}' % [name, all],

  // What tells targets apart, and more beside it, for on() and by().
  target:: std.join(', ', config.targetLabels),
  with(labels):: std.join(', ', config.targetLabels + labels),
  session:: self.with(['session']),

  // Lines, the last of which ends, behind an indentation, which the first has already.
  indent(text, columns)::
    std.strReplace(
      std.substr(text, 0, std.length(text) - 1),
      '\n',
      '\n' + std.repeat(' ', columns),
    ),

  // Whether a counter counted something lately, also before its first sample. See alerts/README.
  counted(name, matchers='')::
    local series = self.series(name, matchers);
    local born = '(%s > 0 unless %s offset %s)' % [series, series, config.countedFor];
    local wrapped = '(\n  %s > 0\n  unless %s offset %s\n)' % [series, series, config.countedFor];
    'increase(%s[%s]) > 0\nor\n%s\n' % [
      series,
      config.countedFor,
      if std.length(born) < 80 then born else wrapped,
    ],

  // Sessions whose events are counted as they happen, or as they happened.
  inTime:: |||
    (
      %s
      or %s
      or %s
    )
  ||| % [
    self.series('etw_session_info', 'source!="etl"'),
    self.series('etw_session_info', 'follow="true"'),
    self.series('etw_session_info', 'pace="recorded"'),
  ],

  // Events lost and dropped beside those counted. `of` is what is made of each counter.
  completeness(of):: |||
    %(counted)s
    /
    (
      %(counted)s
      + %(lost)s
      + %(dropped)s
      > 0
    )
  ||| % {
    counted: of(this.series('etw_session_events_total')),
    lost: of(this.series('etw_session_events_lost_total')),
    dropped: of(this.series('etw_session_events_dropped_total')),
  },

  // Targets that are exporters, though their metrics may be gone.
  isExporter:: 'on (%s) count_over_time(%s[1d])' % [
    self.target,
    self.series('etw_exporter_build_info'),
  ],
}
