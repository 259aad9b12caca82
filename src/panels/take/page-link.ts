// Link, source and file name for everything exported from the page.

import { copyText } from "#ui/FeedbackButton.tsx";
import { pageLink } from "#scenario/page/page-address.ts";
import { useScenario } from "#scenario/page/store.ts";
import { scenarioLine, type Answer } from "#scenario/choices/answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** Hands a file to the browser to keep. Where a frame may not download (a sandbox without `allow-downloads`) nothing happens. */
export const downloadFile = (name: string, content: Blob): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** The address of this page, before the `?` of its links. */
export const pageAddress = (): string => location.href.replace(/[?#].*$/, "");

/** Puts the link to all that the page shows on the clipboard; false when the browser refuses. */
export const copyLink = (): Promise<boolean> => copyText(new URL(pageLink(useScenario.getState()), location.href).href);

/** What everything that is taken away says of where it came from: the whole address of the scenario, and the day (YYYY-MM-DD). */
export type Provenance = Readonly<{ link: string; date: string }>;

/** The address of an answer's scenario on the full page, and today. */
export const provenanceOf = ({ choices }: Answer): Provenance => ({
  link: new URL(encodeLink({ ...choices, embed: false, only: [], hide: [], lock: [] }), location.href).href,
  date: new Date().toISOString().slice(0, 10),
});

/** The scenario in words, with the card: "Llama 3.1 8B, all linear r = 16, batch 1 × 2,048, on RTX 4090". */
export const scenarioWithGpu = (answer: Answer): string =>
  `${scenarioLine(answer).replaceAll("\u00a0", " ")}, on ${answer.gpu.shortName}`;

/** The name of a file: "headroom-llama-3.1-8b.svg". */
export const downloadFileName = ({ model }: Answer, extension: string): string => `headroom-${model.id}.${extension}`;
