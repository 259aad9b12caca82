// npm run check: lint, format, types, unused code, build and size. The tests apart, what `npm test` holds the code to.
import { installDependencies } from "./install-dependencies.mjs";
import { runStages } from "./run-stages.mjs";
import { CHECKS } from "./stages.mjs";

await installDependencies();
const failed = await runStages(CHECKS);
process.exit(failed === 0 ? 0 : 1);
