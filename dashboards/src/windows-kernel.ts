/* What the kernel of Windows says: packs process, threads, interrupts, disk, memory, network,
 * registry, images. */
import {dashboard, line, section} from "./dashboard.js";
import {heat, number, rows, series} from "./panels.js";
import type {Column, Placed} from "./panels.js";
import {
	buckets, increase, mean, ofSessions, quantile, rate, ratio, share, sum, topRate,
} from "./queries.js";
import {process, quantileChoice, top} from "./variables.js";

const PROCESS = 'process=~"$process"';
const BY_PROCESS = "{{process}}";

/* A column of a table with a row for each program: a rate, on average of the time range shown. */
const perSecond = (name: string, unit: string, counter: string): Column => ({
	name, unit, expression: sum("process",
		`rate(${ofSessions(counter, PROCESS)}[$__range])`),
});

const programs = rows({
	title: "Programs",
	description: "What each program did, a second, on average of the time range shown. Waits are " +
		"the time that threads were ready and did not run, in operations of disks, in hard faults. " +
		"100 % of CPU is one processor.",
	labels: {process: "Process"},
	columns: [
		perSecond("CPU", "percentunit", "etw_thread_cpu_seconds_total"),
		perSecond("Switches", "cps", "etw_thread_context_switches_total"),
		perSecond("CPU wait", "percentunit", "etw_thread_ready_seconds_sum"),
		perSecond("Disk read", "Bps", "etw_disk_read_bytes_total"),
		perSecond("Disk written", "Bps", "etw_disk_written_bytes_total"),
		perSecond("Disk wait", "percentunit", "etw_disk_process_operation_seconds_sum"),
		perSecond("Hard faults", "cps", "etw_memory_hard_fault_seconds_count"),
		perSecond("Page wait", "percentunit", "etw_memory_hard_fault_seconds_sum"),
		perSecond("TCP sent", "Bps", "etw_tcp_sent_bytes_total"),
		perSecond("TCP received", "Bps", "etw_tcp_received_bytes_total"),
		perSecond("Registry", "ops", "etw_registry_operations_total"),
		perSecond("Images", "cps", "etw_image_loads_total"),
	],
	sortBy: "CPU",
});

const alive: Placed[] = [
	number({
		title: "Processes alive", unit: "short",
		description: "Processes that began less those that ended, where the session had rundown " +
			"events at its beginning.",
		expression: `${sum("", ofSessions("etw_process_begins_total", PROCESS))} - ` +
			`(${sum("", ofSessions("etw_process_ends_total", PROCESS))} or vector(0))`,
	}),
	number({
		title: "Programs running", unit: "short",
		description: "Programs of which a process runs.",
		expression: `count(${sum("process", ofSessions("etw_process_running", PROCESS))})`,
	}),
	number({
		title: "Threads alive", unit: "short",
		description: "Threads that began less those that ended.",
		expression: `${sum("", ofSessions("etw_process_thread_begins_total", PROCESS))} - ` +
			`(${sum("", ofSessions("etw_process_thread_ends_total", PROCESS))} or vector(0))`,
	}),
	number({
		title: "Ended with failure", unit: "short", decimals: 0,
		description: "Processes whose exit status was not 0, in the time range shown.",
		expression: increase("", "etw_process_ends_total", 'result="failure"', PROCESS),
	}),
	number({
		title: "Crashes", unit: "short", colours: [[1, "red"]], decimals: 0,
		description: "Processes that ended with an NTSTATUS that is a warning or an error, as " +
			"crashes do, in the time range shown.",
		expression: increase("", "etw_process_crashes_total", PROCESS),
	}),
];

const processes: Placed[] = [
	series({
		title: "Processes begun", unit: "cps",
		description: "Processes that were started a second, by program and its parent.",
		queries: [{legend: "{{process}} by {{parent}}", expression: topRate("process, parent",
			"etw_process_begins_total", 'kind="start"', PROCESS)}],
	}),
	series({
		title: "Processes ended", unit: "cps",
		description: "Processes that ended a second, by program and whether their exit status was " +
			"0.",
		queries: [{legend: "{{process}}: {{result}}",
			   expression: topRate("process, result", "etw_process_ends_total", PROCESS)}],
	}),
	series({
		title: "Threads begun", unit: "cps",
		description: "Threads that were started a second, by program.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_process_thread_begins_total", 'kind="start"', PROCESS)}],
	}),
];

const lives: Placed[] = [
	series({
		title: "How long processes live", unit: "s",
		description: "The quantile that is chosen of the time from start to end, of processes " +
			"that did both in the trace.",
		queries: [{legend: BY_PROCESS,
			   expression: quantile("process", "etw_process_lifetime_seconds", PROCESS)}],
	}),
	rows({
		title: "Crashes by status",
		description: "Since the sessions were started.",
		labels: {process: "Process", status: "Status"},
		columns: [{name: "Crashes", unit: "short", expression: sum("process, status",
			ofSessions("etw_process_crashes_total", PROCESS))}],
		sortBy: "Crashes",
	}),
];

const switches: Placed[] = [
	series({
		title: "CPU by program", unit: "percentunit", stacked: true,
		description: "Time that a program's threads ran: 100 % is one processor. Without what " +
			"processors had nothing to do.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_thread_cpu_seconds_total", PROCESS, 'process!="Idle"')}],
	}),
	series({
		title: "Context switches by program", unit: "cps",
		description: "Context switches a second, by the program of the thread that runs then.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_thread_context_switches_total", PROCESS)}],
	}),
	series({
		title: "Context switches by processor", unit: "cps",
		description: "Context switches a second, of each processor.",
		queries: [{legend: "CPU {{cpu}}",
			   expression: rate("cpu", "etw_thread_cpu_context_switches_total")}],
	}),
	series({
		title: "Waiting for a processor", unit: "s",
		description: "The quantile that is chosen of the time from a thread's being ready to its " +
			"running, by program. It grows where there are too few processors.",
		queries: [{legend: BY_PROCESS,
			   expression: quantile("process", "etw_thread_ready_seconds", PROCESS)}],
	}),
	series({
		title: "Why threads stop running", unit: "cps", stacked: true,
		description: "Threads that stopped running, by the state that they are in then and the " +
			"reason that they wait for.",
		queries: [{legend: "{{state}} {{reason}}",
			   expression: topRate("state, reason", "etw_thread_stops_total")}],
	}),
	heat({
		title: "Waiting for a processor, all programs", unit: "s",
		description: "How many threads waited how long from being ready to running.",
		expression: buckets("etw_thread_ready_seconds", PROCESS),
	}),
	series({
		title: "Time between context switches", unit: "s",
		description: "The quantile that is chosen of the time from a context switch of a processor " +
			"to its next one.",
		queries: [{legend: "CPU {{cpu}}",
			   expression: quantile("cpu", "etw_thread_switch_interval_seconds")}],
	}),
];

const interrupts: Placed[] = [
	series({
		title: "Processors in interrupts", unit: "percentunit", stacked: true,
		description: "Share of each processor's time in deferred procedure calls and in interrupt " +
			"service routines.",
		queries: [
			{legend: "CPU {{cpu}}: DPC", expression: rate("cpu", "etw_dpc_cpu_seconds_total")},
			{legend: "CPU {{cpu}}: ISR", expression: rate("cpu", "etw_isr_cpu_seconds_total")},
		],
	}),
	series({
		title: "Interrupts by processor", unit: "cps",
		description: "Deferred procedure calls and interrupt service routines that ran, of each " +
			"processor.",
		queries: [
			{legend: "CPU {{cpu}}: DPC",
			 expression: rate("cpu", "etw_dpc_cpu_executions_total")},
			{legend: "CPU {{cpu}}: ISR",
			 expression: rate("cpu", "etw_isr_cpu_executions_total")},
		],
	}),
	series({
		title: "Time of drivers in interrupts", unit: "percentunit", stacked: true,
		description: "Share of a processor that each driver's DPCs and ISRs take.",
		queries: [
			{legend: "{{driver}}: DPC", expression: share("driver", "etw_dpc_seconds")},
			{legend: "{{driver}}: ISR", expression: share("driver", "etw_isr_seconds")},
		],
	}),
	series({
		title: "Longest DPCs and ISRs", unit: "s",
		description: "The quantile that is chosen of how long they run, by driver. Above 100 us " +
			"sound and video stutter.",
		queries: [
			{legend: "{{driver}}: DPC", expression: quantile("driver", "etw_dpc_seconds")},
			{legend: "{{driver}}: ISR", expression: quantile("driver", "etw_isr_seconds")},
		],
	}),
];

const disks: Placed[] = [
	series({
		title: "Bytes by disk", unit: "Bps",
		description: "Bytes read from and written to each disk.",
		queries: [
			{legend: "Disk {{disk}}: read", expression:
				rate("disk", "etw_disk_read_bytes_total", PROCESS)},
			{legend: "Disk {{disk}}: written", expression:
				rate("disk", "etw_disk_written_bytes_total", PROCESS)},
		],
	}),
	series({
		title: "Operations by disk", unit: "iops",
		description: "Operations that were completed, by disk and kind.",
		queries: [{legend: "Disk {{disk}}: {{operation}}", expression:
			rate("disk, operation", "etw_disk_operations_total", PROCESS)}],
	}),
	series({
		title: "Latency by disk", unit: "s",
		description: "The quantile that is chosen of how long operations took, by disk and kind.",
		queries: [{legend: "Disk {{disk}}: {{operation}}",
			   expression: quantile("disk, operation", "etw_disk_operation_seconds")}],
	}),
	heat({
		title: "Latency of all disks", unit: "s",
		description: "How many operations of disks took how long.",
		expression: buckets("etw_disk_operation_seconds"),
	}),
	series({
		title: "Bytes by program", unit: "Bps",
		description: "Bytes read and written for the programs with the most. Writes of the cache " +
			"are those of System.",
		queries: [
			{legend: "{{process}}: read",
			 expression: topRate("process", "etw_disk_read_bytes_total", PROCESS)},
			{legend: "{{process}}: written",
			 expression: topRate("process", "etw_disk_written_bytes_total", PROCESS)},
		],
	}),
	series({
		title: "Latency by program", unit: "s",
		description: "How long operations took on average, by the program that they were for.",
		queries: [{legend: "{{process}}: {{operation}}", expression:
			mean("process, operation", "etw_disk_process_operation_seconds", PROCESS)}],
	}),
];

const partitions = rows({
	title: "Disks and partitions",
	description: "As the kernel says when its session begins.",
	labels: {session: "Session", disk: "Disk", model: "Model", drive: "Drive",
		 file_system: "File system"},
	columns: [
		{name: "Sector", unit: "bytes", expression: sum("session, disk, model",
			ofSessions("etw_disk_sector_bytes"))},
		{name: "Size", unit: "bytes", expression: sum("session, disk, drive, file_system",
			ofSessions("etw_disk_partition_bytes"))},
	],
});

const memory: Placed[] = [
	series({
		title: "Hard faults", unit: "cps",
		description: "Page faults that were read from disk, by the program that waited.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_memory_hard_fault_seconds_count", PROCESS)}],
	}),
	series({
		title: "Time waiting for pages", unit: "percentunit",
		description: "Time that threads of a program waited for hard faults: 100 % is one thread " +
			"all the time.",
		queries: [{legend: BY_PROCESS,
			   expression: share("process", "etw_memory_hard_fault_seconds", PROCESS)}],
	}),
	series({
		title: "How long hard faults take", unit: "s",
		description: "The quantile that is chosen, by program.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_memory_hard_fault_seconds", PROCESS)}],
	}),
	series({
		title: "Bytes read by hard faults", unit: "Bps",
		description: "By the program that waited.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_memory_hard_fault_bytes_total", PROCESS)}],
	}),
	series({
		title: "Page faults by kind", unit: "cps", stacked: true,
		description: "Faults that take no disk, by kind: of pages in transition, of zeroed pages, " +
			"copies on write and so on.",
		queries: [{legend: "{{kind}}",
			   expression: rate("kind", "etw_memory_faults_total", PROCESS)}],
	}),
	series({
		title: "Virtual memory", unit: "Bps",
		description: "Bytes of virtual memory that programs committed and freed a second.",
		queries: [
			{legend: "{{process}}: committed",
			 expression: topRate("process", "etw_memory_committed_bytes_total", PROCESS)},
			{legend: "{{process}}: freed",
			 expression: topRate("process", "etw_memory_freed_bytes_total", PROCESS)},
		],
	}),
];

const network: Placed[] = [
	series({
		title: "TCP bytes by program", unit: "Bps",
		description: "Bytes sent and received over TCP, of the programs with the most.",
		queries: [
			{legend: "{{process}}: sent",
			 expression: topRate("process", "etw_tcp_sent_bytes_total", PROCESS)},
			{legend: "{{process}}: received",
			 expression: topRate("process", "etw_tcp_received_bytes_total", PROCESS)},
		],
	}),
	series({
		title: "TCP bytes that are sent again", unit: "percentunit",
		description: "Of the bytes sent, those that are sent again: above 1 % something on the " +
			"way is wrong.",
		queries: [{legend: BY_PROCESS, expression:
			ratio(rate("process", "etw_tcp_retransmitted_bytes_total", PROCESS),
			      rate("process", "etw_tcp_sent_bytes_total", PROCESS))}],
	}),
	series({
		title: "TCP connections", unit: "cps",
		description: "Connections that were made, by who made them, and that were ended.",
		queries: [
			{legend: "{{process}}: {{direction}}", expression:
				topRate("process, direction", "etw_tcp_connections_total", PROCESS)},
			{legend: "{{process}}: ended",
			 expression: topRate("process", "etw_tcp_disconnects_total", PROCESS)},
		],
	}),
	series({
		title: "TCP troubles", unit: "cps",
		description: "Segments that were sent again, attempts to connect that were made again, " +
			"and operations that failed, by reason.",
		queries: [
			{legend: "{{process}}: segments again",
			 expression: topRate("process", "etw_tcp_retransmits_total", PROCESS)},
			{legend: "{{process}}: connecting again",
			 expression: topRate("process", "etw_tcp_reconnects_total", PROCESS)},
			{legend: "{{protocol}}: {{reason}}",
			 expression: rate("protocol, reason", "etw_tcp_failures_total")},
		],
	}),
	series({
		title: "UDP bytes by program", unit: "Bps",
		description: "Bytes sent and received over UDP, of the programs with the most.",
		queries: [
			{legend: "{{process}}: sent",
			 expression: topRate("process", "etw_udp_sent_bytes_total", PROCESS)},
			{legend: "{{process}}: received",
			 expression: topRate("process", "etw_udp_received_bytes_total", PROCESS)},
		],
	}),
	series({
		title: "UDP datagrams and failures", unit: "pps",
		description: "Datagrams by program and direction, and operations that failed, by reason.",
		queries: [
			{legend: "{{process}}: {{direction}}", expression:
				topRate("process, direction", "etw_udp_datagrams_total", PROCESS)},
			{legend: "{{protocol}}: {{reason}}",
			 expression: rate("protocol, reason", "etw_udp_failures_total")},
		],
	}),
];

const registry: Placed[] = [
	series({
		title: "Registry operations", unit: "ops",
		description: "Operations of the programs with the most, by kind.",
		queries: [{legend: "{{process}}: {{operation}}", expression:
			topRate("process, operation", "etw_registry_operations_total", PROCESS)}],
	}),
	series({
		title: "Registry failures", unit: "ops",
		description: "Operations that did not succeed, by kind and status. Many programs look for " +
			"keys that are not there.",
		queries: [{legend: "{{operation}}: {{status}}",
			   expression: topRate("operation, status", "etw_registry_failures_total")}],
	}),
	series({
		title: "How long registry operations take", unit: "s",
		description: "The quantile that is chosen, by kind.",
		queries: [{legend: "{{operation}}",
			   expression: quantile("operation", "etw_registry_operation_seconds")}],
	}),
];

const images: Placed[] = [
	series({
		title: "Images loaded and unloaded", unit: "cps",
		description: "Programs and libraries that were loaded and unloaded, by program.",
		queries: [
			{legend: "{{process}}: loaded",
			 expression: topRate("process", "etw_image_loads_total", PROCESS)},
			{legend: "{{process}}: unloaded",
			 expression: topRate("process", "etw_image_unloads_total", PROCESS)},
		],
	}),
	series({
		title: "Size of images loaded", unit: "Bps",
		description: "By program.",
		queries: [{legend: BY_PROCESS, expression:
			topRate("process", "etw_image_loaded_bytes_total", PROCESS)}],
	}),
	series({
		title: "Images by file", unit: "cps",
		description: "The files that are loaded most.",
		queries: [{legend: "{{file}}", expression:
			topRate("file", "etw_image_file_loads_total")}],
	}),
];

export const windowsKernel = () => dashboard({
	uid: "etw-windows-kernel",
	title: "ETW exporter / Windows kernel",
	description: "Processes, processors, disks, memory, network, registry and images of Windows " +
		"machines, by the packs process, threads, interrupts, disk, memory, network, registry " +
		"and images.",
	tags: ["windows"],
	variables: [
		process("etw_(process|thread|disk|memory|tcp|udp|registry|image)_.+"), quantileChoice(),
		top(),
	],
	sections: [
		section("Programs", line(10, programs)),
		section("Processes", line(4, ...alive), line(8, ...processes), line(8, ...lives)),
		section("Processors", line(8, ...switches.slice(0, 4)), line(8, ...switches.slice(4)),
			line(8, ...interrupts)),
		section("Disks", line(8, ...disks.slice(0, 3)), line(8, ...disks.slice(3)),
			line(6, partitions)),
		section("Memory", line(8, ...memory.slice(0, 3)), line(8, ...memory.slice(3))),
		section("Network", line(8, ...network.slice(0, 3)), line(8, ...network.slice(3))),
		section("Registry", line(8, ...registry)),
		section("Images", line(8, ...images)),
	],
});
