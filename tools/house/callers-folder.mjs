import { relative } from "node:path";
import { ROOT } from "./run-command.mjs";

/**
 * The folder from which relative paths are meant. npm runs a script in the root and says where its caller was (`INIT_CWD`); what that script starts in turn, a test
 * for one, gives paths of its own.
 *
 * @returns {string}
 */
export const callersFolder = () => {
  const program = relative(ROOT, process.argv[1] ?? "").replaceAll("\\", "/");
  const isScript = process.env["npm_lifecycle_script"]?.split(" ").includes(program) === true;
  return (isScript ? process.env["INIT_CWD"] : undefined) ?? process.cwd();
};
