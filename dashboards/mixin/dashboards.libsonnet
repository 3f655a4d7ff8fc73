// `make rules` makes this file: Grafana's dashboards, as they stand beside this folder.
{
  grafanaDashboards+:: {
    'etw-baseline.json': import '../etw-baseline.json',
    'etw-dns-http.json': import '../etw-dns-http.json',
    'etw-dotnet.json': import '../etw-dotnet.json',
    'etw-events.json': import '../etw-events.json',
    'etw-linux-kernel.json': import '../etw-linux-kernel.json',
    'etw-overview.json': import '../etw-overview.json',
    'etw-windows-kernel.json': import '../etw-windows-kernel.json',
  },
}
