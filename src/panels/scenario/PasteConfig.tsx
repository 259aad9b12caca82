import { useEffect, useEffectEvent, useId, useState, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import type { AskedSource } from "./asked-source.ts";
import { ConfigIssues, type ConfigReport } from "./ConfigIssues.tsx";
import spoken from "#ui/spoken.module.css";
import styles from "./ModelSource.module.css";
import { takeConfig } from "./take-config.ts";
import { useFocusWhenAsked } from "./use-focus-when-asked.ts";

/** A config.json, pasted, dropped or picked as a file. */
export const PasteConfig = ({
  dropped,
  asked,
}: Readonly<{ dropped: File | null; asked: AskedSource | null }>): ReactElement => {
  const [text, setText] = useState("");
  const [report, setReport] = useState<ConfigReport | null>(null);
  const id = useId();
  const field = useFocusWhenAsked<HTMLTextAreaElement>(asked);

  const take = async (json: string): Promise<void> => {
    setText(json);
    setReport(await takeConfig(json));
  };
  const takeFile = (file: File): void => {
    file.text().then(take, () => setReport({ taken: false, issues: [], problem: `${file.name} could not be read.` }));
  };
  const takeDropped = useEffectEvent(takeFile);
  useEffect(() => {
    if (dropped !== null) takeDropped(dropped);
  }, [dropped]);

  return (
    <div className={styles.source}>
      <label className={styles.label} htmlFor={id}>
        Text of config.json
      </label>
      <textarea
        ref={field}
        id={id}
        className={styles.text}
        value={text}
        spellCheck={false}
        placeholder='{ "model_type": "llama", ... }'
        aria-invalid={report !== null && !report.taken}
        aria-describedby={`${id}-report`}
        onChange={(event) => {
          setText(event.target.value);
          setReport(null);
        }}
      />
      <div className={styles.actions}>
        <Button size="small" disabled={text.trim() === ""} onClick={() => void take(text)}>
          Use this model
        </Button>
        <label className={styles.choose}>
          Choose a file
          <input
            className={spoken.spoken}
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) takeFile(file);
            }}
          />
        </label>
      </div>
      <ConfigIssues id={`${id}-report`} report={report} />
    </div>
  );
};
