// What a page of another origin has: clients by gRPC-Web, with types that it is given, and what errors say as plain values.
import { createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

const loaded = fetch("/types.binpb")
  .then((response) => response.arrayBuffer())
  .then((bytes) => createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(bytes))));

async function client(service, baseUrl) {
  const types = await loaded;
  return createClient(types.getService(service), createGrpcWebTransport({ baseUrl }));
}

/** What an error says, as plain values: its details by the name of their type. */
async function failure(call) {
  const types = await loaded;
  try {
    await call();
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const details = {};
    for (const { type } of error.details) {
      const message = types.getMessage(type);
      details[type] = error.findDetails(message).map((detail) => toJson(message, detail, { registry: types }));
    }
    return { code: Code[error.code], message: error.rawMessage, details };
  }
  return null;
}

globalThis.rpc = { client, failure };
