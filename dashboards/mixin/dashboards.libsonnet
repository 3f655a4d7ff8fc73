// `make rules` makes this file: Grafana's dashboards, as they stand beside this folder.
{
  grafanaDashboards+:: {
    'etw_exporter.json': import '../etw_exporter.json',
  },
}
