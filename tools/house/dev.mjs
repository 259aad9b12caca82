// npm run dev: installs what is missing, then Vite's development server; its options pass through (npm run dev -- --port 5000).
import { installDependencies } from "./install-dependencies.mjs";
import { runTool } from "./run-command.mjs";

await installDependencies();
const { code } = await runTool("vite", process.argv.slice(2), { show: true });
process.exit(code);
