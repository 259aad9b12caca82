import { useState, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { HubConfig } from "./HubConfig.tsx";
import styles from "./ModelSource.module.css";
import { PasteConfig } from "./PasteConfig.tsx";

type ModelSourceProps = Readonly<{
  /** A file that was dropped on the control and not read yet. */
  dropped: File | null;
  onTaken: () => void;
}>;

/** Two ways to bring a model that is not in the catalog; each opens under its link. */
export const ModelSource = ({ dropped, onTaken }: ModelSourceProps): ReactElement => {
  const [chosen, setChosen] = useState<"paste" | "hub" | null>(null);
  const open = dropped === null ? chosen : "paste";
  const toggle = (source: "paste" | "hub"): void => {
    onTaken();
    setChosen(open === source ? null : source);
  };
  return (
    <>
      <div className={styles.links}>
        <Button kind="link" aria-expanded={open === "paste"} onClick={() => toggle("paste")}>
          Paste config.json
        </Button>
        <Button kind="link" aria-expanded={open === "hub"} onClick={() => toggle("hub")}>
          From Hugging Face
        </Button>
      </div>
      {open === "paste" ? <PasteConfig key={dropped?.name ?? ""} dropped={dropped} /> : null}
      {open === "hub" ? <HubConfig /> : null}
    </>
  );
};
