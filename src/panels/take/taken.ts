import { scenarioLine } from "#scenario/choices/scenario-line.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/** What everything that is taken away says of where it came from: the whole address of the scenario, and the day (YYYY-MM-DD). */
export type Taken = Readonly<{ link: string; date: string }>;

/** The address of an answer's scenario on the full page, and today. */
export const takenNow = ({ choices }: Answer): Taken => ({
  link: new URL(encodeLink({ ...choices, embed: false, only: [], hide: [], lock: [] }), location.href).href,
  date: new Date().toISOString().slice(0, 10),
});

/** The scenario in words, with the card: "Llama 3.1 8B, all linear r = 16, batch 1 × 2,048, on RTX 4090". */
export const takenScenario = (answer: Answer): string =>
  `${scenarioLine(answer).replaceAll("\u00a0", " ")}, on ${answer.gpu.shortName}`;

/** The name of a file: "headroom-llama-3.1-8b.svg". */
export const takenName = ({ model }: Answer, extension: string): string => `headroom-${model.id}.${extension}`;
