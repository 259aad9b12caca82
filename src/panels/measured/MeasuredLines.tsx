import type { ReactElement } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { Measurement } from "./measurement.ts";
import { OwnLine } from "./OwnLine.tsx";
import { PublishedLine } from "./PublishedLine.tsx";

export type MeasuredLinesProps = Readonly<{ answer: PageAnswer; measurements: readonly Measurement[] }>;

/** A line for each run that was measured of the scenario: one that was published, or a reader's own. */
export const MeasuredLines = ({ answer, measurements }: MeasuredLinesProps): ReactElement => (
  <>
    {measurements.map((each) =>
      each.kind === "published" ? (
        <PublishedLine key={each.method} run={each.run} />
      ) : (
        <OwnLine key={`${each.method} ${each.row.at}`} answer={answer} measurement={each} />
      ),
    )}
  </>
);
