// What the plain files are made of, by plain_files.py: everything as it is in config.libsonnet, with
// the comments, which are hidden in the mixin.
local mixin = import 'mixin.libsonnet';

local commented(object) =
  object + (if std.objectHasAll(object, 'comment') then { comment::: super.comment } else {});
local groups(rules) = [
  commented(group) + { rules: [commented(rule) for rule in group.rules] }
  for group in rules.groups
];

{
  'etw_exporter.alerts.yml': { source: 'mixin/', groups: groups(mixin.prometheusAlerts) },
  'etw_exporter.rules.yml': { source: 'mixin/', groups: groups(mixin.prometheusRules) },
  'fleet/aggregation.rules.yml': { source: '../mixin/', groups: groups(mixin.fleetRules) },
}
