import type { ReactElement } from "react";
import type { AdviceProps } from "./LatePanel.tsx";
export const Guide = ({ focus }: AdviceProps): ReactElement => <p>{focus.method}</p>;
