// For what takes a mixin by this name at the top of its folder, and for jsonnet-bundler, which takes
// this folder with the dashboards, as jsonnetfile.json says.
import 'mixin/mixin.libsonnet'
