import {
  errorReasons,
  errorFraction,
  type ErrorStatistics,
  statisticsBy,
  type SeenSource,
  seenSources,
} from "#advice/error-statistics.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { EDGE_CLASSES, type EdgeClass } from "#calc/model/memory-estimate.ts";
import type { Accuracy, AccuracyRun, FitMiss } from "#catalog/accuracy.ts";
import type { NearEdge } from "#catalog/near-edge.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatGib } from "#format/bytes.ts";
import { FIT_NAMES } from "#package/terminal-text.ts";
import { formatCount, formatPercent, formatSignedPercent } from "#format/numbers.ts";
import { notUsedObjectiveRuns } from "./not-used-objective-runs.ts";
import { sourceUrl } from "./source-url.ts";

const WORST = 20;

const plain = (text: string): string => text.replaceAll("\u00a0", " ").replaceAll("|", "/");

/** A table of Markdown: first column left, the others right. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(" | ")} |`,
  `| ${head.map((_, column) => (column === 0 ? "---" : "---:")).join(" | ")} |`,
  ...rows.map((row) => `| ${row.map(plain).join(" | ")} |`),
  "",
];

const figures = ({ runs, median, p90, worst }: ErrorStatistics): readonly string[] => [
  `${runs}`,
  formatPercent(median),
  formatPercent(p90),
  formatSignedPercent(worst),
];

const by = (title: string, runs: readonly AccuracyRun[], nameOf: (run: AccuracyRun) => string): readonly string[] =>
  table(
    [title, "runs", "median", "90th percentile", "worst"],
    statisticsBy(runs, nameOf).map(({ name, ...rest }) => [name, ...figures(rest)]),
  );

const stackName = (stack: string): string => (isStackId(stack) ? STACKS[stack].name : stack);

const worstFirst = (runs: readonly AccuracyRun[]): readonly AccuracyRun[] =>
  runs.toSorted((one, other) => Math.abs(errorFraction(other)) - Math.abs(errorFraction(one)));

const runTable = (runs: readonly AccuracyRun[]): readonly string[] =>
  table(
    ["run", "stack", "measured GiB", "predicted GiB", "error", "reason"],
    runs.map((run) => [
      `${run.model}, ${METHOD_NAMES[run.method].label}, ${run.conditions} (${run.id})`,
      stackName(run.stack),
      formatGib(run.measuredBytes),
      formatGib(run.predictedBytes),
      formatSignedPercent(errorFraction(run)),
      run.reason ?? "not known",
    ]),
  );

/** The row of a class of figures near the edge. */
const edgeRow = (edge: EdgeClass, { runs, ran }: NearEdge[EdgeClass]): readonly string[] => [
  EDGES[edge],
  `${runs}`,
  `${ran}`,
];

const EDGES: Readonly<Record<EdgeClass, string>> = {
  one: "one GPU, by the replay",
  several: "several GPUs, by the replay: above 0.9 of what is available",
  rule: "by the rule: above 0.8 of what is available",
};

const KINDS: Readonly<Record<FitMiss["kind"], string>> = {
  ran: "ran",
  failed: "ran out of memory",
  context: "longest context",
};

const missed = ({
  model,
  method,
  id,
  kind,
  fit,
  by,
  onCardBytes,
  usableBytes,
  tokens,
  reason,
}: FitMiss): readonly string[] => [
  `${model}, ${METHOD_NAMES[method].label} (${id})`,
  tokens === null ? KINDS[kind] : `${KINDS[kind]} ${formatCount(tokens.published)}`,
  tokens === null ? FIT_NAMES[fit] : `${formatCount(tokens.predicted)} tokens`,
  by,
  formatGib(onCardBytes),
  formatGib(usableBytes),
  reason ?? "not known",
];

const seenRow = ({
  source,
  by,
  metric,
  measuredBytes,
  seenBytes,
  neededBytes,
  ...rest
}: SeenSource): readonly string[] => [
  source,
  by,
  metric === "reserved" ? formatGib(measuredBytes) : "",
  metric === "nvidia-smi" ? formatGib(measuredBytes) : "",
  formatGib(seenBytes),
  formatGib(neededBytes),
  ...figures(rest),
];

const seenTable = (runs: readonly AccuracyRun[]): readonly string[] =>
  table(
    ["source", "by", "reserved", "nvidia-smi", "seen", "needed", "runs", "median", "90th percentile", "worst"],
    seenSources(runs).map(seenRow),
  );

const SEEN = `## Reserved, and what nvidia-smi shows

What the allocator of a run was seen to hold, beside what is predicted of it; GiB, means over the runs of a source with exact tokens.

- reserved: \`torch.cuda.max_memory_reserved\`, measured.
- nvidia-smi: measured, less its CUDA context (0.4 GiB where the source does not give it) and, on several GPUs, NCCL's buffers (1.5 GiB).
- seen: what is predicted that the allocator holds on that card. The errors are those of this figure.
- needed: the least with which the run is predicted to go on, when all that is cached is given back. The CUDA context comes on top.
- by: “replay”, PyTorch's allocator is replayed with the run's requests; “rule”, where there is no replay: seen is 1.08 × peak, needed 1.02 × peak.
`;

const AHEAD = `## Gathered before their rules

Runs of LoRA in Axolotl, and of mixtures of experts whose experts are quantised, in Axolotl and Unsloth (\`tests/golden/library-runs.jsonl\`). They were gathered before the rules for fused LoRA kernels
and for experts in 4 bits were written, so that no rule is made with them; they are in no other table but that of reasons. Those without exact tokens are above.
`;

const OBJECTIVES = `## Other objectives than SFT

Runs of preference trainers and of GRPO (\`tests/golden/objective-runs.jsonl\`): whole steps that somebody measured and published, with the batch, the lengths and the version of TRL. They are in no other table but that of reasons. What was assumed of a run stands in the \`notes\` of its row.
Of GRPO the step alone is predicted; each of these runs generated 16 to 32 completions with transformers between its steps. Versions whose loss is not counted are under “Not mapped”.
`;

const OBJECTIVES_SEEN = `What the allocator of these runs was seen to hold, as below; what is predicted is of the step, without what generation leaves held. On the card with 8 GB the driver lent memory of the host.
`;

const NOT_USED = `### Figures that will not do

Published figures of such runs that were read and left, and what they lack. Of KTO, ORPO, CPO, SimPO, reward models and distillation none was found that would do:

| figure | why it will not do |
| --- | --- |
${notUsedObjectiveRuns.map(({ source, what, why }) => `| [${source}](${sourceUrl(source)}): ${what} | ${why} |`).join("\n")}
`;

const CONTRIBUTED = `## Contributed

Rows of \`tests/golden/contributed/\`: readers measured a scenario with the script that the page makes of it, so that nothing had to be mapped. They are in no other table.
`;

const INTRODUCTION = `# Accuracy

Made by \`npm run accuracy-page\` from \`measured-runs.jsonl\`, \`library-runs.jsonl\`, \`objective-runs.jsonl\` and \`fit-facts.jsonl\` of \`tests/golden/\`; a test says when it is out of date. The same, as a picture
with a link to each run's scenario, is on the page: "How it is computed", "Predicted against measured".

Other people measured these runs and published them. Each is mapped to a scenario by rules that read its model, library, version and options, the same for all runs,
and no constant of the engine is fitted to one of them. Like is compared with like: \`max_memory_allocated\` (and torch's active bytes) with the PyTorch peak, \`max_memory_reserved\` with
what the allocator is predicted to hold (1.08 × peak by the rule), nvidia-smi and tools that are not named with that and the CUDA context. An error is (predicted − measured) / measured: above zero says
too much. Measuring the same run twice differs by 0 % (full fine-tuning) to 9 % (adapters, across versions of a library).`;

/** The document: errors by source, method, stack and metric; where predictions are wrong and why; what went on a card; conditions and sources. */
export const accuracyDocument = (data: Accuracy, nearEdge: NearEdge): string => {
  const exact = data.runs.filter(({ group }) => group === "transformers" || group === "other");
  const of = (group: AccuracyRun["group"]): readonly AccuracyRun[] => data.runs.filter((run) => run.group === group);
  const caps = of("cap");
  const contributed = of("contributed");
  const published = data.runs.filter(({ group }) => group !== "contributed");
  return [
    INTRODUCTION,
    "",
    `- ${data.summary}`,
    `- ${data.fitSummary}`,
    `- gathered before their rules: ${data.aheadSummary}`,
    `- other objectives than SFT: ${data.objectivesSummary}`,
    "",
    "## One GPU, exact tokens",
    "",
    ...by("source", exact, ({ source }) => source),
    ...by("method", exact, ({ method }) => METHOD_NAMES[method].label),
    ...by("stack", exact, ({ stack }) => stackName(stack)),
    ...by("what was measured", exact, ({ metric }) => metric),
    "## Several GPUs",
    "",
    ...by("source", of("several"), ({ source }) => source),
    ...(caps.length === 0
      ? []
      : [
          "## Only an upper bound of tokens, or conditions that are not said",
          "",
          `${caps.filter(({ predictedBytes, measuredBytes }) => predictedBytes >= measuredBytes).length} of ${caps.length} runs with an upper bound are predicted at or above what they took, as they should be.`,
          "",
          ...runTable([...caps, ...of("inexact")]),
        ]),
    AHEAD,
    ...by("source", of("ahead"), ({ source }) => source),
    ...runTable(of("ahead")),
    OBJECTIVES,
    ...by("source", of("objectives"), ({ source }) => source),
    ...runTable(of("objectives")),
    OBJECTIVES_SEEN,
    ...seenTable(of("objectives")),
    NOT_USED,
    ...(contributed.length === 0 ? [] : [CONTRIBUTED, ...runTable(contributed)]),
    SEEN,
    ...seenTable(published.filter(({ group }) => group !== "ahead" && group !== "objectives")),
    "## Where it is wrong, and by how much",
    "",
    "Runs that are off by more than 5 %, by what is known to cause it:",
    "",
    ...table(
      ["reason", "runs", "median", "90th percentile", "worst"],
      errorReasons(published).map(({ reason, ...rest }) => [reason, ...figures(rest)]),
    ),
    "The worst twenty on one GPU with exact tokens:",
    "",
    ...runTable(worstFirst(exact).slice(0, WORST)),
    "## What ran on a card",
    "",
    "Runs that went on their card and runs that ran out of memory, held against “fits”, “may not fit” and “does not fit”; longest contexts, held against the longest that goes on. What must be on the",
    "card is, by a replay of PyTorch's allocator, what it needs and 0.4 GiB of CUDA context; by the rule, where there is no replay, 1.02 × peak and the context. Predicted",
    "otherwise:",
    "",
    ...table(
      ["run", "what happened", "predicted", "by", "on the card, GiB", "usable, GiB", "reason"],
      data.fitMisses.map(missed),
    ),
    "Of the runs that “may not fit” was said of, which is what page and terminal say where they say so:",
    "",
    ...table(
      ["which", "runs", "ran"],
      EDGE_CLASSES.map((edge) => edgeRow(edge, nearEdge[edge])),
    ),
    "## From allocated to card",
    "",
    "Two figures of one run, as a ratio. Nvidia-smi shows what the allocator holds while there is room, which is more than a card must have.",
    "",
    ...table(
      ["pairs", "runs", "least", "median", "most"],
      data.pairs.map(({ name, pairs, least, median, most }) => [
        name,
        `${pairs}`,
        ...[least, median, most].map((ratio) => ratio.toFixed(2)),
      ]),
    ),
    "## Not mapped",
    "",
    ...table(
      ["why", "rows"],
      data.notMapped.map(({ why, rows }) => [why, `${rows}`]),
    ),
    "## Sources",
    "",
    ...data.sources.map(({ name, url, rows }) => `- [${plain(name)}](${url}): ${rows}`),
    "",
  ].join("\n");
};
