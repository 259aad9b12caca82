import { type ReactElement, useState } from "react";
import { askOnce } from "#scenario/page/ask-once.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { Asked } from "#service/table.ts";
import type { MeasuredText } from "#interop/measure/measured-text.ts";
import { ActButton } from "#ui/ActButton.tsx";
import { copyText } from "#ui/copy-text.ts";
import { download } from "./download.ts";
import rows from "./Take.module.css";
import styles from "./TakeFiles.module.css";
import { TakeRow } from "./TakeRow.tsx";
import { withoutLooks } from "./without-looks.ts";

type Wanted = Asked<"measure">;

/** Why there is no script, and of which choices that is said. */
type Refused = Readonly<{ choices: Wanted["choices"]; sentences: readonly string[] }>;

const save = ({ name }: MeasuredText, text: string): void =>
  download(name, new Blob([text], { type: "text/plain;charset=utf-8" }));

/** A script that measures the scenario on the user's own GPU, or a callback for a run of their own; what the script cannot do is said when it is asked for. */
export const TakeMeasure = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const [refused, setRefused] = useState<Refused | null>(null);
  const taken =
    (as: Wanted["as"], take: (program: MeasuredText, text: string) => unknown) => async (): Promise<unknown> => {
      const program = await askOnce("measure", { choices: withoutLooks(choices), as });
      setRefused({ choices, sentences: program.refused });
      return program.text === null ? "Cannot be measured" : take(program, program.text);
    };
  const copied = (as: Wanted["as"]): (() => Promise<unknown>) => taken(as, (_, text) => copyText(text));
  return (
    <>
      <TakeRow name="Measure">
        <ActButton size="small" act={copied("script")} done="Copied">
          Copy script
        </ActButton>
        <ActButton size="small" act={taken("script", save)} done="Saved">
          Save measure.py
        </ActButton>
        <ActButton size="small" act={copied("callback")} done="Copied">
          Copy callback
        </ActButton>
      </TakeRow>
      <div className={rows.under}>
        <p>Three steps on your own GPU print one line, which you can paste here.</p>
        <div aria-live="polite">
          {refused !== null && refused.choices === choices && refused.sentences.length > 0 && (
            <ul className={styles.left} aria-label="What the script cannot do">
              {refused.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </>
  );
};
