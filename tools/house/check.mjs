// npm run check: lint, format, types, unused code, build and size. The tests apart, what `npm test` holds the code to.
import { readCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { runStages } from "./run-stages.mjs";
import { CHECKS } from "./stages.mjs";

readCommandLine(`Usage: npm run check

Lint, format, types, unused code, build and size: what \`npm test\` holds the code to, the tests apart. Ends with 0, or 1 when something failed.`);

await installDependencies();
const failed = await runStages(CHECKS);
process.exit(failed === 0 ? 0 : 1);
