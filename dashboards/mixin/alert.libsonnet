// An alert rule, of {alert, expr, severity, summary, description} and, where it is wanted, `for`
// and a comment.
function(config) function(fields) {
  alert: fields.alert,
  expr: fields.expr,
  [if std.objectHas(fields, 'for') then 'for']: fields['for'],
  labels: {
    severity:
      if std.objectHas(config.severities, fields.alert) then config.severities[fields.alert]
      else fields.severity,
  },
  annotations: {
    summary: '{{ $labels.instance }}: ' + fields.summary,
    description: std.strReplace(
      std.substr(fields.description, 0, std.length(fields.description) - 1),
      '\n',
      ' ',
    ),
    [if config.runbookUrl == '' then 'runbook']:
      'RUNBOOK.md#' + std.asciiLower(fields.alert),
    [if config.runbookUrl != '' then 'runbook_url']: config.runbookUrl % fields.alert,
  },
  [if std.objectHas(fields, 'comment') then 'comment']:: fields.comment,
}
