/** A machine of several equal GPUs that can be rented. */
export type MachineRow = Readonly<{
  name: string;
  /** The catalog's id of its GPUs. */
  gpu: string;
  gpus: number;
  /** Memory of the host, GiB. */
  hostGib: number;
}>;

/**
 * Machines of several GPUs with the memory of their hosts, no two with the same GPUs: where they are sold with more host memory too, the one with the
 * least.
 *
 * @see https://github.com/meta-pytorch/torchx/blob/main/torchx/specs/named_resources_aws.py (p3 to p5, g4dn, g5, g6e: GPUs and memory);
 * https://github.com/openshift/openshift-docs, modules/rosa-sdpolicy-am-aws-compute-types.adoc (memory of g6 and p6), read 2026-11-26
 */
export const MACHINES = {
  "g4dn.12xlarge": { name: "g4dn.12xlarge", gpu: "t4", gpus: 4, hostGib: 192 },
  "g4dn.metal": { name: "g4dn.metal", gpu: "t4", gpus: 8, hostGib: 384 },
  "p3.8xlarge": { name: "p3.8xlarge", gpu: "v100-16gb", gpus: 4, hostGib: 244 },
  "p3.16xlarge": { name: "p3.16xlarge", gpu: "v100-16gb", gpus: 8, hostGib: 488 },
  "p3dn.24xlarge": { name: "p3dn.24xlarge", gpu: "v100-32gb", gpus: 8, hostGib: 768 },
  "g5.12xlarge": { name: "g5.12xlarge", gpu: "a10g", gpus: 4, hostGib: 192 },
  "g5.48xlarge": { name: "g5.48xlarge", gpu: "a10g", gpus: 8, hostGib: 768 },
  "g6.12xlarge": { name: "g6.12xlarge", gpu: "l4", gpus: 4, hostGib: 192 },
  "g6.48xlarge": { name: "g6.48xlarge", gpu: "l4", gpus: 8, hostGib: 768 },
  "g6e.12xlarge": { name: "g6e.12xlarge", gpu: "l40s", gpus: 4, hostGib: 384 },
  "g6e.48xlarge": { name: "g6e.48xlarge", gpu: "l40s", gpus: 8, hostGib: 1536 },
  "p4d.24xlarge": { name: "p4d.24xlarge", gpu: "a100-40gb-sxm", gpus: 8, hostGib: 1152 },
  "p4de.24xlarge": { name: "p4de.24xlarge", gpu: "a100-80gb-sxm", gpus: 8, hostGib: 1152 },
  "p5.48xlarge": { name: "p5.48xlarge", gpu: "h100-sxm", gpus: 8, hostGib: 2048 },
  "p5en.48xlarge": { name: "p5en.48xlarge", gpu: "h200-sxm", gpus: 8, hostGib: 2048 },
  "p6-b200.48xlarge": { name: "p6-b200.48xlarge", gpu: "b200", gpus: 8, hostGib: 2048 },
} as const satisfies Record<string, MachineRow>;
