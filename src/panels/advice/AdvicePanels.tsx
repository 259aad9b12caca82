import type { ReactElement } from "react";
import { latePart } from "#ui/late-parts.tsx";
import { fitHint, fitQuestion, fitTitle } from "./fit/fit-title.ts";
import { LatePanel } from "./LatePanel.tsx";
import styles from "./LatePanel.module.css";

const Changes = latePart(async () => (await import("./Changes.tsx")).Changes).Part;
const Fits = latePart(async () => (await import("./Fits.tsx")).Fits).Part;
const Sweep = latePart(async () => (await import("./Sweep.tsx")).Sweep).Part;
const Guide = latePart(async () => (await import("./Guide.tsx")).Guide).Part;

/** What makes the method in focus fit, by what it costs, or what its room is spent on; and every change that saves memory, by the engine. */
export const ChangesPanel = (): ReactElement => (
  <LatePanel
    id="changes"
    title={fitTitle}
    hint={(answer, focus) => (
      <>
        {fitHint(answer, focus)} <span className={styles.question}>{fitQuestion(focus)}</span>
      </>
    )}
    Body={Changes}
  />
);

/** Methods by cards. */
export const FitsPanel = (): ReactElement => (
  <LatePanel
    id="fits"
    title={() => "What fits where"}
    hint={() => "Spare or missing GiB, then the largest batch, or how many cards it takes, and the longest sequence"}
    Body={Fits}
  />
);

/** Memory over one setting. */
export const SweepPanel = (): ReactElement => (
  <LatePanel
    id="sweep"
    title={() => "Sweep"}
    hint={() => "Memory on the card as one setting varies, everything else unchanged"}
    Body={Sweep}
  />
);

/** Which method, which rank, and what the article says. */
export const GuidePanel = (): ReactElement => (
  <LatePanel
    id="guide"
    title={() => "Guidance"}
    hint={() => "Method, rank, target modules and serving: quoted figures beside this engine’s"}
    Body={Guide}
  />
);
