// What a page of another origin has: clients of both transports, with types that it is given, and the names that tests need in it.
import { createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, decodeBinaryHeader, encodeBinaryHeader } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";

const transports = {
  "Connect in JSON": (options) => createConnectTransport({ ...options, useBinaryFormat: false }),
  "Connect in protobuf": (options) => createConnectTransport({ ...options, useBinaryFormat: true }),
  "Connect with GET": (options) => createConnectTransport({ ...options, useBinaryFormat: true, useHttpGet: true }),
  "Connect with GET in JSON": (options) => createConnectTransport({ ...options, useBinaryFormat: false, useHttpGet: true }),
  "gRPC-Web": createGrpcWebTransport,
};

const loaded = fetch("/types.binpb")
  .then((response) => response.arrayBuffer())
  .then((bytes) => createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(bytes))));

/** A client of a service, by the name of its transport. */
async function client(service, transport, baseUrl) {
  const types = await loaded;
  return createClient(types.getService(service), transports[transport]({ baseUrl, jsonOptions: { registry: types } }));
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
    return {
      code: Code[error.code],
      message: error.rawMessage,
      details,
      metadata: Object.fromEntries(error.metadata.entries()),
    };
  }
  return null;
}

globalThis.rpc = { client, failure, encodeBinaryHeader, decodeBinaryHeader };
