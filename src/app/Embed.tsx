// The calculator inside another page: four controls, cards, bars and a link to the full page.

import { type ReactElement, useEffect } from "react";
import { BatchControl, ModelControl, SequenceControl } from "#panels/scenario/BasicControls.tsx";
import styles from "./Embed.module.css";
import { GpuControl } from "#panels/scenario/GpuControl.tsx";
import type { Choices } from "#scenario/keys/choices.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/names.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import spoken from "#ui/spoken.module.css";
import { AnchoredPages, EMBED_PANELS, LinkIssues, Mismatches, usePanels } from "./panels.tsx";

/** Four controls in a row, two by two where it is narrow. */
const EmbedControls = (): ReactElement => (
  <div className={styles.controls}>
    <ModelControl compact />
    <GpuControl compact />
    <BatchControl compact />
    <SequenceControl compact />
  </div>
);

/** Begins to talk with the page around this one, if there is one. Answers do not wait for it. */
const exchange = (): (() => void) | undefined => {
  if (globalThis.parent === globalThis.self) return undefined;
  const begun = import("./embed-messages.ts").then(
    ({ exchangeMessages }) => exchangeMessages(),
    () => () => undefined,
  );
  return () => void begun.then((end) => end());
};

/** What the numbers are of; on a narrow screen said of several cards only. */
const Unit = ({ gpus }: Pick<Choices, "gpus">): ReactElement =>
  gpus > 1 ? <span>GiB on each of {gpus} cards</span> : <span className={styles.unit}>GiB on the card</span>;

/** The meaning of the colors of the bars. */
const Key = (): ReactElement => (
  <ul className={styles.key} aria-label="Colors">
    <li className={styles.parameters}>parameters</li>
    <li className={styles.tokens}>tokens</li>
    <li className={styles.overhead}>overhead</li>
  </ul>
);

/** The calculator inside another page: four controls, cards, bars and a way out; no header, no verdict. */
export const Embed = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  useEffect(exchange, []);
  const wanted = choices.only.length > 0 ? choices.only : EMBED_PANELS;
  const { fullPage, countedAs, notes, notKnown } = useAnswer();
  const isKnown = notKnown.length === 0;
  const shown = usePanels().filter(({ id }) =>
    isKnown ? wanted.includes(id) && !choices.hide.includes(id) : id === "cards",
  );
  const lacking = notes.find(({ id }) => id === "cannot-run");
  return (
    <main className={styles.embed}>
      <h1 className={spoken.spoken}>GPU memory of fine-tuning, by method</h1>
      <LinkIssues />
      <Mismatches />
      <EmbedControls />
      {shown.map(({ id, part = id, Panel }) => (
        <Panel key={part} />
      ))}
      <AnchoredPages />
      <footer className={styles.foot}>
        {isKnown && <Key />}
        {isKnown && <Unit gpus={choices.gpus} />}
        {choices.objective !== "sft" && <strong>{OBJECTIVE_NAMES[choices.objective]}</strong>}
        {countedAs !== null && <span className={styles.counted}>{countedAs.sentence}</span>}
        {lacking !== undefined && <span className={styles.lacking}>{lacking.says}</span>}
        <a className={styles.out} href={fullPage} target="_blank" rel="noopener">
          Open in Headroom
        </a>
      </footer>
    </main>
  );
};
