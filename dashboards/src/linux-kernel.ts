/* What live sessions of Linux say: packs linux-scheduler, linux-syscalls, linux-block,
 * linux-interrupts, linux-tcp, linux-memory, linux-process. */
import {dashboard, line, section} from "./dashboard.js";
import {heat, number, rows, series} from "./panels.js";
import type {Column, Placed} from "./panels.js";
import {
	buckets, increase, ofSessions, quantile, rate, share, sum, topRate,
} from "./queries.js";
import {process, quantileChoice, top} from "./variables.js";

const PROCESS = 'process=~"$process"';
const BY_PROCESS = "{{process}}";

/* A column of a table with a row for each program: a rate, on average of the time range shown. */
const perSecond = (name: string, unit: string, counter: string,
		   ...matchers: string[]): Column => ({
	name, unit, expression: sum("process",
		`rate(${ofSessions(counter, PROCESS, ...matchers)}[$__range])`),
});

const programs = rows({
	title: "Programs",
	description: "What each program did, a second, on average of the time range shown. CPU wait " +
		"is the time from being woken to running; 100 % of CPU is one processor.",
	labels: {process: "Process"},
	columns: [
		perSecond("CPU", "percentunit", "etw_linux_cpu_seconds_total"),
		perSecond("Switches", "cps", "etw_linux_context_switches_total"),
		perSecond("CPU wait", "percentunit", "etw_linux_run_queue_seconds_sum"),
		perSecond("System calls", "cps", "etw_linux_syscalls_total"),
		perSecond("Failed calls", "cps", "etw_linux_syscall_errors_total"),
		perSecond("Block I/O", "Bps", "etw_linux_block_process_bytes_total"),
		perSecond("Page faults", "cps", "etw_linux_page_faults_total"),
		perSecond("Reclaiming", "percentunit", "etw_linux_reclaim_seconds_sum"),
		perSecond("Processes", "cps", "etw_linux_process_begins_total"),
		perSecond("Threads", "cps", "etw_linux_thread_begins_total"),
	],
	sortBy: "CPU",
});

const scheduler: Placed[] = [
	series({
		title: "CPU by program", unit: "percentunit", stacked: true,
		description: "Time that a program's tasks ran: 100 % is one processor. Without what " +
			"processors had nothing to do.",
		queries: [{legend: BY_PROCESS, expression: topRate("process",
			"etw_linux_cpu_seconds_total", PROCESS, 'process!="swapper"')}],
	}),
	series({
		title: "Waiting for a processor, once woken", unit: "s",
		description: "The quantile that is chosen of the time from a task's being woken to its " +
			"running, by program.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_linux_run_queue_seconds", PROCESS)}],
	}),
	heat({
		title: "Waiting for a processor, all programs", unit: "s",
		description: "How many tasks waited how long from being woken to running.",
		expression: buckets("etw_linux_run_queue_seconds", PROCESS),
	}),
	series({
		title: "Waiting for a processor, once put off", unit: "s",
		description: "The quantile that is chosen of the time that a task that would have run on " +
			"was off its processor, by program.",
		queries: [{legend: BY_PROCESS, expression: quantile("process",
			"etw_linux_off_cpu_seconds", 'state="runnable"', PROCESS)}],
	}),
	series({
		title: "Time off the processor", unit: "percentunit",
		description: "Time that a program's tasks were off their processors, by why: 100 % is one " +
			"task all the time.",
		queries: [{legend: "{{process}}: {{state}}", expression:
			share("process, state", "etw_linux_off_cpu_seconds", PROCESS)}],
	}),
	series({
		title: "Context switches by program", unit: "cps",
		description: "Context switches by the program that stops running, and why: runnable ones " +
			"would have run on.",
		queries: [{legend: "{{process}}: {{state}}", expression:
			topRate("process, state", "etw_linux_context_switches_total", PROCESS)}],
	}),
	series({
		title: "Context switches by processor", unit: "cps",
		description: "Context switches a second, of each processor.",
		queries: [{legend: "CPU {{cpu}}",
			   expression: rate("cpu", "etw_linux_cpu_context_switches_total")}],
	}),
	series({
		title: "Migrations", unit: "cps",
		description: "Tasks that were moved to another processor, by program.",
		queries: [{legend: BY_PROCESS, expression:
			topRate("process", "etw_linux_migrations_total", PROCESS)}],
	}),
];

const syscalls: Placed[] = [
	series({
		title: "System calls", unit: "cps",
		description: "System calls of the programs with the most.",
		queries: [{legend: "{{process}}: {{syscall}}", expression:
			topRate("process, syscall", "etw_linux_syscalls_total", PROCESS)}],
	}),
	series({
		title: "Failed system calls", unit: "cps",
		description: "System calls that failed, by call and error.",
		queries: [{legend: "{{syscall}}: {{errno}}", expression:
			topRate("syscall, errno", "etw_linux_syscall_errors_total", PROCESS)}],
	}),
	series({
		title: "Time in system calls", unit: "percentunit",
		description: "Time in system calls, waiting there too: 100 % is one task all the time.",
		queries: [{legend: "{{process}}: {{syscall}}", expression:
			share("process, syscall", "etw_linux_syscall_seconds", PROCESS)}],
	}),
	series({
		title: "How long system calls take", unit: "s",
		description: "The quantile that is chosen, by call.",
		queries: [{legend: "{{syscall}}", expression:
			quantile("syscall", "etw_linux_syscall_seconds", PROCESS)}],
	}),
];

const block: Placed[] = [
	series({
		title: "Bytes by device", unit: "Bps",
		description: "Bytes that devices read, wrote and discarded.",
		queries: [{legend: "{{device}}: {{operation}}", expression:
			rate("device, operation", "etw_linux_block_bytes_total")}],
	}),
	series({
		title: "Requests by device", unit: "iops",
		description: "Requests that devices completed, by device and operation.",
		queries: [{legend: "{{device}}: {{operation}}", expression:
			rate("device, operation", "etw_linux_block_requests_total")}],
	}),
	series({
		title: "Bytes by program", unit: "Bps",
		description: "Bytes by the program that gave a device the request: of buffered writes a " +
			"thread of the kernel.",
		queries: [{legend: "{{process}}: {{operation}}", expression:
			topRate("process, operation", "etw_linux_block_process_bytes_total", PROCESS)}],
	}),
	series({
		title: "Latency by device", unit: "s",
		description: "The quantile that is chosen of how long devices took, by device and " +
			"operation; and of flushes.",
		queries: [
			{legend: "{{device}}: {{operation}}", expression:
				quantile("device, operation", "etw_linux_block_request_seconds")},
			{legend: "{{device}}: flush",
			 expression: quantile("device", "etw_linux_block_flush_seconds")},
		],
	}),
	heat({
		title: "Latency of all devices", unit: "s",
		description: "How many requests took how long.",
		expression: buckets("etw_linux_block_request_seconds"),
	}),
	series({
		title: "Size of requests", unit: "bytes",
		description: "The quantile that is chosen, by device and operation.",
		queries: [{legend: "{{device}}: {{operation}}", expression:
			quantile("device, operation", "etw_linux_block_request_bytes")}],
	}),
	series({
		title: "Errors of devices", unit: "cps",
		description: "Requests that devices failed, by error.",
		queries: [{legend: "{{device}}: {{operation}} {{errno}}", expression:
			rate("device, operation, errno", "etw_linux_block_errors_total")}],
	}),
];

const interrupts: Placed[] = [
	series({
		title: "Processors in interrupts", unit: "percentunit", stacked: true,
		description: "Share of each processor's time in interrupt handlers and in softirqs.",
		queries: [
			{legend: "CPU {{cpu}}: handlers",
			 expression: rate("cpu", "etw_linux_irq_cpu_seconds_total")},
			{legend: "CPU {{cpu}}: softirqs",
			 expression: rate("cpu", "etw_linux_softirq_cpu_seconds_total")},
		],
	}),
	series({
		title: "Time of handlers and softirqs", unit: "percentunit", stacked: true,
		description: "Share of a processor that each takes.",
		queries: [
			{legend: "{{handler}}", expression: share("handler", "etw_linux_irq_seconds")},
			{legend: "{{softirq}}", expression: share("softirq", "etw_linux_softirq_seconds")},
		],
	}),
	series({
		title: "Longest handlers and softirqs", unit: "s",
		description: "The quantile that is chosen of how long they run.",
		queries: [
			{legend: "{{handler}}", expression: quantile("handler", "etw_linux_irq_seconds")},
			{legend: "{{softirq}}",
			 expression: quantile("softirq", "etw_linux_softirq_seconds")},
		],
	}),
	series({
		title: "How late softirqs are", unit: "s",
		description: "The quantile that is chosen of the time from a softirq's being raised to its " +
			"running.",
		queries: [{legend: "{{softirq}}",
			   expression: quantile("softirq", "etw_linux_softirq_wait_seconds")}],
	}),
];

const tcp: Placed[] = [
	series({
		title: "TCP segments sent again, by state", unit: "pps",
		description: "By the state of their connections.",
		queries: [{legend: "{{state}}",
			   expression: rate("state", "etw_linux_tcp_retransmits_total")}],
	}),
	series({
		title: "TCP segments sent again, by remote address", unit: "pps",
		description: "The addresses with the most.",
		queries: [{legend: "{{remote}}",
			   expression: topRate("remote", "etw_linux_tcp_remote_retransmits_total")}],
	}),
	series({
		title: "TCP resets", unit: "pps",
		description: "Resets that were sent, by reason, and received, by remote address.",
		queries: [
			{legend: "sent: {{state}} {{reason}}", expression:
				rate("state, reason", "etw_linux_tcp_resets_sent_total")},
			{legend: "received: {{remote}}",
			 expression: topRate("remote", "etw_linux_tcp_resets_received_total")},
		],
	}),
];

const memoryNumbers: Placed[] = [
	number({
		title: "Killed for want of memory", unit: "short", colours: [[1, "red"]], decimals: 0,
		description: "Processes that were killed in the time range shown.",
		expression: `${increase("", "etw_linux_oom_kills_total")} or vector(0)`,
	}),
	number({
		title: "kswapd awake", unit: "percentunit", colours: [[0.1, "orange"], [0.5, "red"]],
		description: "Share of the time that kswapd reclaims memory: of the node with the most.",
		expression: `max(${rate("node", "etw_linux_kswapd_seconds_total")}) or vector(0)`,
	}),
];

const memory: Placed[] = [
	series({
		title: "Page faults", unit: "cps",
		description: "By program, where they happened and what was tried.",
		queries: [{legend: "{{process}}: {{mode}} {{access}}", expression:
			topRate("process, mode, access", "etw_linux_page_faults_total", PROCESS)}],
	}),
	series({
		title: "Time reclaiming memory", unit: "percentunit",
		description: "Time that tasks that wanted memory had to reclaim some, by program and " +
			"whether the machine was short of it or a cgroup.",
		queries: [{legend: "{{process}}: {{kind}}", expression:
			share("process, kind", "etw_linux_reclaim_seconds", PROCESS)}],
	}),
	series({
		title: "Pages reclaimed", unit: "suffix:pages/s",
		description: "Pages that tasks that wanted memory reclaimed, and those of the inactive " +
			"lists that were looked at and freed, kswapd's too.",
		queries: [
			{legend: "{{process}}: reclaimed, {{kind}}", expression:
				topRate("process, kind", "etw_linux_reclaimed_pages_total", PROCESS)},
			{legend: "{{process}}: looked at", expression:
				topRate("process", "etw_linux_reclaim_scanned_pages_total", PROCESS)},
			{legend: "{{process}}: freed", expression:
				topRate("process", "etw_linux_reclaim_freed_pages_total", PROCESS)},
		],
	}),
];

const processes: Placed[] = [
	series({
		title: "Processes and threads begun", unit: "cps",
		description: "By the program that made them.",
		queries: [
			{legend: "{{process}}: processes",
			 expression: topRate("process", "etw_linux_process_begins_total", PROCESS)},
			{legend: "{{process}}: threads",
			 expression: topRate("process", "etw_linux_thread_begins_total", PROCESS)},
		],
	}),
	series({
		title: "Programs executed", unit: "cps",
		description: "By the name of their file.",
		queries: [{legend: "{{file}}", expression: topRate("file", "etw_linux_execs_total")}],
	}),
	series({
		title: "Processes and tasks ended", unit: "cps",
		description: "Of the tasks each thread is one.",
		queries: [
			{legend: "{{process}}: processes",
			 expression: topRate("process", "etw_linux_process_ends_total", PROCESS)},
			{legend: "{{process}}: tasks",
			 expression: topRate("process", "etw_linux_task_ends_total", PROCESS)},
		],
	}),
	series({
		title: "How long programs run", unit: "s",
		description: "The quantile that is chosen of the time from being executed to the end.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_linux_exec_seconds", PROCESS)}],
	}),
];

export const linuxKernel = () => dashboard({
	uid: "etw-linux-kernel",
	title: "ETW exporter / Linux kernel",
	description: "Scheduler, system calls, block devices, interrupts, TCP, memory and processes of " +
		"Linux machines, by the packs for live sessions of Linux.",
	tags: ["linux"],
	variables: [process("etw_linux_.+"), quantileChoice(), top()],
	sections: [
		section("Programs", line(10, programs)),
		section("Scheduler", line(8, ...scheduler.slice(0, 4)), line(8, ...scheduler.slice(4))),
		section("System calls", line(8, ...syscalls.slice(0, 2)), line(8, ...syscalls.slice(2))),
		section("Block devices", line(8, ...block.slice(0, 3)), line(8, ...block.slice(3))),
		section("Interrupts", line(8, ...interrupts)),
		section("TCP", line(8, ...tcp)),
		section("Memory", line(4, ...memoryNumbers), line(8, ...memory)),
		section("Processes", line(8, ...processes)),
	],
});
