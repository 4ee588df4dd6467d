// The interop cases of gRPC by @grpc/grpc-js, and every kind of stream by buf curl, against the server of both suites.
import { before, suite, test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import { root, startSuiteServer, undoing } from "./process.js";
import { answersOf, patience } from "./service.js";

const undo = undoing();
let ports;

before(async () => {
  ({ ports } = await startSuiteServer(undo));
});

suite("gRPC interop by @grpc/grpc-js", () => {
  // The published interface knows what no server may have, too.
  const { TestService, UnimplementedService } = grpc.loadPackageDefinition(
    protoLoader.loadSync("grpc/testing/test.proto", { includeDirs: ["/usr/share/grpc-proto"], keepCase: true }),
  ).grpc.testing;
  const requestSizes = [27182, 8, 1828, 45904];
  const responseSizes = [31415, 9, 2653, 58979];
  const large = { response_size: 314159, payload: { body: Buffer.alloc(271828) } };
  const echo = ["x-grpc-test-echo-initial", "test_initial_metadata_value"];
  const echoBinary = ["x-grpc-test-echo-trailing-bin", Buffer.from("ababab", "hex")];

  const options = () => ({ deadline: Date.now() + patience });
  const input = (size) => ({ payload: { body: Buffer.alloc(size) } });
  const output = (responseSize, size) => ({ response_parameters: [{ size: responseSize }], ...input(size) });
  const sizes = (responses) => responses.map(({ payload }) => payload.body.length);

  let client;
  before(() => {
    client = new TestService(ports.grpc, grpc.credentials.createInsecure());
    undo(() => client.close());
  });

  /** A unary call: its answer, or the error that it ended with; with the metadata of both ends. */
  function unary(method, request, metadata = new grpc.Metadata(), service = client) {
    return new Promise((resolve) => {
      const heard = {};
      const call = service[method](request, metadata, options(), (error, response) => {
        Object.assign(heard, { error, response });
      });
      call.on("metadata", (headers) => (heard.headers = headers));
      call.on("status", (status) => resolve({ ...heard, status, trailers: status.metadata }));
    });
  }

  async function endsWith(code, stream) {
    await assert.rejects(answersOf(stream), (error) => {
      assert.equal(grpc.status[error.code], grpc.status[code], error.details);
      return true;
    });
  }

  test("empty_unary", async () => {
    assert.deepEqual((await unary("EmptyCall", {})).response, {});
  });

  test("large_unary", async () => {
    const { response } = await unary("UnaryCall", large);
    assert.ok(response.payload.body.equals(Buffer.alloc(314159)));
  });

  test("client_streaming", async () => {
    const response = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall(new grpc.Metadata(), options(), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
      requestSizes.forEach((size) => call.write(input(size)));
      call.end();
    });
    assert.equal(response.aggregated_payload_size, 74922);
  });

  test("server_streaming", async () => {
    const request = { response_parameters: responseSizes.map((size) => ({ size })) };
    const call = client.StreamingOutputCall(request, new grpc.Metadata(), options());
    assert.deepEqual(sizes(await answersOf(call)), responseSizes);
  });

  test("ping_pong", async () => {
    const call = client.FullDuplexCall(new grpc.Metadata(), options());
    const answers = call[Symbol.asyncIterator]();
    for (const [i, size] of requestSizes.entries()) {
      call.write(output(responseSizes[i], size));
      assert.equal((await answers.next()).value.payload.body.length, responseSizes[i]);
    }
    call.end();
    assert.ok((await answers.next()).done);
  });

  test("empty_stream", async () => {
    const call = client.FullDuplexCall(new grpc.Metadata(), options());
    call.end();
    assert.deepEqual(await answersOf(call), []);
  });

  test("custom_metadata", async () => {
    const metadata = new grpc.Metadata();
    metadata.add(...echo);
    metadata.add(...echoBinary);

    const { headers, trailers } = await unary("UnaryCall", large, metadata);
    assert.deepEqual(headers.get(echo[0]), [echo[1]]);
    assert.deepEqual(trailers.get(echoBinary[0]), [echoBinary[1]]);

    const call = client.FullDuplexCall(metadata, options());
    const [early, late] = [once(call, "metadata"), once(call, "status")];
    call.write(output(314159, 271828));
    call.end();
    assert.deepEqual(sizes(await answersOf(call)), [314159]);
    assert.deepEqual((await early)[0].get(echo[0]), [echo[1]]);
    assert.deepEqual((await late)[0].metadata.get(echoBinary[0]), [echoBinary[1]]);
  });

  for (const [name, message] of [
    ["status_code_and_message", "test status message"],
    ["special_status_message", "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"],
  ]) {
    test(name, async () => {
      const response_status = { code: 2, message };
      const { status } = await unary("UnaryCall", { response_status });
      assert.deepEqual([status.code, status.details], [2, message]);

      const call = client.FullDuplexCall(new grpc.Metadata(), options());
      call.write({ response_status });
      call.end();
      await assert.rejects(answersOf(call), { code: 2, details: message });
    });
  }

  test("unimplemented_method", async () => {
    assert.equal((await unary("UnimplementedCall", {})).status.code, grpc.status.UNIMPLEMENTED);
  });

  test("unimplemented_service", async () => {
    const service = new UnimplementedService(ports.grpc, grpc.credentials.createInsecure());
    undo(() => service.close());
    const { status } = await unary("UnimplementedCall", {}, new grpc.Metadata(), service);
    assert.equal(status.code, grpc.status.UNIMPLEMENTED);
  });

  test("cancel_after_begin", async () => {
    const code = await new Promise((resolve) => {
      client.StreamingInputCall(new grpc.Metadata(), options(), (error) => resolve(error?.code)).cancel();
    });
    assert.equal(code, grpc.status.CANCELLED);
  });

  test("cancel_after_first_response", async () => {
    const call = client.FullDuplexCall(new grpc.Metadata(), options());
    call.write(output(31415, 27182));
    await once(call, "data");
    call.cancel();
    await endsWith(grpc.status.CANCELLED, call);
  });

  test("timeout_on_sleeping_server", async () => {
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
    call.write(input(27182));
    await endsWith(grpc.status.DEADLINE_EXCEEDED, call);
  });
});

// It has no option for deadlines, and takes no header that would set one.
suite("buf curl by every kind of stream", () => {
  const program = `${root}/tests/interop/node/node_modules/.bin/buf`;
  const forms = {
    "connect over HTTP/1.1": ["connect", "http"],
    "connect over HTTP/2": ["connect", "grpc", "--http2-prior-knowledge"],
    "grpcweb over HTTP/1.1": ["grpcweb", "http"],
    "grpcweb over HTTP/2": ["grpcweb", "grpc", "--http2-prior-knowledge"],
    "grpc over HTTP/2": ["grpc", "grpc", "--http2-prior-knowledge"],
  };
  const base64 = (text) => Buffer.from(text).toString("base64");
  const plain = (data) => Buffer.from(data, "base64").toString();
  const metadata = {
    responseHeaders: [{ name: "x-early", value: ["one"] }],
    responseTrailers: [{ name: "x-late", value: ["two"] }],
  };

  for (const [name, [protocol, port, ...flags]] of Object.entries(forms)) {
    /** Calls a method; gives its answers, and what -v tells of headers and trailers. */
    async function curl(method, requests, ...further) {
      const { stdout, stderr } = await promisify(execFile)(
        program,
        [
          "curl",
          "-v",
          "--protocol",
          protocol,
          "--schema",
          `${root}/tests/Scoring.Rpc.InteropServer/Protos`,
          ...flags,
          ...further,
          "-d",
          requests.map((request) => JSON.stringify(request)).join("\n"),
          `http://${ports[port]}/connectrpc.conformance.v1.ConformanceService/${method}`,
        ],
        { timeout: patience },
      );
      // One JSON document behind the other.
      const answers = JSON.parse(`[${stdout.trim().replace(/\}\s*\{(?=\s*"payload")/g, "},{")}]`);
      return { answers: answers.map(({ payload }) => payload), told: stderr };
    }

    const asked = (info) => info.requests.map(({ requestData }) => plain(requestData));

    test(`${name}: metadata goes both ways`, async () => {
      const request = { responseDefinition: { responseData: base64("1"), ...metadata }, requestData: base64("a") };
      const { answers, told } = await curl("Unary", [request], "-H", "x-asked: yes");
      assert.equal(plain(answers[0].data), "1");
      const header = answers[0].requestInfo.requestHeaders.find((entry) => entry.name === "x-asked");
      assert.deepEqual(header.value, ["yes"]);
      assert.match(told, /x-early: one/i);
      // It does not show what is in the body, as trailers are there.
      if (protocol !== "grpcweb") {
        assert.match(told, /x-late: two/i);
      }
    });

    test(`${name}: a stream of responses, and the error behind it`, async () => {
      const responseData = [base64("1"), base64("2")];
      const { answers } = await curl("ServerStream", [{ responseDefinition: { responseData } }]);
      assert.deepEqual(
        answers.map(({ data }) => plain(data)),
        ["1", "2"],
      );

      const error = { code: "CODE_ABORTED", message: "no more" };
      await assert.rejects(curl("ServerStream", [{ responseDefinition: { responseData, error } }]), ({ stderr }) => {
        assert.match(stderr, /aborted/);
        assert.match(stderr, /no more/);
        return true;
      });
    });

    test(`${name}: a stream of requests`, async () => {
      const { answers } = await curl("ClientStream", [{ requestData: base64("a") }, { requestData: base64("b") }]);
      assert.deepEqual(asked(answers[0].requestInfo), ["a", "b"]);
    });

    if (name.endsWith("HTTP/2")) {
      test(`${name}: streams of both sides`, async () => {
        const responseDefinition = { responseData: [base64("1"), base64("2")] };
        const { answers } = await curl("BidiStream", [
          { responseDefinition, fullDuplex: true, requestData: base64("a") },
          { requestData: base64("b") },
        ]);
        assert.deepEqual(
          answers.map(({ data, requestInfo }) => [plain(data), ...asked(requestInfo)]),
          [
            ["1", "a"],
            ["2", "b"],
          ],
        );
      });
    }
  }
});
