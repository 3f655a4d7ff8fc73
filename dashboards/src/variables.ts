/* The variables that are above a dashboard. */
import {
	CustomVariableBuilder, DatasourceVariableBuilder, QueryVariableBuilder, VariableRefresh,
	VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type {VariableModel} from "@grafana/grafana-foundation-sdk/dashboard";
import type {Builder} from "@grafana/grafana-foundation-sdk/cog";
import {ofSessions, ofTargets} from "./queries.js";

export type Variable = Builder<VariableModel>;

/* Whatever Prometheus the user chooses. */
export const DATASOURCE = {type: "prometheus", uid: "${datasource}"};

const ALL = {selected: true, text: ["All"], value: ["$__all"]};

/* The values of a label; any number of them, or all. */
export function labelValues(name: string, label: string, series: string): Variable {
	const query = `label_values(${series}, ${name})`;

	return new QueryVariableBuilder(name)
		.label(label)
		.datasource(DATASOURCE)
		.definition(query)
		.query({query, refId: "Variable"})
		.refresh(VariableRefresh.OnTimeRangeChanged)
		.sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
		.multi(true)
		.includeAll(true)
		.allValue(".*")
		.current(ALL);
}

/* One of some values; the first that is named is the one that is chosen at first. */
export function choice(name: string, label: string, chosen: string, values: string[]): Variable {
	return new CustomVariableBuilder(name)
		.label(label)
		.values(values.join(","))
		.options(values.map((value) => ({selected: value === chosen, text: value, value})))
		.current({selected: true, text: chosen, value: chosen});
}

export const top = () => choice("top", "Top", "10", ["5", "10", "20", "50"]);
export const quantileChoice = () =>
	choice("quantile", "Quantile", "0.99", ["0.5", "0.9", "0.95", "0.99", "0.999"]);

/* The names of programs in metrics that a regular expression tells. */
export const process = (metrics: string) =>
	labelValues("process", "Process", ofSessions("", `__name__=~"${metrics}"`));

/* Those that every dashboard has, in this order. */
export function common(): Variable[] {
	return [
		new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
		labelValues("job", "Job", "etw_exporter_build_info"),
		labelValues("instance", "Instance", 'etw_exporter_build_info{job=~"$job"}'),
		labelValues("session", "Session", ofTargets("etw_session_info")),
	];
}
