/*
 * The SDK is of one version of Grafana, and writes defaults that other versions do not know, or know
 * otherwise. They are left out: each version has its own. `make test-dashboards` says which.
 */
import type {Dashboard} from "@grafana/grafana-foundation-sdk/dashboard";

/* Of panels' options, by the type of panel; "" is of variables and "link" of links. */
const NOT_IN_ALL: Record<string, string[]> = {
	"": ["allowCustomValue", "auto", "auto_count", "auto_min"],
	"link": ["placement"],
	"stat": ["percentChangeColorMode", "showPercentChange", "wideLayout"],
	"bargauge": ["legend", "maxVizHeight", "namePlacement", "sizing"],
	"heatmap": ["selectionMode", "tooltip.mode"],
	"table": ["footer"],
};

function leaveOut(from: unknown, path: string[]) {
	const [name, ...rest] = path;
	const object = from as Record<string, unknown> | undefined;

	if (!object)
		return;
	if (rest.length)
		leaveOut(object[name!], rest);
	else
		delete object[name!];
}

/* Changes it. */
export function portable(dashboard: Dashboard): Dashboard {
	const without = (from: unknown, kind: string) =>
		NOT_IN_ALL[kind]?.forEach((path) => leaveOut(from, path.split(".")));

	dashboard.templating?.list?.forEach((variable) => without(variable, ""));
	dashboard.links?.forEach((link) => without(link, "link"));
	for (const panel of dashboard.panels ?? [])
		if ("options" in panel)
			without(panel.options, panel.type);
	return dashboard;
}
