// npm run -s sbom: what the page is made of, with licences, as a CycloneDX bill of materials on standard output. npm itself takes any option and passes over it.
import { readCommandLine } from "./command-line.mjs";
import { runNpm } from "./run-command.mjs";

readCommandLine(`Usage: npm run -s sbom

Prints what the page is made of, with licences, as a CycloneDX bill of materials.`);

const { code } = await runNpm(["sbom", "--omit", "dev", "--sbom-format", "cyclonedx"]);
process.exit(code);
