// npm run dev: installs what is missing, then Vite's development server; its usual options pass through (npm run dev -- --port 5000).
import { readCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { runTool } from "./run-command.mjs";

readCommandLine(
  `Usage: npm run dev -- [--port N] [--host NAME] [--base PATH] [--mode NAME] [--open] [--strictPort] [--force]

Installs what is missing and starts Vite's development server, which takes these options.`,
  {
    options: {
      port: { type: "string" },
      host: { type: "string" },
      base: { type: "string" },
      mode: { type: "string" },
      open: { type: "boolean" },
      strictPort: { type: "boolean" },
      force: { type: "boolean" },
    },
  },
);

await installDependencies();
const { code } = await runTool("vite", process.argv.slice(2), { show: true });
process.exit(code);
