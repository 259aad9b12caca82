import type { ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { useTheme } from "./use-theme.ts";

/** Says the theme, and changes it to the next one. */
export const ThemeButton = (): ReactElement => {
  const { theme, next, goOn } = useTheme();
  return (
    <Button kind="quiet" onClick={goOn} title={`Change to ${next}`}>
      Theme: {theme}
    </Button>
  );
};
