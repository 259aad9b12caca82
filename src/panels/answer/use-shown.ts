import { useEffect } from "react";

/** Says that what calls this is shown, and when it goes, that it is no more. @param say the same function from draw to draw */
export const useShown = (say: (shown: boolean) => void): void =>
  useEffect(() => {
    say(true);
    return () => say(false);
  }, [say]);
