// What holds for every call: errors, deadlines, cancellation, compression, metadata.
import { test, suite } from "node:test";
import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import { answersOf, call, connect, event, failure, fresh, instant, patience, record } from "./service.js";

suite("Errors", () => {
  test("An unknown customer is not found, with details", async (t) => {
    const unknown = fresh("unknown");
    const { error, status, ErrorInfo } = await failure(5, call(connect(t), "GetScore", { customer_id: unknown }));
    assert.equal(status.code, grpc.status.NOT_FOUND);
    assert.equal(status.message, error.details);
    assert.deepEqual([ErrorInfo.domain, ErrorInfo.reason], ["scoring", "CUSTOMER_NOT_FOUND"]);
    assert.ok(Object.values(ErrorInfo.metadata).includes(unknown));
  });

  test("A bad field is named", async (t) => {
    const { ErrorInfo, BadRequest } = await failure(3, call(connect(t), "RecordEvent", { event: event("") }));
    assert.equal(ErrorInfo.reason, "FIELD_MISSING");
    assert.deepEqual(
      BadRequest.field_violations.map((violation) => violation.field),
      ["event.customer_id"],
    );
  });

  test("A message in any script arrives whole", async (t) => {
    const unknown = fresh("Zoë 50% 顧客");
    const { error } = await failure(5, call(connect(t), "GetScore", { customer_id: unknown }));
    assert.ok(error.details.includes(unknown), error.details);
  });

  test("An unknown method is unimplemented", async (t) => {
    const client = connect(t);
    const forget = new Promise((resolve, reject) =>
      client.makeUnaryRequest(
        "/scoring.v1.ScoringService/Forget",
        (bytes) => bytes,
        (bytes) => bytes,
        Buffer.alloc(0),
        (error, answer) => (error ? reject(error) : resolve(answer)),
      ),
    );
    await failure(12, forget);
  });
});

suite("Deadlines", () => {
  test("A stream kept open past its deadline ends with DEADLINE_EXCEEDED", async (t) => {
    const stream = connect(t).StreamEvents({ deadline: Date.now() + 1_000 });
    stream.write({ events: [event(fresh("customer"))] });
    await failure(4, answersOf(stream));
  });
});

suite("Cancellation", () => {
  test("What was answered before a cancellation stays, and the server goes on", async (t) => {
    const client = connect(t);
    const item = event(fresh("customer"), { event_id: "1", occurred_at: instant() });
    const stream = client.StreamEvents({ deadline: Date.now() + patience });
    const answers = stream[Symbol.asyncIterator]();
    stream.write({ events: [item] });
    assert.equal((await answers.next()).value.accepted_count, 1);
    stream.cancel();
    await failure(1, answers.next());
    assert.equal((await record(client, item)).duplicate_count, 1);
  });

  test("Streams that are cancelled make room for others on their connection", async (t) => {
    // Altogether more than the 1,000 streams that a connection may have at once.
    const client = connect(t);
    for (let round = 0; round < 12; round++) {
      const streams = Array.from({ length: 100 }, () => client.StreamEvents({ deadline: Date.now() + patience }));
      await Promise.all(
        streams.map(async (stream) => {
          const answers = stream[Symbol.asyncIterator]();
          stream.write({ events: [] });
          assert.equal((await answers.next()).done, false);
          stream.cancel();
          await failure(1, answers.next());
        }),
      );
    }
    assert.equal((await record(client, event(fresh("customer")))).accepted_count, 1);
  });

  test("A cancelled unary call ends with CANCELLED", async (t) => {
    const client = connect(t);
    const cancelled = new Promise((resolve, reject) => {
      const request = { events: Array.from({ length: 5_000 }, () => event("nobody-in-particular")) };
      client.RecordEvents(request, (error, answer) => (error ? reject(error) : resolve(answer))).cancel();
    });
    await failure(1, cancelled);
    assert.equal((await record(client, event(fresh("customer")))).accepted_count, 1);
  });
});

suite("Compression", () => {
  for (const encoding of ["gzip", "deflate"]) {
    test(`A batch compressed by ${encoding} is taken`, async (t) => {
      const compressing = connect(t, undefined, {
        "grpc.default_compression_algorithm": grpc.compressionAlgorithms[encoding],
      });
      const customer = fresh("customer");
      const events = Array.from({ length: 2_000 }, (_, i) => event(customer, { event_id: `${i}`, occurred_at: instant() }));
      assert.equal((await record(compressing, ...events)).accepted_count, 2_000);
      const stream = compressing.StreamEvents({ deadline: Date.now() + patience });
      stream.write({ events });
      stream.write({ events });
      stream.end();
      const answers = await answersOf(stream);
      assert.deepEqual(
        answers.map((answer) => answer.duplicate_count),
        [2_000, 2_000],
      );
    });
  }
});

suite("Metadata", () => {
  test("Metadata of the caller does no harm, binary or not", async (t) => {
    const metadata = new grpc.Metadata();
    metadata.add("x-tenant", "blue");
    metadata.add("x-tenant", "green");
    metadata.add("x-trace-bin", Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    const answer = await call(connect(t), "RecordEvent", { event: event(fresh("customer")) }, { metadata });
    assert.equal(answer.outcome, "OUTCOME_ACCEPTED");
  });

  test("A stream tells its status behind its answers", async (t) => {
    const stream = connect(t).StreamEvents({ deadline: Date.now() + patience });
    const ended = new Promise((resolve) => stream.on("status", resolve));
    stream.end({ events: [event(fresh("customer"))] });
    assert.equal((await answersOf(stream)).length, 1);
    const status = await ended;
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(status.metadata.get("grpc-status-details-bin"), []);
  });
});
