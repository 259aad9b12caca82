/** A script of a build, as another one names it. */
const SCRIPT = /\bassets\/[^"'`]+\.js\b/;

/**
 * Whether the host has another version than the one that runs here: its boot.js, which a page that is loaded anew would begin with, names another first
 * script. false where that cannot be told: there is no connection, or what came is no boot.js.
 *
 * @param entry the address of the first script that runs here
 */
export const isReplaced = async (entry: string): Promise<boolean> => {
  try {
    // Asked for anew, so that it is not the copy of before that a reload finds.
    const response = await fetch(new URL("boot.js", document.baseURI), { cache: "no-cache" });
    const boot = await response.text();
    const name = entry.slice(entry.lastIndexOf("/") + 1);
    return response.ok && SCRIPT.test(boot) && !boot.includes(name);
  } catch {
    return false;
  }
};
