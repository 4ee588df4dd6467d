// The types of the contracts, without generated code; those of others are Debian's copies of the published files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { commonProtos, root } from "./process.js";

/** The descriptors of the contracts and of all that they import, as protoc writes them. */
export function describe() {
  const work = mkdtempSync(join(tmpdir(), "scoring-interop-"));
  try {
    const output = join(work, "types.binpb");
    const folders = [`${root}/protos`, commonProtos, "/usr/share/grpc-proto"];
    execFileSync("protoc", [
      ...folders.map((path) => `-I${path}`),
      "--include_imports",
      `--descriptor_set_out=${output}`,
      "scoring/v1/scoring_service.proto",
      "scoring/v1/model_service.proto",
      "grpc/health/v1/health.proto",
      "google/rpc/error_details.proto",
    ]);
    return readFileSync(output);
  } finally {
    rmSync(work, { recursive: true });
  }
}

export const types = createFileRegistry(fromBinary(FileDescriptorSetSchema, describe()));
